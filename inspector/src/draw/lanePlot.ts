/** Where facts and arrows go in the lanes. */
import type { LanesAnswer } from '../../../src/inspect/protocol.ts';

export const LANE = 18;
/** Pixels to each side of an arrow of which only the end is seen. */
const STUB = 7;

export interface LaneFact {
  readonly seq: number;
  readonly lane: number;
  readonly x: number;
}

export interface LaneArrow {
  readonly cause: number;
  readonly seq: number;
  readonly from: string;
  readonly to: string;
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** Leads by way of muted actors. */
  readonly indirect: boolean;
  /** Comes from before the window: only its end is drawn. */
  readonly cut: boolean;
}

/** Pixels from the left, of a fact; times as they are known, from `first` on. */
export function scaleOf(
  [from, to]: readonly [number, number],
  width: number,
  times: readonly number[] | null,
): (seq: number) => number {
  const room = Math.max(1, to - from + 1);
  const even = (seq: number) => ((seq - from + 0.5) / room) * width;
  if (times === null || times.length === 0) return even;
  const start = times[0]!;
  const span = Math.max(1, times.at(-1)! - start);
  // Facts of one instant are told apart by a pixel or two.
  const inset = Math.min(width * 0.2, room);
  return (seq) => {
    const time = times[Math.min(times.length - 1, Math.max(0, seq - from))]!;
    const share = (time - start) / span;
    return 4 + share * (width - inset - 8) + ((seq - from) / room) * inset;
  };
}

/** Every fact in its lane; the answer has one pixel a fact. */
export function factsOf(answer: LanesAnswer, x: (seq: number) => number): LaneFact[] {
  return answer.lanes.flatMap(({ counts }, lane) =>
    counts.flatMap((count, i) => {
      const seq = answer.from + i;
      return count === 0 ? [] : [{ seq, lane, x: x(seq) }];
    }),
  );
}

/** Arrows between lanes that are shown; what led through a muted actor leads past it. */
export function arrowsOf(
  answer: LanesAnswer,
  x: (seq: number) => number,
  laneOf: (actor: string) => number,
): LaneArrow[] {
  const bySeq = new Map(answer.arrows.map((arrow) => [arrow.seq, arrow]));
  const y = (actor: string) => laneOf(actor) * LANE + LANE / 2;
  return answer.arrows.flatMap((arrow) => {
    if (laneOf(arrow.to) < 0) return [];
    let first = arrow;
    while (laneOf(first.from) < 0) {
      const before = bySeq.get(first.cause);
      if (before === undefined) return [];
      first = before;
    }
    const [x2, y2] = [x(arrow.seq), y(arrow.to)];
    const cut = first.cause < answer.from;
    const below = y(first.from) > y2;
    return [
      {
        cause: first.cause,
        seq: arrow.seq,
        from: first.from,
        to: arrow.to,
        x1: cut ? x2 - STUB : x(first.cause),
        y1: cut ? y2 + (below ? STUB : -STUB) : y(first.from),
        x2,
        y2,
        indirect: first !== arrow,
        cut,
      },
    ];
  });
}

/** Counts of a lane as one outline, as high as the lane where there are most. */
export function outlineOf(counts: readonly number[], most: number, width: number): string {
  const step = width / Math.max(1, counts.length);
  const height = (count: number) =>
    (Math.log1p(count) / Math.log1p(Math.max(1, most))) * (LANE - 4);
  return counts
    .flatMap((count, i) =>
      count === 0
        ? []
        : [
            `M${(i * step).toFixed(1)},${LANE - 2}v${(-height(count)).toFixed(1)}h${step.toFixed(2)}V${LANE - 2}z`,
          ],
    )
    .join('');
}
