/** A feed made of series, each looked for once. */
import { BarColumns } from '../domain/bars.ts';
import { compareIntervals, type Interval } from '../domain/interval.ts';
import type { TradingDate } from '../domain/time.ts';
import type { Availability, BadRow, Feed, FeedBars, IndexRequest } from './feed.ts';
import { attempt, FeedProblems } from './feedProblems.ts';
import { combineFingerprints, type Series } from './series.ts';

/** What a source found of one symbol. */
export interface Found {
  readonly series: readonly Series[];
  /** What was looked for and is not there, one sentence each. */
  readonly missing: readonly string[];
  /** What is there and cannot be used, one sentence each. */
  readonly problems?: readonly string[];
}

export interface SeriesLoader {
  /** Kind of source. */
  readonly name: string;
  /** Looks at what all symbols share, before any is loaded. @throws {FeedError} */
  prepare?(request: IndexRequest): Promise<void>;
  /** @throws {FeedError} if nothing of the symbol can be used */
  load(symbol: string, request: IndexRequest): Promise<Found>;
  close?(): Promise<void>;
}

const NOTHING: Found = { series: [], missing: [] };

export class SeriesFeed implements Feed {
  readonly name: string;
  readonly fillsColumns = true;
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
    const fresh = [...new Set(request.symbols)].filter((symbol) => !this.#found.has(symbol));
    if (fresh.length === 0) return;
    request.signal?.throwIfAborted();
    await this.#loader.prepare?.(request);
    const bySymbol = new Map<string, readonly string[]>();
    for (const symbol of fresh) {
      request.signal?.throwIfAborted();
      const problems: string[] = [];
      const found = await attempt(problems, () => this.#loader.load(symbol, request));
      problems.push(...(found?.problems ?? []));
      if (problems.length > 0) bySymbol.set(symbol, problems);
      else if (found !== undefined) this.#found.set(symbol, sorted(found));
    }
    if (bySymbol.size > 0) throw new FeedProblems(bySymbol);
  }

  #of(symbol: string): Found {
    return this.#found.get(symbol) ?? NOTHING;
  }

  #series(symbol: string, interval: Interval): Series | undefined {
    return this.#of(symbol).series.find(({ availability }) => availability.interval === interval);
  }
}

function sorted({ series, missing }: Found): Found {
  return { series: series.toSorted(byInterval), missing };
}

function byInterval(a: Series, b: Series): number {
  return compareIntervals(a.availability.interval, b.availability.interval);
}
