import { describe, expect, it } from 'vitest';
import { listedKeys } from '../../src/ui/HelpDialog.tsx';
import { type Chord, commandOf, type Press, SHORTCUTS } from '../../src/ui/shortcuts.ts';

function press(chord: Chord, change: Partial<Press> = {}): Press {
  return {
    key: chord.shift === true && chord.key.length === 1 ? chord.key.toUpperCase() : chord.key,
    ctrlKey: chord.mod ?? false,
    metaKey: false,
    shiftKey: chord.shift ?? false,
    altKey: chord.alt ?? false,
    ...change,
  };
}

const ALL = SHORTCUTS.flatMap(({ does }) => does).flatMap(([command, ...chords]) =>
  chords.map((chord) => [command, chord] as const),
);

describe('the table of keys', () => {
  it.each(ALL)('leads to %s from %o', (command, chord) => {
    expect(commandOf(press(chord), true)).toBe(command);
  });

  it('has each command once', () => {
    const commands = SHORTCUTS.flatMap(({ does }) => does.map(([command]) => command));
    expect(new Set(commands).size).toBe(commands.length);
  });

  it('takes Command for Ctrl', () => {
    expect(commandOf(press({ key: 'z' }, { metaKey: true }), true)).toBe('undo');
  });

  it('leaves keys of the browser alone', () => {
    expect(commandOf(press({ key: 'n', mod: true }), true)).toBeNull();
    expect(commandOf(press({ key: 't', mod: true }), true)).toBeNull();
    expect(commandOf(press({ key: 'Tab' }), true)).toBeNull();
    expect(commandOf(press({ key: 'F5' }), true)).toBeNull();
  });

  it('has no letter that works alone once those are switched off', () => {
    const alone = ALL.filter(([, chord]) => chord.mod !== true && chord.alt !== true && chord.key.length === 1);
    for (const [, chord] of alone) {
      if (chord.key === ' ') continue;
      expect(chord.single).toBe(true);
      expect(commandOf(press(chord), false)).toBeNull();
    }
    expect(commandOf(press({ key: 'Enter' }), false)).toBe('edit');
  });
});

describe('the help', () => {
  it('lists every line of the table that can be pressed', () => {
    for (const shortcut of SHORTCUTS) expect(listedKeys(shortcut, true, false)).not.toEqual([]);
  });

  it('names four arrows as one, and Command on a Mac', () => {
    const find = (label: string) =>
      SHORTCUTS.find((shortcut) => shortcut.label === label) ?? { group: 'Write', label, does: [] };
    expect(listedKeys(find('To the note beside'), true, false)).toEqual(['Arrow keys']);
    expect(listedKeys(find('Redo it'), true, false)).toEqual(['Ctrl Shift Z']);
    expect(listedKeys(find('Redo it'), true, true)).toEqual(['Command Shift Z']);
  });

  it('leaves out the keys that are switched off', () => {
    const add = SHORTCUTS.find(({ label }) => label === 'Add a note');
    expect(add).toBeDefined();
    if (add !== undefined) expect(listedKeys(add, false, false)).toEqual([]);
  });
});
