/** Pages of the event list, and one fact with what is around it. */
import type { Fact } from '../../domain/facts.ts';
import { effectsOf } from '../effects.ts';
import { FactFilter } from '../factFilter.ts';
import { factJson } from '../factJson.ts';
import type { Direction, FactJson, FactRow } from '../protocol/basics.ts';
import type { EventAnswer, EventsAnswer, FindAnswer, RankAnswer } from '../protocol/log.ts';
import type { HitList } from './hits.ts';
import type { InspectedRun } from './inspectedRun.ts';
import { Turns } from './turns.ts';
import { placesWritten } from './writes.ts';

/** How long a page waits for its filter to have counted all. */
const COUNT_MS = 250;
/** Hits that lie further apart are fetched one by one. */
const DENSE = 200;
/** Elements of a column that are shown of a fact that brings many bars. */
const COLUMN_SHOWN = 20;
/** Facts in which the first effect is looked for. */
const EFFECT_FACTS = 4000;

export interface Page {
  readonly from?: number | undefined;
  readonly offset?: number | undefined;
  readonly limit: number;
  readonly dir: Direction;
  readonly q: string;
}

export async function eventsPage(run: InspectedRun, page: Page): Promise<EventsAnswer> {
  const list = run.hits.list(page.q);
  if (list === null) return plainPage(run, page);
  const complete = await run.hits.count(list, { waitMs: COUNT_MS });
  const { total, counted } = list;
  if (!complete && page.offset === undefined) {
    const rows = await searched(run, list, page);
    const known = rows[0] !== undefined && rows[0].seq <= counted;
    return {
      rows,
      offset: known ? list.before(rows[0]!.seq) : null,
      total,
      complete: false,
      counted,
    };
  }
  const { first, end } = boundsOf(page, total, (seq) => list.before(seq));
  const seqs = Array.from(list.seqs.data.subarray(first, end));
  return { rows: rowsAt(run, list.filter, seqs), offset: first, total, complete, counted };
}

function plainPage(run: InspectedRun, page: Page): EventsAnswer {
  const total = run.log.position;
  const { first, end } = boundsOf(page, total, (seq) => Math.min(Math.max(0, seq - 1), total));
  const rows = end === first ? [] : rowsBetween(run, new FactFilter({}), first + 1, end);
  return { rows, offset: first, total, complete: true, counted: total };
}

/** Numbers of the first row of a page among those picked, and of the one after its last. */
function boundsOf(
  { from, offset, limit, dir }: Page,
  total: number,
  before: (seq: number) => number,
): { readonly first: number; readonly end: number } {
  if (offset === undefined && dir === 'previous') {
    const end = from === undefined ? total : before(from + 1);
    return { first: Math.max(0, end - limit), end };
  }
  const first = Math.min(offset ?? before(from ?? 1), total);
  return { first, end: Math.min(total, first + limit) };
}

function rowsAt(run: InspectedRun, filter: FactFilter, seqs: readonly number[]): FactRow[] {
  const [first] = seqs;
  const last = seqs.at(-1);
  if (first === undefined || last === undefined) return [];
  if (last - first <= seqs.length * DENSE) return rowsBetween(run, filter, first, last);
  return seqs.map((seq) => run.row(run.fact(seq)));
}

function rowsBetween(run: InspectedRun, filter: FactFilter, from: number, to: number): FactRow[] {
  return Array.from(filter.facts(run.log, { from, to }), (fact) => run.row(fact));
}

/** A page of hits that are not counted yet, looked for from `from` on. */
async function searched(
  run: InspectedRun,
  { filter }: HitList,
  { from, limit, dir }: Page,
): Promise<FactRow[]> {
  const facts: Fact[] = [];
  if (dir === 'previous') {
    for await (const fact of backwards(run, filter, from ?? run.log.position)) {
      if (facts.push(fact) === limit) break;
    }
    facts.reverse();
  } else {
    for await (const fact of forwards(run, filter, from ?? 1)) {
      if (facts.push(fact) === limit) break;
    }
  }
  return facts.map((fact) => run.row(fact));
}

/** Facts looked at between two turns of others. */
const STRETCH = 20_000;

async function* forwards(run: InspectedRun, filter: FactFilter, from: number) {
  const turns = new Turns();
  const { log } = run;
  for (let first = Math.max(1, from); first <= log.position; first += STRETCH) {
    yield* filter.facts(log, { from: first, to: first + STRETCH - 1 });
    await turns.next();
  }
}

async function* backwards(run: InspectedRun, filter: FactFilter, from: number) {
  const turns = new Turns();
  for (let last = from; last >= 1; last -= STRETCH) {
    const part = { from: Math.max(1, last - STRETCH + 1), to: last };
    yield* Array.from(filter.facts(run.log, part)).reverse();
    await turns.next();
  }
}

/** How many facts a filter picks before one, so that a list can keep it in view. */
export async function rankOf(run: InspectedRun, seq: number, q: string): Promise<RankAnswer> {
  const list = run.hits.list(q);
  const { position } = run.log;
  if (list === null) {
    const before = Math.min(Math.max(0, seq - 1), position);
    return { before, picked: seq >= 1 && seq <= position, total: position, complete: true };
  }
  const complete = await run.hits.count(list, { waitMs: COUNT_MS });
  const before = list.before(seq);
  const picked = before < list.total && list.at(before) === seq;
  return { before, picked, total: list.total, complete };
}

/** The nearest fact that a filter picks, after or before one. */
export async function findFact(
  run: InspectedRun,
  { from, dir, q }: { from: number; dir: Direction; q: string },
): Promise<FindAnswer> {
  const list = run.hits.list(q);
  const seq = await nearestHit(run, list, from, dir);
  return seq === null ? { seq, row: null } : { seq, row: run.row(run.fact(seq)) };
}

async function nearestHit(
  run: InspectedRun,
  list: HitList | null,
  from: number,
  dir: Direction,
): Promise<number | null> {
  if (list === null) {
    const seq = dir === 'next' ? from + 1 : from - 1;
    return seq >= 1 && seq <= run.log.position ? seq : null;
  }
  if (await run.hits.count(list, { waitMs: COUNT_MS })) {
    const i = dir === 'next' ? list.before(from + 1) : list.before(from) - 1;
    return i >= 0 && i < list.total ? list.at(i) : null;
  }
  const facts =
    dir === 'next'
      ? forwards(run, list.filter, from + 1)
      : backwards(run, list.filter, Math.min(from - 1, run.log.position));
  for await (const { seq } of facts) return seq;
  return null;
}

/** A fact in full, with its cause, its first effect and what it writes. */
export function eventDetail(run: InspectedRun, seq: number): EventAnswer {
  const fact = run.fact(seq);
  const effect = firstEffect(run, seq);
  return {
    row: run.row(fact),
    fact: shortened(factJson(fact)),
    cause: fact.cause === null ? null : run.row(run.fact(fact.cause)),
    firstEffect: effect && run.row(effect),
    frame: frameOf(run, seq),
    touches: placesWritten(fact),
  };
}

/** Facts of a frame follow each other closely, and so do effects: the search is bounded. */
function firstEffect(run: InspectedRun, seq: number): Fact | null {
  const to = Math.min(run.log.position, seq + EFFECT_FACTS);
  for (const { fact } of effectsOf(run.log, seq, { to })) return fact;
  return null;
}

function frameOf({ log }: InspectedRun, seq: number) {
  for (const { firstSeq, count } of log.read({ from: seq, to: seq, reuse: true })) {
    return { first: firstSeq, last: firstSeq + count - 1 };
  }
  return { first: seq, last: seq };
}

/** Without most of the bars of history: those are many. */
export function shortened(json: FactJson): FactJson {
  const { columns } = json as { columns?: Record<string, unknown[]> };
  if (columns === undefined) return json;
  const cut = Object.entries(columns).map(([name, cells]) => [name, cells.slice(0, COLUMN_SHOWN)]);
  return { ...json, columns: Object.fromEntries(cut) };
}
