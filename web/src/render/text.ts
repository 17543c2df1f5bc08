/** Text on the board: lines that fit a box. Pure; what measures glyphs is passed in. */

/** Widths in world units. The two ratios place a baseline as the browser does in a text field. */
export interface Measurer {
  width(text: string, weight: number, size: number): number;
  readonly ascent: number;
  readonly descent: number;
}

export interface Line {
  readonly text: string;
  readonly width: number;
  readonly rtl: boolean;
}

export interface TextLayout {
  readonly size: number;
  readonly weight: number;
  readonly lineHeight: number;
  readonly lines: readonly Line[];
  readonly height: number;
  /** The text is longer than its box; the last line ends in an ellipsis. */
  readonly clipped: boolean;
}

export interface Box {
  readonly w: number;
  readonly h: number;
}

export const TEXT_WEIGHT = 400;
export const NOTE_LINE_HEIGHT = 1.28;
/** From the size a note starts with down to the smallest before it grows. */
export const NOTE_SIZES = [16, 15, 14, 13, 12] as const;

const words = new Intl.Segmenter(undefined, { granularity: 'word' });
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const RTL = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const STRONG = /\p{L}/u;
/** Scripts written without spaces, where a line may end between any two words. */
const SPACELESS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
/** What must not begin a line, and what must not end one. */
const CLOSING = /^[\p{Pe}\p{Pf}、。，．：；！？・ー々…%‰℃,.;:!?)\]}ぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;
const OPENING = /[\p{Ps}\p{Pi}]$/u;
/** Spaces (but no no-break space), hyphens and dashes. */
const BREAK_AFTER = /[\t \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000\-\u2010\u2013\u2014\u00ad\u200b/]$/u;
const SPACE_FIRST = /^[\t \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]/u;
/** Latin text without a no-break space can be cut by a plain pattern, which is many times faster than a segmenter. */
const SIMPLE = /^[\u0020-\u009f\u00a1-\u02ff\u2010-\u2027]*$/;
const NO_BREAK_SPACE = /^[\u00a0\u202f\u2060\ufeff]+$/;

/** The direction of a paragraph: that of its first letter, as `dir="auto"` decides. */
export function isRtl(paragraph: string): boolean {
  for (const character of paragraph) {
    if (RTL.test(character)) return true;
    if (STRONG.test(character)) return false;
  }
  return false;
}

/** A paragraph cut where a line may end; spaces stay with what they follow. */
export function pieces(paragraph: string): readonly string[] {
  if (SIMPLE.test(paragraph))
    return (
      paragraph.match(/\s+|[^\s\-\u2010\u2013\u2014/]*[\s\-\u2010\u2013\u2014/]+|[^\s\-\u2010\u2013\u2014/]+$/g) ?? []
    );
  const found: string[] = [];
  let current = '';
  for (const { segment } of words.segment(paragraph)) {
    if (current !== '' && mayBreak(current, segment)) {
      found.push(current);
      current = segment;
    } else {
      current += segment;
    }
  }
  if (current !== '') found.push(current);
  return found;
}

function mayBreak(before: string, after: string): boolean {
  if (NO_BREAK_SPACE.test(after)) return false;
  if (SPACE_FIRST.test(after)) return false;
  if (BREAK_AFTER.test(before)) return true;
  if (CLOSING.test(after) || OPENING.test(before)) return false;
  return SPACELESS.test(before.slice(-2)) || SPACELESS.test(after.slice(0, 2));
}

interface Wrapped {
  readonly lines: readonly Line[];
  /** A word was wider than the box and had to be cut. */
  readonly cut: boolean;
}

/** Breaks a text into lines no wider than `width`. A word that is too long is cut between graphemes. */
export function wrap(text: string, width: number, weight: number, size: number, measurer: Measurer): Wrapped {
  const lines: Line[] = [];
  let cut = false;
  for (const paragraph of text.split('\n')) {
    const rtl = isRtl(paragraph);
    let line = '';
    let used = 0;
    const flush = () => {
      const shown = line.trimEnd();
      lines.push({ text: shown, width: shown === '' ? 0 : Math.min(used, measurer.width(shown, weight, size)), rtl });
      line = '';
      used = 0;
    };
    for (const piece of pieces(paragraph)) {
      const whole = measurer.width(piece, weight, size);
      if (used + whole <= width) {
        line += piece;
        used += whole;
        continue;
      }
      const bare = piece.trimEnd();
      const tight = bare === piece ? whole : measurer.width(bare, weight, size);
      if (used + tight <= width) {
        line += piece;
        used += whole;
        continue;
      }
      if (line !== '') flush();
      if (tight <= width) {
        line = piece;
        used = whole;
        continue;
      }
      cut = true;
      for (const { segment } of graphemes.segment(piece)) {
        const wide = measurer.width(segment, weight, size);
        if (line !== '' && used + wide > width && segment.trim() !== '') flush();
        line += segment;
        used += wide;
      }
    }
    flush();
  }
  return { lines, cut };
}

/**
 * Fits a text into a box: the largest of `sizes` at which all of it shows and no word is cut; failing that the largest at which
 * all of it shows; failing that the smallest, clipped.
 */
export function fitInto(
  text: string,
  box: Box,
  sizes: readonly number[],
  weight: number,
  measurer: Measurer,
): TextLayout {
  let whole: { readonly size: number; readonly wrapped: Wrapped } | null = null;
  let last: { readonly size: number; readonly wrapped: Wrapped } | null = null;
  for (const size of sizes) {
    const wrapped = wrap(text, box.w, weight, size, measurer);
    last = { size, wrapped };
    if (wrapped.lines.length * size * NOTE_LINE_HEIGHT > box.h + 1) continue;
    whole ??= last;
    if (!wrapped.cut) {
      whole = last;
      break;
    }
  }
  const chosen = whole ?? last;
  if (chosen === null) throw new RangeError('fitInto: expected at least one size');
  return laidOut(chosen.wrapped.lines, chosen.size, weight, NOTE_LINE_HEIGHT, box, measurer);
}

/** A text at one size in a box of a given width, clipped to its height. */
export function paragraph(
  text: string,
  box: Box,
  size: number,
  weight: number,
  lineHeight: number,
  measurer: Measurer,
): TextLayout {
  return laidOut(wrap(text, box.w, weight, size, measurer).lines, size, weight, lineHeight, box, measurer);
}

function laidOut(
  lines: readonly Line[],
  size: number,
  weight: number,
  ratio: number,
  box: Box,
  measurer: Measurer,
): TextLayout {
  const lineHeight = size * ratio;
  const room = Math.max(1, Math.floor((box.h + 1) / lineHeight));
  const clipped = lines.length > room;
  const shown = clipped ? lines.slice(0, room) : lines;
  const last = shown.at(-1);
  if (clipped && last !== undefined) {
    const ended = ellipsis(last.text, box.w, weight, size, measurer, true);
    return {
      size,
      weight,
      lineHeight,
      lines: [...shown.slice(0, -1), { ...ended, rtl: last.rtl }],
      height: shown.length * lineHeight,
      clipped,
    };
  }
  return { size, weight, lineHeight, lines: shown, height: shown.length * lineHeight, clipped };
}

/** One line no wider than `width`, ended with an ellipsis if it had to be shortened (or if `always`). */
export function ellipsis(
  text: string,
  width: number,
  weight: number,
  size: number,
  measurer: Measurer,
  always = false,
): { readonly text: string; readonly width: number } {
  const full = measurer.width(text, weight, size);
  if (!always && full <= width) return { text, width: full };
  const parts = [...graphemes.segment(text)].map((part) => part.segment);
  while (parts.length > 0) {
    const shortened = `${parts.join('').replace(/[\s.,;:…]+$/u, '')}…`;
    const wide = measurer.width(shortened, weight, size);
    if (wide <= width) return { text: shortened, width: wide };
    parts.pop();
  }
  return { text: '…', width: measurer.width('…', weight, size) };
}

/** How far below the top of its line box a baseline lies. */
export function baseline(size: number, lineHeight: number, measurer: Measurer): number {
  return (lineHeight - (measurer.ascent + measurer.descent) * size) / 2 + measurer.ascent * size;
}
