/** Files beside a log that hold one JSON value a line, and may end as a crash has left them. */
import { readFileSync } from 'node:fs';
import { parseJson } from './json.ts';

/** The lines in order; none if there is no file. What is no such line, as one that was cut off, is left out. */
export function readLines<T>(path: string, isLine: (value: unknown) => value is T): T[] {
  return textOf(path)
    .split('\n')
    .flatMap((line) => {
      try {
        const value: unknown = parseJson(line);
        return isLine(value) ? [value] : [];
      } catch {
        return [];
      }
    });
}

/** What is in a file; empty if there is none. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
