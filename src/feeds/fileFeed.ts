/** Files of bars as a feed: finds the files of a symbol and lets their format index them. */
import type { FileSource } from '../domain/config/data.ts';
import { FeedError } from '../domain/errors.ts';
import type { Interval } from '../domain/interval.ts';
import type { MarketTime } from '../domain/time.ts';
import type { Feed, IndexRequest } from './feed.ts';
import { attempt } from './feedProblems.ts';
import { type DataFile, DataFiles } from './files.ts';
import { IndexedSeries, type Part, type Series } from './series.ts';
import { type Found, SeriesFeed, type SeriesLoader } from './seriesFeed.ts';

/** How to read a file; what is written in it is the format's business alone. */
export interface FileRequest {
  readonly file: DataFile;
  readonly interval: Interval;
  readonly source: FileSource;
  readonly index: IndexRequest;
  /** Start of the last bar of the file before this one. */
  readonly after: MarketTime;
  /** Whether it may lack rows: a file of a single day on which nothing was traded. */
  readonly mayBeEmpty: boolean;
}

export interface FileFormat {
  readonly name: string;
  /** Reads the file once. @throws {FeedError} */
  index(request: FileRequest): Promise<Part>;
  close?(): Promise<void>;
}

/** @param folder where relative paths start */
export function fileFeed(source: FileSource, folder: string, format: FileFormat): Feed {
  return new SeriesFeed(new FileLoader(source, folder, format));
}

class FileLoader implements SeriesLoader {
  readonly name: string;
  readonly #source: FileSource;
  readonly #files: DataFiles;
  readonly #format: FileFormat;
  /** The symbol whose data a path without `{symbol}` is. */
  #only: string | null = null;

  constructor(source: FileSource, folder: string, format: FileFormat) {
    this.name = format.name;
    this.#source = source;
    this.#files = new DataFiles(source.path, folder);
    this.#format = format;
  }

  /** One file for whatever symbol would give the bars of one to all. */
  async prepare({ symbols }: IndexRequest): Promise<void> {
    const { single } = this.#files;
    if (single === null || symbols.length === 1) return;
    throw new FeedError(
      `the path "${single}" is the same for ${symbols.length} symbols; put {symbol} into it or map each symbol to its path`,
    );
  }

  async load(symbol: string, request: IndexRequest): Promise<Found> {
    const refusal = this.#refusal(symbol);
    if (refusal !== null) return { series: [], missing: [refusal] };
    const series: Series[] = [];
    const missing: string[] = [];
    const problems: string[] = [];
    for (const interval of [this.#source.interval].flat()) {
      const found = await attempt(problems, () => this.#files.find({ symbol, interval }));
      if (found === undefined) continue;
      if (found.missing !== undefined) missing.push(found.missing);
      const indexed = await this.#index(found.files, interval, request);
      const { parts } = indexed;
      problems.push(...shortened(indexed.problems, symbol));
      if (found.files.length > 0 && parts.length === 0) {
        missing.push(`no file of "${symbol}" has a row`);
      }
      if (parts.length > 0) series.push(new IndexedSeries(this.name, { symbol, interval, parts }));
    }
    return { series, missing, problems };
  }

  async close(): Promise<void> {
    await this.#format.close?.();
  }

  #refusal(symbol: string): string | null {
    const { single } = this.#files;
    if (single === null) return null;
    this.#only ??= symbol;
    return symbol === this.#only ? null : `the path "${single}" is that of "${this.#only}"`;
  }

  async #index(
    files: readonly DataFile[],
    interval: Interval,
    index: IndexRequest,
  ): Promise<{ parts: Part[]; problems: string[] }> {
    const parts: Part[] = [];
    const problems: string[] = [];
    let after = Number.NEGATIVE_INFINITY;
    for (const file of files) {
      const mayBeEmpty = files.length > 1;
      const request = { file, interval, source: this.#source, index, after, mayBeEmpty };
      const part = await attempt(problems, () => this.#format.index(request));
      const last = part?.pieces.at(-1)?.last;
      if (part === undefined || last === undefined) continue;
      parts.push(part);
      after = last;
    }
    return { parts, problems };
  }
}

/** Of so many files each is named; a wrong column in years of daily files needs no more. */
const SHOWN = 10;

function shortened(problems: readonly string[], symbol: string): readonly string[] {
  const more = problems.length - SHOWN;
  if (more <= 0) return problems;
  const rest = `${more} more files of "${symbol}" cannot be used; mend those above first`;
  return [...problems.slice(0, SHOWN), rest];
}
