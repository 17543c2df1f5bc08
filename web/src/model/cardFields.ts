/** What a card says: the texts of its payload. */

/** The text of a card that names what it serves: element ids, one in a line. */
export const LINKS = 'links';

/** What a card holds beside its words. The server leaves out the same. */
const NO_WORDS: ReadonlySet<string> = new Set(['ht', LINKS]);

/** Its texts with their names; nothing of a payload that has none. */
export function cardTexts(payload: unknown): readonly (readonly [name: string, text: string])[] {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return [];
  return Object.entries(payload).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !NO_WORDS.has(entry[0]),
  );
}
