/**
 * Places in an export of SessionData: as `domain/jsonPath.ts` spells them, and single elements of arrays as `[n]`:
 * `session_data.AAPL.bars.1m.data[16][4]`.
 */
import { UsageError } from '../../domain/errors.ts';
import { pathInto } from '../../domain/jsonPath.ts';

export type Step = string | number;

const PART = /\[("(?:[^"\\]|\\.)*")\]|\[(\d+)\]|(\.?)([^.[\]"]+)/y;

/** @throws {UsageError} if `text` is no path */
export function parseStatePath(text: string): Step[] {
  const steps: Step[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    const [, quoted, index, dot, plain] = part ?? [];
    const misplaced = plain !== undefined && (dot === '') !== (steps.length === 0);
    if (part === null || misplaced) {
      throw new UsageError(
        `"${text}" is no place in an export, such as session_data.AAPL.bars.1m.data[0]`,
      );
    }
    if (quoted !== undefined) steps.push(JSON.parse(quoted) as string);
    else steps.push(index === undefined ? plain! : Number(index));
  }
  return steps;
}

export function stepInto(parent: string, step: Step): string {
  return typeof step === 'number' ? `${parent}[${step}]` : pathInto(parent, step);
}

export function statePath(steps: readonly Step[]): string {
  return steps.reduce<string>(stepInto, '');
}
