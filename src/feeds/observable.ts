/** An RxJS observable of bars, collected to its end before the session begins. */
import { fromEvent, lastValueFrom, NEVER, type Observable, reduce, takeUntil } from 'rxjs';
import { FeedError } from '../domain/errors.ts';
import { seriesOfEach } from './columnSeries.ts';
import type { Feed } from './feed.ts';
import { BarCollector, type PlainBar } from './plainBars.ts';
import { SeriesFeed } from './seriesFeed.ts';
import type { BadRowPolicy } from './validation.ts';

export interface ObservedBar extends PlainBar {
  readonly symbol: string;
}

type Collected = ReadonlyMap<string, BarCollector>;

/**
 * Subscribes once, when first indexed, and waits for completion; an observable that never completes ends
 * with the signal of the index request. All its bars stay in memory: what must stream belongs in a file.
 * Bars of different symbols may be mixed; those of one symbol and interval ascend.
 */
export function observableFeed(
  bars: Observable<ObservedBar>,
  { policy = 'fail' }: { policy?: BadRowPolicy | undefined } = {},
): Feed {
  let collected: Collected | undefined;
  return new SeriesFeed({
    name: 'observable',
    // A failure is not kept: whoever indexes again subscribes again.
    async prepare({ signal }) {
      collected ??= await collect(bars, signal);
    },
    async load(symbol, { calendar }) {
      const collector = collected?.get(symbol);
      if (collector === undefined) {
        return { series: [], missing: [`the observable gave no bars of "${symbol}"`] };
      }
      const tables = collector.collected();
      return { ...(await seriesOfEach('observable', tables, { calendar, policy })), missing: [] };
    },
  });
}

async function collect(bars: Observable<ObservedBar>, signal?: AbortSignal): Promise<Collected> {
  const aborted = signal === undefined ? NEVER : fromEvent(signal, 'abort');
  const all = bars.pipe(takeUntil(aborted), reduce(gather, new Map()));
  try {
    const collected = await lastValueFrom(all);
    signal?.throwIfAborted();
    return collected;
  } catch (cause) {
    if (cause instanceof FeedError || signal?.aborted === true) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FeedError(`the observable of bars failed: ${reason}`, { cause });
  }
}

function gather(collected: Map<string, BarCollector>, bar: ObservedBar, index: number) {
  if (typeof bar?.symbol !== 'string') {
    throw new FeedError(`bar ${index + 1} of the observable has no symbol; give it one`);
  }
  const symbol = bar.symbol.toUpperCase();
  let collector = collected.get(symbol);
  if (collector === undefined) {
    collector = new BarCollector(symbol);
    collected.set(symbol, collector);
  }
  collector.add(bar);
  return collected;
}
