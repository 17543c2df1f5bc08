/** From `unknown` to typed, or an error that says where: the one way values from outside come in. */

export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

export function malformed(where: string, expected: string): never {
  throw new MalformedMessage(`${where}: expected ${expected}`);
}

export function text(value: unknown, where: string): string {
  return typeof value === 'string' ? value : malformed(where, 'a string');
}

export function integer(value: unknown, where: string): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : malformed(where, 'an integer');
}

export function bytes(value: unknown, where: string): Uint8Array {
  return value instanceof Uint8Array ? value : malformed(where, 'bytes');
}

export function list(value: unknown, where: string): readonly unknown[] {
  return Array.isArray(value) ? value : malformed(where, 'a list');
}

export function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
    return malformed(where, 'a map');
  }
  return value as Readonly<Record<string, unknown>>;
}

export function optional<T>(value: unknown, parse: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : parse(value);
}

export function oneOf<T extends string>(value: unknown, choices: readonly T[], where: string): T {
  return choices.find((choice) => choice === value) ?? malformed(where, choices.join(' or '));
}
