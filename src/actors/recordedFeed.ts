/**
 * The data of a run as it is now, under the fingerprints it was recorded with: where a price has changed since, the
 * first difference is that price, and not what vouches for the file it is in.
 */
import type { Interval } from '../domain/interval.ts';
import type { Availability, Feed, FeedBars, IndexRequest } from '../feeds/feed.ts';
import type { LogReader } from '../store/eventLog.ts';

const READ: ReadonlySet<string> = new Set(['QueueLoaded', 'HistoricalBarsLoaded']);

interface Source {
  readonly source: string;
  readonly file: string | null;
  readonly fingerprint: string;
}

export class RecordedFeed implements Feed {
  readonly name: string;
  /** Symbols whose data is not what it was. */
  readonly changed: string[] = [];

  readonly #feed: Feed;
  readonly #log: LogReader;
  readonly #recorded: Readonly<Record<string, string>>;
  /** Fingerprints by symbol, source and file; null while none is needed. */
  #sources: Map<string, string> | null = null;

  /** @param recorded fingerprints by symbol, as in RunStarted */
  constructor(feed: Feed, log: LogReader, recorded: Readonly<Record<string, string>>) {
    this.#feed = feed;
    this.#log = log;
    this.#recorded = recorded;
    this.name = feed.name;
  }

  async index(request: IndexRequest): Promise<void> {
    await this.#feed.index(request);
    for (const symbol of request.symbols) {
      const recorded = this.#recorded[symbol];
      const same = recorded === undefined || recorded === this.#feed.fingerprint(symbol);
      if (!same && !this.changed.includes(symbol)) this.changed.push(symbol);
    }
    if (this.changed.length > 0) this.#sources ??= sourcesIn(this.#log);
  }

  availability(symbol: string): readonly Availability[] {
    return this.#feed.availability(symbol);
  }

  skipped(symbol: string, interval: Interval): ReturnType<Feed['skipped']> {
    return this.#feed.skipped(symbol, interval);
  }

  async read(request: Parameters<Feed['read']>[0]): Promise<FeedBars> {
    const read = await this.#feed.read(request);
    const sources = this.#sources;
    if (sources === null || !this.changed.includes(request.symbol)) return read;
    const provenance = read.provenance.map((piece) => ({
      ...piece,
      fingerprint: sources.get(keyOf(request.symbol, piece)) ?? piece.fingerprint,
    }));
    return { bars: read.bars, provenance };
  }

  missing(symbol: string): readonly string[] {
    return this.#feed.missing?.(symbol) ?? [];
  }

  fingerprint(symbol: string): string {
    return this.#recorded[symbol] ?? this.#feed.fingerprint(symbol);
  }

  close(): Promise<void> {
    return this.#feed.close();
  }
}

function keyOf(symbol: string, { source, file }: Pick<Source, 'source' | 'file'>): string {
  return JSON.stringify([symbol, source, file]);
}

function sourcesIn(log: LogReader): Map<string, string> {
  const sources = new Map<string, string>();
  const take = (symbol: string, provenance: readonly Source[]) => {
    for (const piece of provenance) {
      const key = keyOf(symbol, piece);
      if (!sources.has(key)) sources.set(key, piece.fingerprint);
    }
  };
  for (const { sections } of log.read({ types: READ, reuse: true })) {
    for (const section of sections) {
      if (section.kind === 'control') {
        for (const fact of section.facts) {
          if (fact.type === 'QueueLoaded') take(fact.symbol, fact.provenance);
        }
      } else if (section.type === 'HistoricalBarsLoaded') {
        const { symbol, provenance } = section.extra as { symbol: string; provenance: Source[] };
        take(symbol, provenance);
      }
    }
  }
  return sources;
}
