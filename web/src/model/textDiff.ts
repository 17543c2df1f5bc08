/**
 * The smallest single replacement that turns one text into another.
 *
 * Positions count UTF-16 units, as Y.Text and the textarea do, and never fall inside a surrogate pair: half a character would
 * reach the others as a replacement mark, and the server refuses it.
 */

export interface TextChange {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

function isHigh(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function splitsPair(text: string, index: number): boolean {
  return index > 0 && index < text.length && isHigh(text, index - 1) && isLow(text, index);
}

/**
 * Finds the change between two texts.
 *
 * Args:
 *   caret: Where the caret stands in `next`. Decides what is ambiguous: in "aaa" → "aaaa" it says which "a" is the new one, so
 *     that two people who type the same letter in different places of a run keep their places.
 *
 * Returns:
 *   The change, or `null` if the texts are equal.
 */
export function textDiff(previous: string, next: string, caret: number = next.length): TextChange | null {
  if (previous === next) return null;
  const shorter = Math.min(previous.length, next.length);
  const wanted = Math.min(shorter, Math.max(0, next.length - caret));
  const suffixUpTo = (from: number, limit: number): number => {
    let length = from;
    while (
      length < limit &&
      previous.charCodeAt(previous.length - 1 - length) === next.charCodeAt(next.length - 1 - length)
    ) {
      length += 1;
    }
    return length;
  };
  let suffix = suffixUpTo(0, wanted);
  let prefix = 0;
  while (prefix < shorter - suffix && previous.charCodeAt(prefix) === next.charCodeAt(prefix)) prefix += 1;
  suffix = suffixUpTo(suffix, shorter - prefix);
  while (prefix > 0 && (splitsPair(previous, prefix) || splitsPair(next, prefix))) prefix -= 1;
  while (suffix > 0 && (splitsPair(previous, previous.length - suffix) || splitsPair(next, next.length - suffix))) {
    suffix -= 1;
  }
  return {
    index: prefix,
    remove: previous.length - suffix - prefix,
    insert: next.slice(prefix, next.length - suffix),
  };
}

/** A text the gate accepts: no half characters, at most `limit` UTF-16 units, and nothing cut through the middle. */
export function fitText(text: string, limit: number): string {
  const whole = text.replace(/\p{Surrogate}/gu, '\ufffd');
  if (whole.length <= limit) return whole;
  return whole.slice(0, splitsPair(whole, limit) ? limit - 1 : limit);
}
