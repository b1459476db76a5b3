/** Numbers in sentences. */

/** `12345` as `12,345`. */
export function counted(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 session`, `5 sessions`. */
export function plural(count: number, noun: string): string {
  return `${counted(count)} ${noun}${count === 1 ? '' : 's'}`;
}
