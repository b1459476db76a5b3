/**
 * The filter language of the inspector: `type:Indicator* -type:Bar* symbol:TSLA close>250 "first wrong"`.
 *
 * Terms are separated by blanks and all of them hold; a minus leaves out. `type:`, `symbol:`, `by:` (or
 * `actor:`), `key:` and `interval:` take globs, several of them separated by commas; `cause:` and `seq:` take a
 * number or a range `100..200`. A field, an operator and a value is a condition. Anything else is looked for in
 * what the line of the fact says.
 */
import { UsageError } from '../../domain/errors.ts';
import type { Fact } from '../../domain/facts.ts';
import { suggest } from '../../domain/suggest.ts';
import { type Condition, conditionOf } from '../condition.ts';
import { FactFilter } from '../factFilter.ts';
import { type Clock, gistOf } from '../factText.ts';
import { Globs } from '../globs.ts';

const KEYS = ['type', 'symbol', 'by', 'actor', 'key', 'interval', 'cause', 'seq'] as const;
type Key = (typeof KEYS)[number];

interface Terms {
  readonly globs: Readonly<Record<Key, string[]>>;
  readonly conditions: string[];
  readonly words: { readonly text: string; readonly wanted: boolean }[];
}

export interface ParsedFilter {
  readonly filter: FactFilter;
  /** True if type and actor alone decide: then nothing has to be decoded to count. */
  readonly coarse: boolean;
  /** True if every fact is wanted. */
  readonly all: boolean;
  /** Of `coarse` ones: which actors. */
  readonly actors: Globs;
}

/** @throws {UsageError} for what is no filter, with what was meant */
export function parseFilter(q: string, clock: Clock, zone: string): ParsedFilter {
  const terms = termsOf(q);
  const { globs, conditions, words } = terms;
  const by = [...globs.by, ...globs.actor];
  const types = globs.type;
  const tests = testsOf(terms, clock);
  const plain = new FactFilter({ types });
  const where: Condition[] = conditions.map((text) => conditionOf(text, plain.types, zone));
  const filter = new FactFilter({
    types,
    by,
    symbols: globs.symbol,
    where,
    ...(tests.length > 0 && { test: (fact: Fact) => tests.every((test) => test(fact)) }),
  });
  const fine = tests.length + where.length + globs.symbol.length + words.length > 0;
  const all = !fine && types.length + by.length === 0;
  return { filter, coarse: !fine, all, actors: new Globs(by) };
}

function termsOf(q: string): Terms {
  const terms: Terms = {
    globs: {
      type: [],
      symbol: [],
      by: [],
      actor: [],
      key: [],
      interval: [],
      cause: [],
      seq: [],
    },
    conditions: [],
    words: [],
  };
  for (const [term] of q.matchAll(/(?:"[^"]*"|[^\s"])+/g)) addTerm(terms, term);
  return terms;
}

function addTerm({ globs, conditions, words }: Terms, term: string): void {
  const wanted = !(term.startsWith('-') && term.length > 1);
  const text = wanted ? term : term.slice(1);
  const named = /^([a-z]+):(.*)$/s.exec(text);
  if (named !== null) {
    const key = named[1]!;
    if (!isKey(key)) throw unknownKey(key);
    const values = unquoted(named[2]!)
      .split(',')
      .filter((value) => value !== '');
    globs[key].push(...values.map((value) => (wanted ? value : `!${value}`)));
  } else if (/^[\w.]+(==|!=|<=|>=|!~|=|<|>|~)/.test(text)) {
    if (!wanted) {
      throw new UsageError(`"${term}": write the opposite condition in place of the minus`);
    }
    conditions.push(text);
  } else words.push({ text: unquoted(text).toLowerCase(), wanted });
}

function isKey(key: string): key is Key {
  return (KEYS as readonly string[]).includes(key);
}

function unknownKey(key: string): UsageError {
  const meant = suggest(key, KEYS);
  const remedy = meant === undefined ? `there are ${KEYS.join(', ')}` : `did you mean "${meant}:"?`;
  return new UsageError(`a filter has no "${key}:": ${remedy}`);
}

function unquoted(text: string): string {
  return text.replaceAll('"', '');
}

function testsOf({ globs, words }: Terms, clock: Clock): ((fact: Fact) => boolean)[] {
  const tests: ((fact: Fact) => boolean)[] = [];
  for (const field of ['key', 'interval'] as const) {
    if (globs[field].length === 0) continue;
    const wanted = new Globs(globs[field]);
    tests.push((fact) => {
      const value = (fact as unknown as Record<string, unknown>)[field];
      return typeof value === 'string' ? wanted.matches(value) : wanted.takesNameless;
    });
  }
  for (const field of ['cause', 'seq'] as const) {
    for (const range of globs[field]) tests.push(inRange(field, range));
  }
  for (const { text, wanted } of words) {
    tests.push((fact) => {
      const symbol = 'symbol' in fact ? fact.symbol : '';
      const line = `${fact.type} ${symbol} ${gistOf(fact, clock)} ${fact.by}`;
      return line.toLowerCase().includes(text) === wanted;
    });
  }
  return tests;
}

function inRange(field: 'cause' | 'seq', text: string): (fact: Fact) => boolean {
  const match = /^(!?)(\d*)(\.\.)?(\d*)$/.exec(text);
  if (match === null || (match[2] === '' && match[4] === '')) {
    throw new UsageError(`"${field}:${text}" is no number: write one, or a range such as 100..200`);
  }
  const [, not, first, range, last] = match;
  const from = first === '' ? 0 : Number(first);
  const to = range === undefined ? from : last === '' ? Number.POSITIVE_INFINITY : Number(last);
  return (fact) => {
    const value = fact[field];
    const inside = value !== null && value >= from && value <= to;
    return inside === (not === '');
  };
}
