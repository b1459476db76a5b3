/**
 * The quality actor: gaps and scores of each base series, judged at its own bars and at the close only, so
 * that no symbol's facts depend on which other symbols run. Of a symbol that is not fed nothing is expected.
 */
import type { Session } from '../domain/calendar/calendar.ts';
import { barsIn } from '../domain/derivation.ts';
import type { ParsedInterval } from '../domain/interval.ts';
import { qualityOf } from '../domain/sessionView.ts';
import type { MarketTime } from '../domain/time.ts';
import type { Recorder } from './recorder.ts';
import type { Track } from './track.ts';

const BY = 'session/quality';

export class Quality {
  readonly #recorder: Recorder;
  readonly #base: ParsedInterval;
  readonly #enabled: boolean;
  /** What facts of a catch-up carry besides. */
  #mark: { catchup?: true } = {};

  constructor(recorder: Recorder, options: { base: ParsedInterval; enabled: boolean }) {
    this.#recorder = recorder;
    this.#base = options.base;
    this.#enabled = options.enabled;
  }

  /** Looks at every symbol that got a base bar in this frame; at the close at every symbol. */
  judge(tracks: readonly Track[], session: Session, now: MarketTime, catchup = false): void {
    this.#mark = catchup ? { catchup: true } : {};
    const closing = now === session.close;
    for (const track of tracks) {
      const { base } = track;
      if (base.freshSeq !== 0) this.#take(track, session, now);
      if (closing) this.#close(track, session);
    }
  }

  /** A base bar has ended. */
  #take(track: Track, session: Session, now: MarketTime): void {
    const { base } = track;
    const step = this.#base.intraday ? this.#base.ms : session.close - session.open;
    const opened = now - step;
    const from = track.accounted;
    track.present += 1;
    track.totals.bars += 1;
    track.accounted = now;
    if (opened <= from || !this.#enabled) return;
    const missing = Math.round((opened - from) / step);
    const gap = this.#gap(track, { start: from, end: opened, missing }, base.freshSeq);
    // At the close the final score says it all.
    if (now === session.close) return;
    this.#score(track, Math.round((track.accounted - session.open) / step), gap);
  }

  /** A base bar that was added by hand: it fills a gap that is on the record, or ends one. */
  takeLate(track: Track, session: Session, bar: { opened: MarketTime; seq: number }): void {
    this.#mark = {};
    const { opened, seq } = bar;
    const step = this.#base.intraday ? this.#base.ms : session.close - session.open;
    track.present += 1;
    track.totals.bars += 1;
    const from = track.accounted;
    const isLast = opened >= from;
    if (isLast) track.accounted = opened + step;
    if (!this.#enabled || !track.fed || opened === from) return;
    const { symbol } = track;
    const interval = track.base.interval.text;
    const missing = Math.round((opened - from) / step);
    const filled = { symbol, interval, start: opened, end: opened + step, filled: 1 };
    const cause = isLast
      ? this.#gap(track, { start: from, end: opened, missing }, seq)
      : this.#recorder.append('GapFilled', { by: BY, cause: seq }, filled);
    this.#score(track, Math.round((track.accounted - session.open) / step), cause);
  }

  #close(track: Track, session: Session): void {
    if (!track.fed) return;
    const expected = barsIn(session, this.#base);
    const from = track.accounted;
    let cause = track.lastSeq;
    if (this.#enabled && from < session.close) {
      const missing = this.#base.intraday
        ? Math.round((session.close - from) / this.#base.ms)
        : expected;
      cause = this.#gap(track, { start: from, end: session.close, missing }, cause);
    }
    track.accounted = session.close;
    track.totals.expected += expected;
    this.#score(track, expected, cause);
  }

  #gap(track: Track, gap: { start: number; end: number; missing: number }, cause: number): number {
    const { symbol, base } = track;
    return this.#recorder.append(
      'GapDetected',
      { by: BY, cause },
      { symbol, interval: base.interval.text, ...gap, ...this.#mark },
    );
  }

  #score(track: Track, expected: number, cause: number): void {
    const { symbol, base, present } = track;
    const quality = qualityOf(present, expected, this.#enabled);
    this.#recorder.append(
      'QualityScored',
      { by: BY, cause },
      { symbol, interval: base.interval.text, quality, present, expected, ...this.#mark },
    );
  }
}
