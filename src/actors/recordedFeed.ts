/**
 * The data of a run that is executed again: as it is now, under the fingerprints it was recorded with, so that where
 * a price has changed since, that price is the first difference and not what vouches for the file it is in. Where it
 * is gone, or is not to be asked, the bars of the log stand in for it.
 */
import { FeedError, sentenceOf } from '../domain/errors.ts';
import type { Interval } from '../domain/interval.ts';
import type { Availability, Feed, FeedBars, IndexRequest } from '../feeds/feed.ts';
import { FeedProblems } from '../feeds/feedProblems.ts';
import { availabilityOf, type KnownData } from '../feeds/knownData.ts';
import type { LogReader } from '../store/eventLog.ts';
import { RecordedBars } from './recordedBars.ts';

/** Where the bars of a re-execution come from. */
export type Inputs = 'data' | 'log';

export interface RecordedFeedParts {
  /** Null where no data is given. */
  readonly feed: Feed | null;
  readonly log: LogReader;
  /** Fingerprints by symbol, as in RunStarted. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** What the data had when it was looked at, by symbol. */
  readonly known: ReadonlyMap<string, KnownData>;
  /** `log`: the data is not asked. `data`: nothing stands in for it. Default: the log where data is gone. */
  readonly inputs?: Inputs | undefined;
}

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
  /** Symbols whose data is gone, or was not asked. */
  readonly fromLog = new Map<string, readonly Availability[]>();
  /** True if of some symbol only what was loaded is known, and not what else its data had. */
  isGuessing = false;

  readonly #parts: RecordedFeedParts;
  readonly #feed: Feed | null;
  #bars: RecordedBars | null = null;
  /** Fingerprints by symbol, source and file; null while none is needed. */
  #sources: Map<string, string> | null = null;

  constructor(parts: RecordedFeedParts) {
    this.#parts = parts;
    this.#feed = parts.feed;
    this.name = parts.feed?.name ?? 'log';
  }

  get fillsColumns(): boolean {
    return this.#feed?.fillsColumns ?? false;
  }

  /** Symbols whose data was asked for in vain. */
  get gone(): string[] {
    return this.#parts.inputs === 'log' ? [] : [...this.fromLog.keys()];
  }

  async index(request: IndexRequest): Promise<void> {
    const problems = await this.#indexData(request);
    for (const symbol of request.symbols) {
      if (this.fromLog.has(symbol) || !this.#isGone(symbol, problems)) continue;
      const known = this.#known(symbol, request, problems.has(symbol));
      if (known === null) continue;
      this.fromLog.set(symbol, known);
      problems.delete(symbol);
    }
    for (const symbol of request.symbols) {
      const recorded = this.#parts.fingerprints[symbol];
      if (recorded === undefined || this.fromLog.has(symbol)) continue;
      const same = recorded === this.#feed?.fingerprint(symbol);
      if (!same && !this.changed.includes(symbol)) this.changed.push(symbol);
    }
    if (this.changed.length > 0) this.#sources ??= sourcesIn(this.#parts.log);
    if (problems.size > 0) throw new FeedProblems(problems);
  }

  availability(symbol: string): readonly Availability[] {
    return this.fromLog.get(symbol) ?? this.#feed?.availability(symbol) ?? [];
  }

  skipped(symbol: string, interval: Interval): ReturnType<Feed['skipped']> {
    if (this.fromLog.has(symbol)) return this.#bars!.skipped(symbol, interval);
    return this.#feed?.skipped(symbol, interval) ?? new Map();
  }

  async read(request: Parameters<Feed['read']>[0]): Promise<FeedBars> {
    const { symbol, interval } = request;
    const known = this.fromLog.get(symbol);
    if (known !== undefined) {
      const dates = known.find((stored) => stored.interval === interval)?.dates ?? new Map();
      return this.#bars!.read(request, dates);
    }
    const read = await this.#feed!.read(request);
    const sources = this.#sources;
    if (sources === null || !this.changed.includes(symbol)) return read;
    const provenance = read.provenance.map((piece) => ({
      ...piece,
      fingerprint: sources.get(keyOf(symbol, piece)) ?? piece.fingerprint,
    }));
    return { bars: read.bars, provenance };
  }

  missing(symbol: string): readonly string[] {
    if (!this.fromLog.has(symbol)) return this.#feed?.missing?.(symbol) ?? [];
    return this.#parts.known.get(symbol)?.missing ?? [];
  }

  fingerprint(symbol: string): string {
    return this.#parts.fingerprints[symbol] ?? this.#feed?.fingerprint(symbol) ?? '';
  }

  async close(): Promise<void> {
    await this.#feed?.close();
  }

  /** @returns what is wrong with the data, by symbol */
  async #indexData(request: IndexRequest): Promise<Map<string, readonly string[]>> {
    const { inputs, known } = this.#parts;
    // What a config brings about again is asked all the same: what it had is kept nowhere else.
    const symbols = request.symbols.filter((symbol) => inputs !== 'log' || !known.has(symbol));
    if (this.#feed === null || symbols.length === 0) return new Map();
    try {
      await this.#feed.index({ ...request, symbols });
      return new Map();
    } catch (error) {
      if (error instanceof FeedProblems) return new Map(error.bySymbol);
      if (!(error instanceof FeedError)) throw error;
      return new Map(symbols.map((symbol) => [symbol, [sentenceOf(error)]]));
    }
  }

  #isGone(symbol: string, problems: ReadonlyMap<string, unknown>): boolean {
    const { inputs } = this.#parts;
    if (inputs !== undefined) return inputs === 'log';
    return this.#feed === null || problems.has(symbol) || this.#isEmpty(symbol);
  }

  #isEmpty(symbol: string): boolean {
    return this.#feed === null || this.#feed.availability(symbol).length === 0;
  }

  /** What the data of a symbol had; null if nothing is known of it. */
  #known(
    symbol: string,
    { calendar }: IndexRequest,
    isBroken: boolean,
  ): readonly Availability[] | null {
    this.#bars ??= new RecordedBars(this.#parts.log, calendar);
    const kept = this.#parts.known.get(symbol);
    // Of what never had anything the data says best itself why, if it is asked.
    const isAsked = this.#parts.inputs !== 'log' && this.#feed !== null;
    if (kept !== undefined) {
      const had = availabilityOf(kept, calendar);
      return isAsked && had.length === 0 ? null : had;
    }
    if (!isBroken && !this.#isEmpty(symbol)) return this.#feed!.availability(symbol);
    const loaded = this.#bars.known(symbol);
    if (loaded !== null || !isAsked) this.isGuessing = true;
    return loaded && availabilityOf(loaded, calendar);
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
