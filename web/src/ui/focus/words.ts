/** Words that several parts of the focus view use. */

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const;

/** Counts as words under ten, as they are said in sentences. */
export function counted(count: number): string {
  return NUMBERS[count] ?? String(count);
}

/** The same at the beginning of a sentence. */
export function Counted(count: number): string {
  const word = counted(count);
  return word.charAt(0).toUpperCase() + word.slice(1);
}
