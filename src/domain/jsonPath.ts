/**
 * Paths into JSON, as `changed_paths` of an export spells them: `session_data.AAPL.bars.1m.data[120:]`.
 *
 * Keys are joined by dots. A key that has a dot, a bracket or a quote in it, or nothing at all, stands as a JSON
 * string in brackets: `session_data["BRK.B"].metrics`. So no two places have one spelling. A path may end in
 * a range of an array: `[57:60]` is elements 57 to 59, `[120:]` all from 120 on.
 */
import { UsageError } from './errors.ts';

/** Elements of an array from `from` on, up to and without `to`; to its end if that is null. */
export interface ElementRange {
  readonly from: number;
  readonly to: number | null;
}

export interface JsonPath {
  readonly keys: readonly string[];
  /** Elements of the array at `keys`; null if the value there is meant. */
  readonly range: ElementRange | null;
}

/** The path of `key` inside what `parent` names; an empty parent is the whole. */
export function pathInto(parent: string, key: string): string {
  if (/[.[\]"]/.test(key) || key === '') return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

export function pathOfRange(array: string, { from, to }: ElementRange): string {
  return `${array}[${from}:${to ?? ''}]`;
}

/** A quoted key, a plain one with the dot before it, or a range at the end. */
const PART = /\[("(?:[^"\\]|\\.)*")\]|(\.?)([^.[\]"]+)|\[(\d+):(\d*)\]$/y;

/** @throws {UsageError} if `text` is no path */
export function parsePath(text: string): JsonPath {
  const keys: string[] = [];
  let range: ElementRange | null = null;
  const broken = `"${text}" is no path of an export, such as session_data.AAPL.metrics`;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    const [, quoted, dot, plain, from, to] = part ?? [];
    // The first key has no dot before it, every other plain one has.
    const misplaced = plain !== undefined && (dot === '') !== (keys.length === 0);
    if (part === null || misplaced) throw new UsageError(broken);
    if (from !== undefined) range = { from: Number(from), to: to === '' ? null : Number(to) };
    else keys.push(quoted === undefined ? plain! : (JSON.parse(quoted) as string));
  }
  if (keys.length === 0) throw new UsageError(broken);
  return { keys, range };
}
