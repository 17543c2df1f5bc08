/** What the server tells, read part by part: what is missing or not understood is as if it were nothing. */

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export function words(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

export function flag(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

export function some<T extends string>(value: unknown, choices: readonly T[]): T | null {
  return choices.find((choice) => choice === value) ?? null;
}

/** What can be read of a list; `null` is left out. */
export function each<T>(value: unknown, read: (item: unknown) => T | null): readonly T[] {
  return Array.isArray(value) ? value.map(read).filter((item) => item !== null) : [];
}

export function map<T>(value: unknown, read: (item: unknown) => T | null): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return found;
  for (const [key, item] of Object.entries(value)) {
    const one = read(item);
    if (one !== null) found.set(key, one);
  }
  return found;
}
