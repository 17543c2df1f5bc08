/** Tables: who sits where. Pure; the server takes the whole of it. */

/** As many letters as there are tables. */
export const MOST_TABLES = 20;

export interface Seating {
  readonly tables: Readonly<Record<string, string>>;
  readonly seats: Readonly<Record<string, string>>;
}

export function tableKey(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + index);
}

function titled(count: number, titles: ReadonlyMap<string, string>): Record<string, string> {
  const keys = Array.from({ length: count }, (_, index) => tableKey(index));
  return Object.fromEntries(keys.map((key) => [key, titles.get(key) ?? `Table ${key.toUpperCase()}`]));
}

/** So many tables, each as full as the others; who is seated keeps their table where it stays. */
export function spread(
  seats: readonly string[],
  count: number,
  titles: ReadonlyMap<string, string>,
  at: ReadonlyMap<string, string>,
): Seating {
  const tables = titled(count, titles);
  if (count === 0) return { tables, seats: {} };
  const most = Math.ceil(seats.length / count);
  const room = new Map(Object.keys(tables).map((key) => [key, most]));
  const seated: Record<string, string> = {};
  const take = (seat: string, key: string): void => {
    seated[seat] = key;
    room.set(key, (room.get(key) ?? 0) - 1);
  };
  for (const seat of seats) {
    const key = at.get(seat);
    if (key !== undefined && (room.get(key) ?? 0) > 0) take(seat, key);
  }
  for (const seat of seats) {
    if (seated[seat] !== undefined) continue;
    const [emptiest] = [...room].sort(([, a], [, b]) => b - a);
    if (emptiest !== undefined) take(seat, emptiest[0]);
  }
  return { tables, seats: seated };
}

/** The same, with one person at another table; `null` for at none. */
export function seatedAt(
  seat: string,
  table: string | null,
  titles: ReadonlyMap<string, string>,
  at: ReadonlyMap<string, string>,
): Seating {
  const others = [...at].filter(([other]) => other !== seat);
  return {
    tables: Object.fromEntries(titles),
    seats: Object.fromEntries(table === null ? others : [...others, [seat, table]]),
  };
}
