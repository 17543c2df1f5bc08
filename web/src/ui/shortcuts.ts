/**
 * The keys of the board: one table. The board looks a key up here, and the help is generated from here, so that they cannot differ.
 *
 * All of them hold only while the board has the focus. Those without Ctrl or another modifier are the single-key shortcuts, which a person
 * can switch off: people who speak to their computer, or whose hand slips, would trigger them by accident (WCAG 2.1.4).
 */

import { COLOURS, type ColourName } from '../model/element.ts';

/** The colours have the keys 1 to 8, in the order of the palette. */
export type Recolour = `recolour-${ColourName}`;

export type Command =
  | 'select-tool'
  | 'hand-tool'
  | 'add-note'
  | 'add-text'
  | 'add-region'
  | 'edit'
  | 'delete'
  | 'duplicate'
  | 'lock'
  | 'select-all'
  | 'toggle'
  | 'clear'
  | 'next'
  | 'previous'
  | 'next-region'
  | 'previous-region'
  | 'focus-left'
  | 'focus-right'
  | 'focus-up'
  | 'focus-down'
  | 'move-left'
  | 'move-right'
  | 'move-up'
  | 'move-down'
  | 'move-left-fine'
  | 'move-right-fine'
  | 'move-up-fine'
  | 'move-down-fine'
  | 'carry'
  | 'stretch'
  | Recolour
  | 'to-front'
  | 'to-back'
  | 'undo'
  | 'redo'
  | 'zoom-in'
  | 'zoom-out'
  | 'zoom-whole'
  | 'zoom-100'
  | 'pan-left'
  | 'pan-right'
  | 'pan-up'
  | 'pan-down';

/** One way to press a command. `mod` is Ctrl, or Command on a Mac. `key` is `KeyboardEvent.key`, letters in lower case. */
export interface Chord {
  readonly key: string;
  readonly mod?: boolean;
  readonly shift?: boolean;
  readonly alt?: boolean;
  /** Where Shift only makes the character, as in `+`, it may be held or not. */
  readonly anyShift?: boolean;
  /** A letter that does its work alone; can be switched off. */
  readonly single?: boolean;
  /** Works too, but would only lengthen the help. */
  readonly unlisted?: boolean;
}

export interface Shortcut {
  readonly group: 'Write' | 'Move about' | 'Change' | 'View';
  readonly label: string;
  /** Pairs of a command and how it is pressed. One line of the help may hold several, such as the four arrows. */
  readonly does: readonly (readonly [Command, ...Chord[]])[];
}

const arrow = (way: 'Left' | 'Right' | 'Up' | 'Down', chord: Omit<Chord, 'key'> = {}): Chord => ({
  key: `Arrow${way}`,
  ...chord,
});

export const SHORTCUTS: readonly Shortcut[] = [
  { group: 'Write', label: 'Add a note', does: [['add-note', { key: 'n', single: true }]] },
  { group: 'Write', label: 'Add a text', does: [['add-text', { key: 't', single: true }]] },
  {
    group: 'Write',
    label: 'Add a region',
    does: [['add-region', { key: 'f', single: true }, { key: 'r', single: true, unlisted: true }]],
  },
  { group: 'Write', label: 'Edit the words', does: [['edit', { key: 'Enter' }, { key: 'F2' }]] },
  { group: 'Write', label: 'Undo your last step', does: [['undo', { key: 'z', mod: true }]] },
  {
    group: 'Write',
    label: 'Redo it',
    does: [['redo', { key: 'z', mod: true, shift: true }, { key: 'y', mod: true, unlisted: true }]],
  },
  {
    group: 'Move about',
    label: 'To the note beside',
    does: [
      ['focus-left', arrow('Left')],
      ['focus-right', arrow('Right')],
      ['focus-up', arrow('Up')],
      ['focus-down', arrow('Down')],
    ],
  },
  {
    group: 'Move about',
    label: 'To the next, the previous',
    does: [
      ['next', { key: ']', single: true }],
      ['previous', { key: '[', single: true }],
    ],
  },
  {
    group: 'Move about',
    label: 'To the next region, the one before',
    does: [
      ['next-region', arrow('Right', { mod: true }), arrow('Down', { mod: true })],
      ['previous-region', arrow('Left', { mod: true }), arrow('Up', { mod: true })],
    ],
  },
  { group: 'Move about', label: 'Choose more than one', does: [['toggle', { key: ' ' }]] },
  { group: 'Move about', label: 'Choose everything', does: [['select-all', { key: 'a', mod: true }]] },
  { group: 'Move about', label: 'Let go', does: [['clear', { key: 'Escape' }]] },
  { group: 'Move about', label: 'Select tool', does: [['select-tool', { key: 'v', single: true }]] },
  { group: 'Move about', label: 'Hand tool', does: [['hand-tool', { key: 'h', single: true }]] },
  { group: 'Change', label: 'Carry with the arrow keys', does: [['carry', { key: 'm', single: true }]] },
  {
    group: 'Change',
    label: 'Stretch with the arrow keys',
    does: [['stretch', { key: 'm', shift: true, single: true }]],
  },
  {
    group: 'Change',
    label: 'Give a colour',
    does: COLOURS.map((name, index) => [`recolour-${name}`, { key: String(index + 1), single: true }] as const),
  },
  {
    group: 'Change',
    label: 'Move',
    does: [
      ['move-left', arrow('Left', { alt: true })],
      ['move-right', arrow('Right', { alt: true })],
      ['move-up', arrow('Up', { alt: true })],
      ['move-down', arrow('Down', { alt: true })],
    ],
  },
  {
    group: 'Change',
    label: 'Move a little',
    does: [
      ['move-left-fine', arrow('Left', { alt: true, shift: true })],
      ['move-right-fine', arrow('Right', { alt: true, shift: true })],
      ['move-up-fine', arrow('Up', { alt: true, shift: true })],
      ['move-down-fine', arrow('Down', { alt: true, shift: true })],
    ],
  },
  { group: 'Change', label: 'Lock or unlock, for hosts', does: [['lock', { key: 'l', mod: true, shift: true }]] },
  { group: 'Change', label: 'Duplicate', does: [['duplicate', { key: 'd', mod: true }]] },
  { group: 'Change', label: 'Delete', does: [['delete', { key: 'Delete' }, { key: 'Backspace' }]] },
  {
    group: 'Change',
    label: 'To the front, to the back',
    does: [
      ['to-front', { key: ']', mod: true }],
      ['to-back', { key: '[', mod: true }],
    ],
  },
  {
    group: 'View',
    label: 'Zoom in, zoom out',
    does: [
      ['zoom-in', { key: '+', anyShift: true, single: true }, { key: '=', single: true, unlisted: true }],
      ['zoom-out', { key: '-', single: true }],
    ],
  },
  { group: 'View', label: 'Show the whole board', does: [['zoom-whole', { key: '!', anyShift: true, single: true }]] },
  { group: 'View', label: 'Actual size', does: [['zoom-100', { key: '0', single: true }]] },
  {
    group: 'View',
    label: 'Move the view',
    does: [
      ['pan-left', arrow('Left', { shift: true })],
      ['pan-right', arrow('Right', { shift: true })],
      ['pan-up', arrow('Up', { shift: true })],
      ['pan-down', arrow('Down', { shift: true })],
    ],
  },
];

/** The part of a `KeyboardEvent` that matters here. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** What a key press on the board means; null for nothing of ours. */
export function commandOf(press: Press, singleKeys: boolean): Command | null {
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const mod = press.ctrlKey || press.metaKey;
  for (const { does } of SHORTCUTS) {
    for (const [command, ...chords] of does) {
      const hit = chords.some(
        (chord) =>
          chord.key === key &&
          (chord.mod ?? false) === mod &&
          (chord.alt ?? false) === press.altKey &&
          (chord.anyShift === true || (chord.shift ?? false) === press.shiftKey) &&
          (chord.single !== true || singleKeys),
      );
      if (hit) return command;
    }
  }
  return null;
}

/** The four arrows always come together, so they are named together; the font has no signs for them. */
const KEY_NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: 'Arrow keys',
  ArrowRight: 'Arrow keys',
  ArrowUp: 'Arrow keys',
  ArrowDown: 'Arrow keys',
  Escape: 'Esc',
  ' ': 'Space',
  '!': 'Shift 1',
};

/** A chord as it stands on the keys: `Ctrl Shift Z`. */
export function chordName(chord: Chord, mac: boolean): string {
  const name = KEY_NAMES[chord.key] ?? (chord.key.length === 1 ? chord.key.toUpperCase() : chord.key);
  const parts = [
    chord.mod === true ? (mac ? 'Command' : 'Ctrl') : null,
    chord.alt === true ? (mac ? 'Option' : 'Alt') : null,
    chord.shift === true ? 'Shift' : null,
    name,
  ];
  return parts.filter((part) => part !== null).join(' ');
}
