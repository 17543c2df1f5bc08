/** What Yjs uses of lib0's logging, without the colours, the DOM and the schema library that come with it: 8 kB of script. */

export const BOLD = '';
export const UNBOLD = '';
export const ORANGE = '';
export const RED = '';

export function print(...words: readonly unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: warnings of a library to whoever develops with it
  console.log(...words.filter((word) => word !== ''));
}

export function warn(...words: readonly unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: warnings of a library to whoever develops with it
  console.warn(...words.filter((word) => word !== ''));
}
