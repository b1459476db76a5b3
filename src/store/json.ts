/** JSON inside the log: written so that nothing is lost in silence, read with suspicion. */
import { InvariantViolated } from '../domain/errors.ts';
import type { ControlFact } from '../domain/facts.ts';
import type { SeriesEntry } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import { Malformed } from './bytes.ts';

/** How deep JSON may nest: what is deeper overflows the stack of whoever walks through it. */
const DEPTH_MAX = 500;

/**
 * JSON of the fields of fact `seq`; -0 becomes 0.
 * @throws {InvariantViolated} for NaN and infinities, and for what nests deeper than can be read
 */
export function jsonOf(fields: object, seq: number): string {
  const text = JSON.stringify(fields);
  // What is not finite is written as null, and what nests deep is long: other texts need no second look.
  const isSuspect = text.length >= 2 * DEPTH_MAX || text.includes('null');
  if (isSuspect && !isSound(fields, 1)) refuse(fields, seq, '', 1);
  return text;
}

/** Most that is looked at is sound: names are asked for only to tell of what is not. */
function isSound(value: object, depth: number): boolean {
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof inner === 'number') {
      if (!Number.isFinite(inner)) return false;
    } else if (typeof inner === 'object' && inner !== null) {
      // Facts stand in a list.
      if (depth >= DEPTH_MAX - 1 || !isSound(inner, depth + 1)) return false;
    }
  }
  return true;
}

function refuse(value: unknown, seq: number, name: string, depth: number): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new InvariantViolated(seq, `"${name}" is ${value}`);
  } else if (typeof value === 'object' && value !== null) {
    // Facts stand in a list.
    if (depth >= DEPTH_MAX) throw new InvariantViolated(seq, `"${name}" nests too deep`);
    for (const key in value) refuse((value as Record<string, unknown>)[key], seq, key, depth + 1);
  }
}

/**
 * Control facts with consecutive seqs, without `seq` and `at`: the record they are in implies both.
 *
 * @throws {InvariantViolated} for a fact with another `seq` or `at`
 */
export function jsonOfFacts(
  facts: readonly ControlFact[],
  first: { seq: number; at: MarketTime },
): string {
  let texts = '';
  for (let i = 0; i < facts.length; i++) {
    const { seq, at, type } = facts[i]!;
    if (seq !== first.seq + i || at !== first.at) {
      throw new InvariantViolated(first.seq + i, `${type} is fact ${seq} at ${at} instead`);
    }
    texts += `${i === 0 ? '' : ','}${jsonOfFact(facts[i]!)}`;
  }
  return `[${texts}]`;
}

const FIRST_KEYS = ['seq', 'at', 'type', 'by', 'cause'];

/** A fact whose keys are in the order in which they are recorded is written as it is, but for its head. */
function jsonOfFact(fact: ControlFact): string {
  if (isInOrder(fact)) {
    const text = jsonOf(fact, fact.seq);
    // Two numbers come before it. To write them once more would leave two texts, which V8 keeps for long.
    return `{${text.slice(text.indexOf('"type":'))}`;
  }
  const { seq, at, type, by, cause, ...fields } = fact;
  return jsonOf({ type, by, cause, ...fields }, seq);
}

function isInOrder(fact: object): boolean {
  let i = 0;
  for (const key in fact) {
    if (key !== FIRST_KEYS[i]) return false;
    if (++i === FIRST_KEYS.length) return true;
  }
  return false;
}

/** The facts that `jsonOfFacts` wrote. @throws {Malformed} */
export function parseFacts(json: string, first: { seq: number; at: MarketTime }): ControlFact[] {
  const facts = parseJson(json);
  if (!Array.isArray(facts)) throw new Malformed('control facts are no list');
  return facts.map((fact, i) => {
    if (!isText(fact?.type) || !isText(fact.by)) throw new Malformed('a fact says not what it is');
    const { cause } = fact;
    const isCaused = cause === null || (Number.isSafeInteger(cause) && cause > 0);
    if (!isCaused || 'seq' in fact || 'at' in fact) throw new Malformed('a fact is out of place');
    return { seq: first.seq + i, at: first.at, ...fact };
  });
}

/** @throws {Malformed} if `value` is no list of series entries */
export function asSeries(value: unknown): SeriesEntry[] {
  if (Array.isArray(value) && value.every(isSeriesEntry)) return value;
  throw new Malformed('a series table is none');
}

function isSeriesEntry(entry: unknown): entry is SeriesEntry {
  const { symbol, name, outputs } = (entry ?? {}) as Record<string, unknown>;
  const hasOutputs = outputs === undefined || (Array.isArray(outputs) && outputs.every(isText));
  return isText(symbol) && isText(name) && hasOutputs;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** @throws {Malformed} if `text` is no JSON, or nests too deep to be walked through */
export function parseJson(text: string): unknown {
  const value = parsed(text);
  // What nests deep is long.
  if (text.length < 2 * DEPTH_MAX || !nestsDeeper(value, DEPTH_MAX)) return value;
  throw new Malformed(`JSON nests deeper than ${DEPTH_MAX} levels`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Malformed(`JSON is broken: ${(error as Error).message}`);
  }
}

/** To walk through the values takes a fifth of what it takes to go through the text. */
function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (nestsDeeper(inner, levels - 1)) return true;
  }
  return false;
}
