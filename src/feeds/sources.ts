/** The data of a session as one feed, wherever it comes from. */
import { isObservable, type Observable } from 'rxjs';
import { BarColumns } from '../domain/bars.ts';
import { type DataSourceInput, parseDataSource } from '../domain/config/data.ts';
import { DataNotGiven, UsageError } from '../domain/errors.ts';
import { compareIntervals, type Interval } from '../domain/interval.ts';
import type { TradingDate } from '../domain/time.ts';
import { csvFeed } from './csv.ts';
import type { Availability, BadRow, Feed, FeedBars, IndexRequest } from './feed.ts';
import { FeedProblems } from './feedProblems.ts';
import { type MemoryBars, memoryFeed } from './memory.ts';
import { type ObservedBar, observableFeed } from './observable.ts';
import { parquetFeed } from './parquet.ts';
import { combineFingerprints } from './series.ts';
import { syntheticFeed } from './synthetic.ts';
import type { BadRowPolicy } from './validation.ts';

/** Bars that the embedding program holds. */
export interface MemoryInput {
  readonly type: 'memory';
  readonly bars: MemoryBars;
  readonly on_bad_row?: BadRowPolicy;
}

export interface ObservableInput {
  readonly type: 'observable';
  readonly source: Observable<ObservedBar>;
  readonly on_bad_row?: BadRowPolicy;
}

/** A config's source, one that only a program can hand over, or a feed of its own. */
export type FeedSource = DataSourceInput | MemoryInput | ObservableInput | Feed;

/** One source, a list of them, or bars by symbol. */
export type SourceInput = FeedSource | readonly FeedSource[] | MemoryBars;

/**
 * One feed of whatever is given; of several sources, the first that has a symbol at an interval serves it. No
 * file is touched before the feed is indexed.
 *
 * @param options.folder where relative paths start; the working directory if absent
 * @throws {UsageError} for what is no source
 */
export function openFeed(sources: SourceInput, { folder = '.' } = {}): Feed {
  if (isBars(sources)) return memoryFeed(sources);
  const list = isList(sources) ? sources : [sources];
  const nameOf = (i: number): string => (isList(sources) ? `data[${i}]` : 'data');
  const feeds = list.map((source, i) => feedOf(source, nameOf(i), folder));
  if (feeds.length === 0) throw new UsageError('data is an empty list: write at least one source');
  return feeds.length === 1 ? feeds[0]! : new FeedList(feeds);
}

function feedOf(source: FeedSource, name: string, folder: string): Feed {
  if (isFeed(source)) return source;
  if (isHandedOver(source)) {
    checkHandedOver(source, name);
    const { on_bad_row: policy } = source;
    return source.type === 'memory'
      ? memoryFeed(source.bars, { policy })
      : observableFeed(source.source, { policy });
  }
  const parsed = parseDataSource(source, name);
  switch (parsed.type) {
    case 'csv':
      return csvFeed(parsed, folder);
    case 'parquet':
      return parquetFeed(parsed, folder);
    case 'synthetic':
      return syntheticFeed(parsed);
    case 'memory':
      throw new DataNotGiven(
        `${name} is "memory": hand the bars over beside the config, by symbol`,
      );
  }
}

function isObject(source: unknown): source is object {
  return typeof source === 'object' && source !== null && !Array.isArray(source);
}

function isFeed(source: FeedSource): source is Feed {
  return isObject(source) && 'read' in source;
}

/** The type "memory" alone, without bars, is what a config says. */
function isHandedOver(source: FeedSource): source is MemoryInput | ObservableInput {
  if (!isObject(source) || !('type' in source)) return false;
  return source.type === 'observable' || (source.type === 'memory' && 'bars' in source);
}

/** @throws {UsageError} for a key or value that would be taken for something else */
function checkHandedOver(source: MemoryInput | ObservableInput, name: string): void {
  const { type, on_bad_row: policy = 'fail' } = source;
  const held = type === 'memory' ? 'bars' : 'source';
  const known = ['type', held, 'on_bad_row'];
  const unknown = Object.keys(source).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const remedy = unknown === 'interval' ? 'write the interval into the bars' : 'leave it out';
    throw new UsageError(
      `${name}.${unknown}: a source of type "${type}" has only "type", "${held}" and "on_bad_row"; ${remedy}`,
    );
  }
  if (policy !== 'fail' && policy !== 'skip') {
    throw new UsageError(`${name}.on_bad_row: found "${policy}": write "fail" or "skip"`);
  }
  if (source.type === 'memory' ? isObject(source.bars) : isObservable(source.source)) return;
  const remedy = type === 'memory' ? 'bars by symbol: {AAPL: bars}' : 'an observable of bars';
  throw new UsageError(`${name}.${held}: found something else: hand over ${remedy}`);
}

/** Bars by symbol have no `type`, and every value is columns or a list. */
function isBars(sources: SourceInput): sources is MemoryBars {
  if (!isObject(sources) || 'type' in sources || 'read' in sources) return false;
  const values: unknown[] = Object.values(sources);
  return values.length > 0 && values.every((value) => typeof value === 'object' && value !== null);
}

function isList<T>(one: T | readonly T[]): one is readonly T[] {
  return Array.isArray(one);
}

/** What a list has of one symbol at one interval, and which of its feeds that is. */
interface Served {
  readonly availability: Availability;
  readonly feed: Feed;
}

/** Several feeds as one. */
class FeedList implements Feed {
  readonly name: string;
  readonly #feeds: readonly Feed[];
  readonly #served = new Map<string, readonly Served[]>();

  constructor(feeds: readonly Feed[]) {
    this.#feeds = feeds;
    this.name = [...new Set(feeds.map(({ name }) => name))].join('+');
  }

  get fillsColumns(): boolean {
    return this.#feeds.every(({ fillsColumns }) => fillsColumns === true);
  }

  async index(request: IndexRequest): Promise<void> {
    const bySymbol = new Map<string, readonly string[]>();
    for (const feed of this.#feeds) {
      try {
        await feed.index(request);
      } catch (error) {
        if (!(error instanceof FeedProblems)) throw error;
        for (const [symbol, problems] of error.bySymbol) {
          bySymbol.set(symbol, [...(bySymbol.get(symbol) ?? []), ...problems]);
        }
      }
    }
    for (const symbol of request.symbols) this.#served.set(symbol, this.#firstOfEach(symbol));
    if (bySymbol.size > 0) throw new FeedProblems(bySymbol);
  }

  availability(symbol: string): readonly Availability[] {
    return this.#of(symbol).map(({ availability }) => availability);
  }

  skipped(symbol: string, interval: Interval): ReadonlyMap<TradingDate, readonly BadRow[]> {
    return this.#feed(symbol, interval)?.skipped(symbol, interval) ?? new Map();
  }

  async read(request: Parameters<Feed['read']>[0]): Promise<FeedBars> {
    const feed = this.#feed(request.symbol, request.interval);
    return feed?.read(request) ?? { bars: new BarColumns(), provenance: [] };
  }

  fingerprint(symbol: string): string {
    const feeds = new Set(this.#of(symbol).map(({ feed }) => feed));
    return combineFingerprints([...feeds].map((feed) => feed.fingerprint(symbol)));
  }

  missing(symbol: string): readonly string[] {
    return this.#feeds.flatMap((feed) => feed.missing?.(symbol) ?? []);
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds) await feed.close();
  }

  #firstOfEach(symbol: string): Served[] {
    const served = new Map<Interval, Served>();
    for (const feed of this.#feeds) {
      for (const availability of feed.availability(symbol)) {
        const { interval } = availability;
        if (!served.has(interval)) served.set(interval, { availability, feed });
      }
    }
    return [...served.values()].toSorted((a, b) =>
      compareIntervals(a.availability.interval, b.availability.interval),
    );
  }

  #of(symbol: string): readonly Served[] {
    return this.#served.get(symbol) ?? [];
  }

  #feed(symbol: string, interval: Interval): Feed | undefined {
    return this.#of(symbol).find(({ availability }) => availability.interval === interval)?.feed;
  }
}
