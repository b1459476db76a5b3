/**
 * A symbol's coming bars, worked out some rows ahead of the clock: many of one symbol in a row are quicker than one
 * of each symbol in turn, whose indicators would have left the processor's caches each time.
 *
 * What is worked out waits here. It is recorded, and so seen, bar by bar as the clock gets there. Nothing is
 * ever undone: whatever changes the past of a series makes its indicators and windows anew, as of the clock.
 */
import { type Bar, emptyBar } from '../domain/bars.ts';
import type { Session } from '../domain/calendar/calendar.ts';
import type { Runner } from './runner.ts';
import type { Lane, Track } from './track.ts';
import { ROWS } from './waiting.ts';

/** Adds a base bar to a derived lane's window, opening it if need be. */
export type Fill = (track: Track, lane: Lane, session: Session, bar: Bar) => void;

/** Works tracks ahead. */
export class Ahead {
  readonly #fill: Fill;
  /** Tracks whose day has begun so far. */
  #begun = 0;
  readonly #bars: readonly Bar[] = Array.from({ length: ROWS }, emptyBar);

  constructor(fill: Fill) {
    this.#fill = fill;
  }

  /** Works out the rows from the cursor on; those that are worked out already, for what has come to the track since. */
  work(track: Track, session: Session): void {
    const { cursor, values, base, lanes } = track;
    if (cursor >= track.worked) {
      values.first = cursor;
      track.worked = Math.min(cursor + this.#rowsFrom(cursor), track.queued);
    }
    track.ready = track.worked;
    for (let row = cursor; row < track.worked; row++) track.read(row, this.#bars[row - cursor]!);
    values.layOut(base.runners, cursor);
    let column = 0;
    const { runners } = base;
    for (let i = 0; i < runners.length; i++) {
      const runner = runners[i]!;
      if (runner.isAhead) this.#run(track, runner, column, track.worked);
      column += runner.indicator.out.length;
    }
    for (let i = 1; i < lanes.length; i++) this.#close(track, lanes[i]!, session);
    track.due = track.earliestEnd();
  }

  /** A day begins with fewer rows, of each track another number: so no frame has all of the work. */
  #rowsFrom(cursor: number): number {
    if (cursor > 0) return ROWS;
    this.#begun = (this.#begun + 1) % ROWS;
    return 1 + this.#begun;
  }

  /** Works out the row at the cursor for those that take their bars one by one. */
  workPresent(track: Track): void {
    const { cursor, base } = track;
    track.read(cursor, this.#bars[0]!);
    let column = 0;
    for (const runner of base.runners) {
      if (!runner.isAhead) this.#run(track, runner, column, cursor + 1);
      column += runner.indicator.out.length;
    }
  }

  #run({ cursor, values }: Track, runner: Runner, column: number, to: number): void {
    const { indicator } = runner;
    const { out } = indicator;
    const { cells, width, first } = values;
    for (let row = Math.max(runner.done, cursor); row < to; row++) {
      indicator.update(this.#bars[row - cursor]!);
      const cell = (row - first) * width + column;
      for (let i = 0; i < out.length; i++) cells[cell + i] = out[i]!;
    }
    runner.done = to;
  }

  #close(track: Track, lane: Lane, session: Session): void {
    const { cursor, worked } = track;
    const window = lane.window!;
    for (let row = Math.max(lane.done, cursor); row < worked; row++) {
      const bar = this.#bars[row - cursor]!;
      if (window.holds && window.end <= bar.opened) {
        lane.closing.push(window);
        window.holds = false;
      }
      this.#fill(track, lane, session, bar);
    }
    lane.done = worked;
  }
}
