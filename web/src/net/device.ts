/**
 * What this browser remembers: the seats taken here, the last name used, and how the person likes things.
 *
 * Storage may be forbidden or full; then everything still works and is forgotten with the tab.
 */

import { type ReadonlySignal, signal } from '@preact/signals-core';
import { ROLES, type Role } from '../sync/state.ts';

export interface RememberedSeat {
  readonly resume: string;
  readonly name: string;
  /** What the seat may do, as it was last time; `null` if that was never written down. */
  readonly role: Role | null;
}

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark' | 'contrast';
  readonly motion: 'system' | 'reduced' | 'full';
  readonly cursors: boolean;
  readonly outline: boolean;
  /** Per cent of the browser's own text size. */
  readonly textSize: TextSize;
  /** Single-key shortcuts while the board has focus. */
  readonly shortcuts: boolean;
  /** A soft bell as the time of a step runs out. */
  readonly bell: boolean;
  /** Whose changes are read out to a screen reader. */
  readonly spoken: 'everyone' | 'mine';
}

export const TEXT_SIZES = [100, 110, 125, 150] as const;
export type TextSize = (typeof TEXT_SIZES)[number];

const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  motion: 'system',
  cursors: true,
  outline: false,
  textSize: 100,
  shortcuts: true,
  bell: false,
  spoken: 'everyone',
};
const SEAT_PREFIX = 'harvestry.seat.';
const NAME_KEY = 'harvestry.name';
const SETTINGS_KEY = 'harvestry.settings';

/** What could not be written, so that the tab at least agrees with itself. */
const unstored = new Map<string, string>();

function read(key: string): string | null {
  const own = unstored.get(key);
  if (own !== undefined) return own;
  try {
    return globalThis.localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Once somebody has a turn at a shared device, what it is told is for their turn, and no storage hears of it. */
export const device = { lent: false };

function write(key: string, value: string): void {
  unstored.set(key, value);
  if (device.lent) return;
  try {
    globalThis.localStorage.setItem(key, value);
    unstored.delete(key);
  } catch {
    // Nothing can be stored here: the tab remembers it.
  }
}

function remove(key: string): void {
  unstored.delete(key);
  try {
    globalThis.localStorage.removeItem(key);
  } catch {
    // Nothing can be stored here, so nothing is.
  }
}

function readObject(key: string): Record<string, unknown> | null {
  const text = read(key);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function rememberedSeat(boardId: string): RememberedSeat | null {
  const value = readObject(SEAT_PREFIX + boardId);
  if (value === null || typeof value.resume !== 'string' || typeof value.name !== 'string') return null;
  const role = ROLES.find((known) => known === value.role) ?? null;
  return { resume: value.resume, name: value.name, role };
}

export function resumeToken(boardId: string): string | null {
  return rememberedSeat(boardId)?.resume ?? null;
}

export function remember(boardId: string, resume: string, name: string, role: Role | null): void {
  write(SEAT_PREFIX + boardId, JSON.stringify({ resume, name, role }));
  write(NAME_KEY, name);
}

export function forget(boardId: string): void {
  remove(SEAT_PREFIX + boardId);
}

/** The name used last on this device, to offer it again; empty when there is none. */
export function lastName(): string {
  return read(NAME_KEY) ?? '';
}

function oneOf<T extends string>(value: unknown, choices: readonly T[], fallback: T): T {
  return choices.find((choice) => choice === value) ?? fallback;
}

function readSettings(): Settings {
  const value = readObject(SETTINGS_KEY) ?? {};
  return {
    theme: oneOf(value.theme, ['system', 'light', 'dark', 'contrast'], DEFAULT_SETTINGS.theme),
    motion: oneOf(value.motion, ['system', 'reduced', 'full'], DEFAULT_SETTINGS.motion),
    cursors: typeof value.cursors === 'boolean' ? value.cursors : DEFAULT_SETTINGS.cursors,
    outline: typeof value.outline === 'boolean' ? value.outline : DEFAULT_SETTINGS.outline,
    textSize: TEXT_SIZES.find((size) => size === value.textSize) ?? DEFAULT_SETTINGS.textSize,
    bell: value.bell === true,
    shortcuts: typeof value.shortcuts === 'boolean' ? value.shortcuts : DEFAULT_SETTINGS.shortcuts,
    spoken: oneOf(value.spoken, ['everyone', 'mine'], DEFAULT_SETTINGS.spoken),
  };
}

const current = signal<Settings>(readSettings());

export const settings: ReadonlySignal<Settings> = current;

export function changeSettings(change: Partial<Settings>): void {
  current.value = { ...current.value, ...change };
  write(SETTINGS_KEY, JSON.stringify(current.value));
}
