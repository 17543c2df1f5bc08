/** The words of the save pill are the product's: these are the sentences of the design language. */

import { describe, expect, it } from 'vitest';
import type { SaveState } from '../../src/net/room.ts';
import { saveAnnouncement, saveWords } from '../../src/ui/saveWords.ts';

describe('the save pill', () => {
  it.each<readonly [SaveState, string]>([
    [{ kind: 'saving' }, 'Saving'],
    [{ kind: 'saved' }, 'Saved'],
    [{ kind: 'delayed', count: 4 }, 'Slow connection. Your work is kept and will be sent.'],
    [{ kind: 'paused', count: 0 }, 'The server cannot save just now. What you change is kept on this device.'],
    [{ kind: 'paused', count: 2 }, 'The server cannot save just now. 2 changes are kept on this device.'],
    [{ kind: 'offline', count: 3 }, 'Offline. 3 changes are kept on this device.'],
    [{ kind: 'offline', count: 1 }, 'Offline. 1 change is kept on this device.'],
    [{ kind: 'offline', count: 0 }, 'Offline. What you change is kept on this device.'],
  ])('says %o in words', (state, words) => {
    expect(saveWords(state, false).text).toBe(words);
  });

  it('says so when everything is safe again', () => {
    expect(saveWords({ kind: 'saved' }, true).text).toBe('Back online. Everything is saved.');
  });

  it('never says that unsent work is saved', () => {
    const states: readonly SaveState[] = [
      { kind: 'saving' },
      { kind: 'delayed', count: 1 },
      { kind: 'offline', count: 1 },
      { kind: 'paused', count: 1 },
      { kind: 'connecting' },
      { kind: 'ended', code: 4403, message: '' },
    ];
    for (const state of states) {
      expect(saveWords(state, true).text).not.toContain('aved');
      expect(saveWords(state, true).tone).not.toBe('good');
    }
  });
});

describe('what is announced of saving', () => {
  it('is the loss of the connection and its return', () => {
    expect(saveAnnouncement({ kind: 'saved' }, { kind: 'offline', count: 2 })).toContain('2 changes are kept');
    expect(saveAnnouncement({ kind: 'offline', count: 2 }, { kind: 'saved' })).toContain('Back online');
  });

  it('is that the server cannot save, and that it can again', () => {
    expect(saveAnnouncement({ kind: 'saved' }, { kind: 'paused', count: 0 })).toContain('cannot save just now');
    expect(saveAnnouncement({ kind: 'paused', count: 1 }, { kind: 'paused', count: 2 })).toBeNull();
    expect(saveAnnouncement({ kind: 'paused', count: 2 }, { kind: 'saved' })).toContain('Everything is saved');
  });

  it('is nothing while a person types', () => {
    expect(saveAnnouncement({ kind: 'saved' }, { kind: 'saving' })).toBeNull();
    expect(saveAnnouncement({ kind: 'saving' }, { kind: 'saved' })).toBeNull();
    expect(saveAnnouncement({ kind: 'offline', count: 2 }, { kind: 'offline', count: 3 })).toBeNull();
  });
});
