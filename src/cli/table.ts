/** Plain text in columns. */

export { counted, plural } from '../domain/counting.ts';

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
