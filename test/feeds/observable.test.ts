import { concat, from, NEVER, Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FeedError } from '../../src/domain/errors.ts';
import { type ObservedBar, observableFeed } from '../../src/feeds/observable.ts';
import { minutesOf, readAll, rowsOf, xnys } from './market.ts';

const bars = minutesOf(['2024-01-02'], 3);
const of2 = (symbol: string) => bars.map((bar) => ({ ...bar, symbol }));

describe('an observable of bars', () => {
  it('may mix symbols and intervals', async () => {
    const [first, second, third] = of2('AAPL');
    const day = { ...first!, symbol: 'tsla', interval: '1d' };
    const feed = observableFeed(from([first!, day, second!, third!]));
    await feed.index({ symbols: ['AAPL', 'TSLA'], calendar: xnys });
    expect(rowsOf((await readAll(feed, 'AAPL')).bars)).toEqual(bars);
    expect(feed.availability('TSLA').map(({ interval }) => interval)).toEqual(['1d']);
  });

  it('may take its time', async () => {
    const late = new Observable<ObservedBar>((subscriber) => {
      queueMicrotask(() => {
        for (const bar of of2('AAPL')) subscriber.next(bar);
        subscriber.complete();
      });
    });
    const feed = observableFeed(late);
    await feed.index({ symbols: ['AAPL'], calendar: xnys });
    expect((await readAll(feed, 'AAPL')).bars).toHaveLength(3);
  });

  it('is subscribed to once, when first indexed', async () => {
    let subscriptions = 0;
    const feed = observableFeed(
      new Observable<ObservedBar>((subscriber) => {
        subscriptions++;
        from([...of2('AAPL'), ...of2('TSLA')]).subscribe(subscriber);
      }),
    );
    expect(subscriptions).toBe(0);
    await feed.index({ symbols: ['AAPL'], calendar: xnys });
    await feed.index({ symbols: ['TSLA'], calendar: xnys });
    expect(subscriptions).toBe(1);
    expect(feed.availability('TSLA')).toHaveLength(1);
  });

  it('that fails is a feed that fails, and may be tried again', async () => {
    let attempts = 0;
    const feed = observableFeed(
      new Observable<ObservedBar>((subscriber) => {
        attempts++;
        const source = from(of2('AAPL'));
        const failing = throwError(() => new Error('the line is dead'));
        (attempts === 1 ? concat(source, failing) : source).subscribe(subscriber);
      }),
    );
    const index = () => feed.index({ symbols: ['AAPL'], calendar: xnys });
    await expect(index()).rejects.toThrow(
      new FeedError('the observable of bars failed: the line is dead'),
    );
    await index();
    expect((await readAll(feed, 'AAPL')).bars).toHaveLength(3);
  });

  it('that never completes is left when asked to stop', async () => {
    let left = false;
    const stop = new AbortController();
    const endless = new Observable<ObservedBar>((subscriber) => {
      concat(from(of2('AAPL')), NEVER).subscribe(subscriber);
      queueMicrotask(() => stop.abort(new Error('enough')));
      return () => {
        left = true;
      };
    });
    const feed = observableFeed(endless);
    const indexing = feed.index({ symbols: ['AAPL'], calendar: xnys, signal: stop.signal });
    await expect(indexing).rejects.toThrow('enough');
    expect(left).toBe(true);
  });

  it('is refused if a bar is bad or has no symbol', async () => {
    const [first, second] = of2('AAPL');
    const index = (...given: unknown[]) =>
      observableFeed(from(given as ObservedBar[])).index({ symbols: ['AAPL'], calendar: xnys });
    await expect(index(second, first)).rejects.toThrow(
      'AAPL "1m" bars of source "observable", row 2: its time is before that of the row before it',
    );
    await expect(index(first, bars[1])).rejects.toThrow(
      'bar 2 of the observable has no symbol; give it one',
    );
    await expect(index(first, null)).rejects.toThrow('bar 2 of the observable has no symbol');
  });

  it('may leave out bad bars', async () => {
    const bad = { ...of2('AAPL')[0]!, volume: -1 };
    const feed = observableFeed(concat(of(bad), from(of2('AAPL'))), { policy: 'skip' });
    await feed.index({ symbols: ['AAPL'], calendar: xnys });
    expect(feed.skipped('AAPL', '1m').get('2024-01-02')).toEqual([
      { file: 'observable', line: 1, reason: 'volume "-1" is negative' },
    ]);
  });
});
