import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  changeSettings,
  forget,
  lastName,
  remember,
  rememberedSeat,
  resumeToken,
  settings,
} from '../../src/net/device.ts';

function fakeStorage(): Storage {
  const values = new Map<string, string>();
  return {
    get length() {
      return values.size;
    },
    clear: () => values.clear(),
    getItem: (key) => values.get(key) ?? null,
    key: () => null,
    removeItem: (key) => values.delete(key),
    setItem: (key, value) => values.set(key, value),
  };
}

afterEach(() => {
  forget('board');
  vi.unstubAllGlobals();
});

describe('the device', () => {
  it('remembers a seat and the last name', () => {
    vi.stubGlobal('localStorage', fakeStorage());
    expect(resumeToken('board')).toBeNull();
    remember('board', 'token', 'Åsa', 'participant');
    expect(rememberedSeat('board')).toEqual({ resume: 'token', name: 'Åsa', role: 'participant' });
    expect(lastName()).toBe('Åsa');
    forget('board');
    expect(resumeToken('board')).toBeNull();
  });

  it('works for this tab alone where storage is forbidden', () => {
    vi.stubGlobal('localStorage', {
      getItem: () => {
        throw new DOMException('forbidden');
      },
      setItem: () => {
        throw new DOMException('forbidden');
      },
      removeItem: () => {
        throw new DOMException('forbidden');
      },
    });
    remember('board', 'token', 'Åsa', 'participant');
    expect(resumeToken('board')).toBe('token');
    forget('board');
    expect(resumeToken('board')).toBeNull();
  });

  it('takes damaged values as none', () => {
    const storage = fakeStorage();
    vi.stubGlobal('localStorage', storage);
    for (const value of ['{', '7', 'null', '{"resume":7,"name":"x"}']) {
      storage.setItem('harvestry.seat.board', value);
      expect(resumeToken('board'), value).toBeNull();
    }
  });

  it('keeps settings', () => {
    const storage = fakeStorage();
    vi.stubGlobal('localStorage', storage);
    changeSettings({ theme: 'dark' });
    expect(settings.value.theme).toBe('dark');
    expect(JSON.parse(storage.getItem('harvestry.settings') ?? '')).toMatchObject({ theme: 'dark', cursors: true });
  });
});
