/** A feed made of series, each looked for once. */
import { BarColumns } from '../domain/bars.ts';
import { compareIntervals, type Interval } from '../domain/interval.ts';
import type { TradingDate } from '../domain/time.ts';
import type { Availability, BadRow, Feed, FeedBars, IndexRequest } from './feed.ts';
import { combineFingerprints, type Series } from './series.ts';

/** What a source found of one symbol. */
export interface Found {
  readonly series: readonly Series[];
  /** What was looked for and is not there, one sentence each. */
  readonly missing: readonly string[];
}

export interface SeriesLoader {
  /** Kind of source. */
  readonly name: string;
  load(symbol: string, request: IndexRequest): Promise<Found>;
  close?(): Promise<void>;
}

const NOTHING: Found = { series: [], missing: [] };

export class SeriesFeed implements Feed {
  readonly name: string;
  readonly #loader: SeriesLoader;
  readonly #found = new Map<string, Found>();
  /** One index after the other: what two ask for is looked at once. */
  #indexing: Promise<void> = Promise.resolve();

  constructor(loader: SeriesLoader) {
    this.name = loader.name;
    this.#loader = loader;
  }

  async index(request: IndexRequest): Promise<void> {
    const before = this.#indexing.catch(() => {});
    this.#indexing = before.then(() => this.#index(request));
    return this.#indexing;
  }

  availability(symbol: string): readonly Availability[] {
    return this.#of(symbol).series.map(({ availability }) => availability);
  }

  skipped(symbol: string, interval: Interval): ReadonlyMap<TradingDate, readonly BadRow[]> {
    return this.#series(symbol, interval)?.skipped ?? new Map();
  }

  async read(request: Parameters<Feed['read']>[0]): Promise<FeedBars> {
    const series = this.#series(request.symbol, request.interval);
    return series === undefined ? { bars: new BarColumns(), provenance: [] } : series.read(request);
  }

  fingerprint(symbol: string): string {
    return combineFingerprints(this.#of(symbol).series.flatMap(({ fingerprints }) => fingerprints));
  }

  missing(symbol: string): readonly string[] {
    return this.#of(symbol).missing;
  }

  async close(): Promise<void> {
    this.#found.clear();
    await this.#loader.close?.();
  }

  async #index(request: IndexRequest): Promise<void> {
    for (const symbol of request.symbols) {
      if (this.#found.has(symbol)) continue;
      request.signal?.throwIfAborted();
      const { series, missing } = await this.#loader.load(symbol, request);
      this.#found.set(symbol, { series: series.toSorted(byInterval), missing });
    }
  }

  #of(symbol: string): Found {
    return this.#found.get(symbol) ?? NOTHING;
  }

  #series(symbol: string, interval: Interval): Series | undefined {
    return this.#of(symbol).series.find(({ availability }) => availability.interval === interval);
  }
}

function byInterval(a: Series, b: Series): number {
  return compareIntervals(a.availability.interval, b.availability.interval);
}
