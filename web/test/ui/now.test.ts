import { signal } from '@preact/signals-core';
import { afterEach, describe, expect, it } from 'vitest';
import { changeSettings } from '../../src/net/device.ts';
import { follow } from '../../src/ui/focus/Now.tsx';

afterEach(() => changeSettings({ outline: false }));

function attend(outline: boolean) {
  changeSettings({ outline });
  const asked = (kind: string) => ({ kind, phase: { key: 'see' } });
  const ask = signal(asked('listen'));
  const shown = signal(false);
  const companion = { ask, person: signal({ role: 'participant', table: null, invited: false }) };
  const editor = { editing: signal(null) };
  follow(...([companion, editor, shown] as unknown as Parameters<typeof follow>));
  const goTo = (kind: string): boolean => {
    ask.value = asked(kind);
    return shown.value;
  };
  return { shown, goTo };
}

describe('the view for what one does alone, on a wide screen', () => {
  it('comes with such a step and goes with it', () => {
    const { goTo } = attend(false);
    expect(['sealed', 'revealed', 'listen', 'vote', 'sort'].map(goTo)).toEqual([true, true, false, true, false]);
  });

  it('does not come where the outline is open, which has all of it', () => {
    const { goTo } = attend(true);
    expect(['sealed', 'revealed', 'vote'].map(goTo)).toEqual([false, false, false]);
  });

  it('stays at the reveal for whoever has opened it beside the outline', () => {
    const { shown, goTo } = attend(true);
    goTo('sealed');
    shown.value = true;
    expect(goTo('revealed')).toBe(true);
    expect(goTo('sort')).toBe(false);
  });
});
