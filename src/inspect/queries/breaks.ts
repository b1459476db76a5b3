/** Where playback stops: the first fact that hits a breakpoint. */
import type { Fact } from '../../domain/facts.ts';
import { type Breakpoint, parseBreakpoint } from '../breakpoints.ts';
import type { Direction } from '../protocol/basics.ts';
import type { BreakAnswer } from '../protocol/log.ts';
import type { InspectedRun } from './inspectedRun.ts';
import { Turns } from './turns.ts';

/** Facts looked at between two turns of others. */
const STRETCH = 20_000;

export async function nextBreak(
  run: InspectedRun,
  { from, dir, on }: { from: number; dir: Direction; on: string },
): Promise<BreakAnswer> {
  const lines = on.split('\n').filter((line) => line.trim() !== '');
  let found: { seq: number; on: string } | null = null;
  for (const line of lines) {
    const seq = await firstHit(run, parseBreakpoint(line, run), { from, dir });
    const nearer = found === null || (dir === 'next' ? seq! < found.seq : seq! > found.seq);
    if (seq !== null && nearer) found = { seq, on: line.trim() };
  }
  return found ?? { seq: null, on: null };
}

async function firstHit(
  run: InspectedRun,
  breakpoint: Breakpoint,
  { from, dir }: { from: number; dir: Direction },
): Promise<number | null> {
  const turns = new Turns();
  const start = breakpoint.remembers || dir === 'previous' ? 1 : from + 1;
  let last: number | null = null;
  for (const fact of factsFrom(run, breakpoint, start)) {
    if (dir === 'previous' && fact.seq >= from) return last;
    const hit = breakpoint.hits(fact);
    if (hit && dir === 'next' && fact.seq > from) return fact.seq;
    if (hit && fact.seq < from) last = fact.seq;
    if (turns.due()) await turns.next();
  }
  return dir === 'previous' ? last : null;
}

function* factsFrom({ log }: InspectedRun, { filter }: Breakpoint, start: number): Generator<Fact> {
  for (let from = start; from <= log.position; from += STRETCH) {
    yield* filter.facts(log, { from, to: from + STRETCH - 1 });
  }
}
