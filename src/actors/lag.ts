/**
 * How far symbols that are being caught up lag behind the clock, looked at on their first bar and every so
 * many bars after: market time only, so that the same run always finds the same.
 */
import type { MarketTime } from '../domain/time.ts';
import type { Recorder } from './recorder.ts';
import type { Track } from './track.ts';

const BY = 'session/feed';

export interface LagRule {
  /** A symbol further behind is lagging. */
  readonly thresholdMs: number;
  /** Bars from one look to the next. */
  readonly everyBars: number;
}

interface Followed {
  bars: number;
  lagging: boolean;
}

/** Follows the symbols of one catch-up. */
export class Lag {
  readonly #recorder: Recorder;
  readonly #rule: LagRule;
  readonly #followed = new Map<Track, Followed>();

  constructor(recorder: Recorder, rule: LagRule) {
    this.#recorder = recorder;
    this.#rule = rule;
  }

  /** Takes the bars that have just been appended. @param end when they end */
  take(tracks: readonly Track[], end: MarketTime): void {
    for (const track of tracks) {
      if (track.base.freshSeq === 0) continue;
      const followed = this.#followed.get(track) ?? { bars: 0, lagging: false };
      this.#followed.set(track, followed);
      if (followed.bars % this.#rule.everyBars === 0) this.#look(track, followed, end);
      followed.bars += 1;
    }
  }

  /** The catch-up is done: whoever still counts as lagging no longer does. */
  end(): void {
    for (const [track, { lagging }] of this.#followed) {
      if (lagging) this.#caughtUp(track, track.lastSeq);
    }
    this.#followed.clear();
  }

  #look(track: Track, followed: Followed, end: MarketTime): void {
    const behindMs = this.#recorder.at - end;
    const lagging = behindMs > this.#rule.thresholdMs;
    if (lagging === followed.lagging) return;
    followed.lagging = lagging;
    const cause = track.base.freshSeq;
    if (!lagging) {
      this.#caughtUp(track, cause);
      return;
    }
    const lag = { symbol: track.symbol, lag_seconds: behindMs / 1000 };
    this.#recorder.append('SymbolLagging', { by: BY, cause }, lag);
  }

  #caughtUp({ symbol }: Track, cause: number): void {
    this.#recorder.append('SymbolCaughtUp', { by: BY, cause }, { symbol });
  }
}
