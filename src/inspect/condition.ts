/** Conditions on the fields of facts, as users write them: `close > 250`, `value.macd >= 0`, `reason ~ gap`. */
import { parseInstant } from '../domain/calendar/display.ts';
import { UsageError } from '../domain/errors.ts';
import type { Fact, FactType } from '../domain/facts.ts';
import { suggest } from '../domain/suggest.ts';
import type { MarketTime } from '../domain/time.ts';
import { isTimeField } from './factJson.ts';
import { fieldsOf } from './factTypes.ts';

type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~' | '!~';

/** A value that begins like an operator must be quoted: else it is a slip. */
const FORM = /^\s*([\w.]+)\s*(==|!=|<=|>=|!~|=|<|>|~)\s*([^=!<>~].*?)?\s*$/s;

export interface Condition {
  /** Name of the field; dots lead into it. */
  readonly path: readonly string[];
  readonly operator: Operator;
  /** What the field is compared with, as it was written. */
  readonly text: string;
  /** The same as a number, or NaN. */
  readonly number: number;
  /** The same as a time, for fields that hold one, or NaN. */
  readonly time: MarketTime;
}

/**
 * Reads a condition. Times without an offset are those of `zone`.
 *
 * @throws {UsageError} if `text` is none, or no fact of these types has the field
 */
export function conditionOf(text: string, types: Iterable<FactType>, zone: string): Condition {
  const match = FORM.exec(text);
  if (match === null) {
    throw new UsageError(
      `"${text}" is no condition: write a field, one of = != < <= > >= ~ !~ and a value, such as "close > 250"`,
    );
  }
  const path = match[1]!.split('.');
  checkField(path[0]!, types);
  const operator = (match[2] === '==' ? '=' : match[2]) as Operator;
  const value = (match[3] ?? '').replace(/^(["'])(.*)\1$/s, '$2');
  return { path, operator, text: value, number: numberIn(value), time: timeIn(value, zone) };
}

function checkField(field: string, types: Iterable<FactType>): void {
  const known = new Set([...types].flatMap(fieldsOf));
  if (known.has(field)) return;
  const meant = suggest(field, known);
  const remedy =
    meant === undefined ? `fields are ${[...known].join(', ')}` : `did you mean "${meant}"?`;
  throw new UsageError(`none of these facts has a field "${field}": ${remedy}`);
}

function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}

function timeIn(text: string, zone: string): MarketTime {
  try {
    return parseInstant(text, zone);
  } catch {
    return Number.NaN;
  }
}

/** True if the fact has the field and the condition holds of it. */
export function holds(condition: Condition, fact: Fact): boolean {
  let value: unknown = fact;
  for (const name of condition.path) {
    if (typeof value !== 'object' || value === null) return false;
    value = (value as Record<string, unknown>)[name];
  }
  if (value === undefined) return false;
  const { operator, text } = condition;
  if (operator === '~') return textOf(value).includes(text);
  if (operator === '!~') return !textOf(value).includes(text);
  if (operator === '=') return compare(value, fact, condition) === 0;
  if (operator === '!=') return compare(value, fact, condition) !== 0;
  const order = compare(value, fact, condition);
  if (Number.isNaN(order)) return false;
  if (operator === '<') return order < 0;
  if (operator === '<=') return order <= 0;
  return operator === '>' ? order > 0 : order >= 0;
}

/** Below, at or above what the condition names; NaN where the two cannot be compared. */
function compare(value: unknown, fact: Fact, { path, text, number, time }: Condition): number {
  if (typeof value === 'number') {
    const isTime = path.length === 1 && isTimeField(fact.type, path[0]!);
    return value - (isTime ? time : number);
  }
  if (typeof value === 'string') return value === text ? 0 : value < text ? -1 : 1;
  return textOf(value) === text ? 0 : Number.NaN;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
