/** Plain text in columns. */

/**
 * Rows with their cells padded to the width of their column; two spaces between columns.
 *
 * @param align one letter a column: `l` or `r`
 */
export function aligned(rows: readonly (readonly string[])[], align: string): string {
  const widths = Array.from(align, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (align[i] === 'r' ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `12345` as `12,345`. */
export function counted(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 session`, `5 sessions`. */
export function plural(count: number, noun: string): string {
  return `${counted(count)} ${noun}${count === 1 ? '' : 's'}`;
}
