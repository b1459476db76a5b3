/** Facts per actor and pixel, and the whole run in a strip. Counted from the index, without decoding. */

import { countIndicesWhile } from '../../domain/bisect.ts';
import { factsOf } from '../../domain/frame.ts';
import { ARROWS_WINDOW, type LanesAnswer, type OverviewAnswer } from '../protocol/log.ts';
import type { InspectedRun } from './inspectedRun.ts';

export interface LanesWindow {
  readonly by: 'seq' | 'time';
  readonly from: number;
  readonly to: number;
  readonly px: number;
}

export function lanesOf(run: InspectedRun, window: LanesWindow): LanesAnswer {
  const { by, from, to, px } = window;
  const { first, last } = boundsOf(run, window);
  const coarse = last - first >= ARROWS_WINDOW;
  const lanes = last < first ? [] : countLanes(run, { first, last }, window);
  const detail =
    coarse || last < first ? { arrows: [], transitions: [] } : detailOf(run, first, last);
  return {
    by,
    from,
    to,
    px,
    first: last < first ? 0 : first,
    last: last < first ? 0 : last,
    lanes,
    ...detail,
    coarse,
  };
}

/** The facts in the window. */
function boundsOf({ index }: InspectedRun, { by, from, to }: LanesWindow) {
  if (by === 'seq')
    return { first: Math.max(1, Math.ceil(from)), last: Math.min(to, index.position) };
  const before = countIndicesWhile(index.runs, (i) => index.times.data[i]! < from);
  const first = before === index.runs ? index.position + 1 : index.seqs.data[before]!;
  return { first, last: index.seek(to) };
}

interface Bounds {
  readonly first: number;
  readonly last: number;
}

function countLanes({ index }: InspectedRun, { first, last }: Bounds, window: LanesWindow) {
  const { by, from, to, px } = window;
  const counts = new Map<number, number[]>();
  const perPixel = (to - from + 1) / px;
  const pixelOf = (value: number) =>
    Math.min(px - 1, Math.max(0, Math.floor((value - from) / perPixel)));
  for (let i = index.runOf(first); i < index.runs && index.seqs.data[i]! <= last; i++) {
    const actor = index.actorOf.data[i]!;
    let lane = counts.get(actor);
    if (lane === undefined) {
      lane = new Array<number>(px).fill(0);
      counts.set(actor, lane);
    }
    const start = Math.max(first, index.seqs.data[i]!);
    const end = Math.min(last + 1, index.endOf(i));
    if (by === 'time') {
      const pixel = pixelOf(index.times.data[i]!);
      lane[pixel] = lane[pixel]! + end - start;
    } else for (let seq = start; seq < end; seq++) lane[pixelOf(seq)]! += 1;
  }
  return [...counts]
    .map(([actor, lane]) => {
      const facts = lane.reduce((sum, count) => sum + count, 0);
      return { actor: index.actors.at(actor), facts, counts: lane };
    })
    .sort((a, b) => (a.actor < b.actor ? -1 : 1));
}

/** Who led to what, and which charts moved. */
function detailOf({ log, index }: InspectedRun, first: number, last: number) {
  const arrows: LanesAnswer['arrows'] = [];
  const transitions: LanesAnswer['transitions'] = [];
  for (const frame of log.read({ from: first, to: last, reuse: true })) {
    for (const { seq, cause, by, type, ...fact } of factsOf(frame, log.table)) {
      if (seq < first || seq > last) continue;
      if (cause !== null) arrows.push({ seq, cause, from: index.byOf(cause), to: by, type });
      if (type !== 'TransitionTaken') continue;
      const { actor, message, from, to } = fact as unknown as LanesAnswer['transitions'][number];
      transitions.push({ seq, actor, message, from, to });
    }
  }
  return { arrows, transitions };
}

/** Buckets of equal numbers of facts. */
export async function overviewOf(
  run: InspectedRun,
  { px, q }: { px: number; q: string },
): Promise<OverviewAnswer> {
  const { index } = run;
  const last = index.position;
  const buckets = Math.min(px, last);
  const firstOf = (i: number) => Math.floor((i * last) / buckets) + 1;
  const seqs = Array.from({ length: buckets }, (_, i) => firstOf(i));
  const notable = seqs.map((seq, i) =>
    notableIn(run, seq, i + 1 < buckets ? firstOf(i + 1) : last + 1),
  );
  const list = run.hits.list(q);
  const complete = list === null || (await run.hits.count(list, { waitMs: 250 }));
  const hits =
    q.trim() === ''
      ? null
      : seqs.map((seq, i) => {
          const end = i + 1 < buckets ? seqs[i + 1]! : last + 1;
          return list === null ? end - seq : list.before(end) - list.before(seq);
        });
  const times = seqs.map((seq) => index.timeOf(seq));
  return { last, px: buckets, seqs, times, notable, hits, complete };
}

function notableIn({ index }: InspectedRun, from: number, to: number): number {
  let count = 0;
  for (let i = index.runOf(from); i < index.runs && index.seqs.data[i]! < to; i++) {
    if (index.isMarket(i)) continue;
    count += Math.min(to, index.endOf(i)) - Math.max(from, index.seqs.data[i]!);
  }
  return count;
}
