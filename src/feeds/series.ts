/** Bars of one symbol at one interval, whatever they are kept in. */
import { hash } from 'node:crypto';
import { BarColumns } from '../domain/bars.ts';
import { countWhile } from '../domain/bisect.ts';
import type { Interval } from '../domain/interval.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { Availability, BadRow, FeedBars, Provenance } from './feed.ts';
import type { Piece, Row } from './intake.ts';

/** One file, or one block of memory, that holds rows of a series. */
export interface Part {
  /** Without its folder; `null` where there is no file. */
  readonly file: string | null;
  readonly fingerprint: string;
  /** Ascending by time. */
  readonly pieces: readonly Piece[];
  readonly skipped: ReadonlyMap<TradingDate, readonly BadRow[]>;
  /** Gives the rows of `pieces`, in order, to `range`. */
  read(pieces: readonly Piece[], range: BarRange, signal?: AbortSignal): Promise<void>;
}

/** Rows that are read at once. */
export type Run = Omit<Piece, 'date' | 'first' | 'last'>;

/** Neighbouring pieces joined up to a size, so that years are not read day by day. */
export function joined(pieces: readonly Piece[], largest: number): readonly Run[] {
  const runs: Run[] = [];
  for (const { start, end, firstLine, bars } of pieces) {
    const last = runs.at(-1);
    const follows = last !== undefined && last.firstLine + last.bars === firstLine;
    if (follows && end - last.start <= largest) {
      last.end = end;
      last.bars += bars;
    } else {
      runs.push({ start, end, firstLine, bars });
    }
  }
  return runs;
}

/** Collects the bars of `[from, to)` and where they came from. */
export class BarRange {
  readonly provenance: Provenance[] = [];
  /** Null until there is a bar. */
  #bars: BarColumns | null = null;
  readonly #into: BarColumns | undefined;
  readonly #atMost: number;
  readonly #from: MarketTime;
  readonly #to: MarketTime;
  readonly #source: string;
  #part: Pick<Part, 'file' | 'fingerprint'> = { file: null, fingerprint: '' };
  #firstLine = 0;
  #count = 0;

  /** @param atMost bars that will be given to it */
  constructor(source: string, { from, to, into, atMost }: ReadRequest & { atMost: number }) {
    this.#into = into;
    this.#atMost = atMost;
    this.#source = source;
    this.#from = from;
    this.#to = to;
  }

  /** The rows that follow are those of `part`. */
  begin(part: Pick<Part, 'file' | 'fingerprint'>): void {
    this.#endRun();
    this.#part = part;
  }

  row({ line, bar }: Row): void {
    if (bar.opened < this.#from || bar.opened >= this.#to) return;
    this.#bars ??= this.#room();
    this.#bars.push(bar);
    this.#note(line, 1);
  }

  /** Takes a copy of a run of rows that lie in columns. */
  slice(columns: BarColumns, { start, end, firstLine }: Omit<Run, 'bars'>): void {
    const from = Math.max(start, columns.lowerBound(this.#from));
    const to = Math.min(end, columns.lowerBound(this.#to));
    if (from >= to) return;
    this.#bars ??= this.#room();
    this.#bars.append(columns, from, to);
    this.#note(firstLine + from - start, to - from);
  }

  end(): FeedBars {
    this.#endRun();
    return { bars: this.#bars ?? new BarColumns(0), provenance: this.provenance };
  }

  #room(): BarColumns {
    const bars = this.#into ?? new BarColumns(0);
    bars.clear();
    bars.reserve(this.#atMost);
    return bars;
  }

  /** Rows from `line` on were taken. */
  #note(line: number, rows: number): void {
    if (this.#count === 0 || line !== this.#firstLine + this.#count) {
      this.#endRun();
      this.#firstLine = line;
    }
    this.#count += rows;
  }

  #endRun(): void {
    if (this.#count === 0) return;
    const { file, fingerprint } = this.#part;
    this.provenance.push({
      source: this.#source,
      file,
      fingerprint,
      firstLine: this.#firstLine,
      bars: this.#count,
    });
    this.#count = 0;
  }
}

/** As a feed is asked, of one of its series. */
export interface ReadRequest {
  readonly from: MarketTime;
  readonly to: MarketTime;
  readonly signal?: AbortSignal;
  readonly into?: BarColumns;
}

/** Bars of one symbol at one interval. */
export interface Series {
  readonly availability: Availability;
  readonly skipped: ReadonlyMap<TradingDate, readonly BadRow[]>;
  /** What it is made of, each with a fingerprint. */
  readonly fingerprints: readonly string[];
  read(request: ReadRequest): Promise<FeedBars>;
}

/** Rows that were indexed and are read again when they are asked for. */
export class IndexedSeries implements Series {
  readonly availability: Availability;
  readonly skipped: ReadonlyMap<TradingDate, readonly BadRow[]>;
  readonly #source: string;
  readonly #parts: readonly Part[];

  /** `parts` ascend by time; each holds a bar. */
  constructor(
    source: string,
    { symbol, interval, parts }: { symbol: string; interval: Interval; parts: readonly Part[] },
  ) {
    this.#source = source;
    this.#parts = parts;
    const dates = new Map<TradingDate, number>();
    const skipped = new Map<TradingDate, readonly BadRow[]>();
    for (const part of parts) {
      for (const { date, bars } of part.pieces) dates.set(date, (dates.get(date) ?? 0) + bars);
      for (const [date, rows] of part.skipped)
        skipped.set(date, [...(skipped.get(date) ?? []), ...rows]);
    }
    this.skipped = skipped;
    this.availability = {
      symbol,
      interval,
      dates,
      first: parts[0]!.pieces[0]!.first,
      last: parts.at(-1)!.pieces.at(-1)!.last,
    };
  }

  get fingerprints(): readonly string[] {
    return this.#parts.map(({ fingerprint }) => fingerprint);
  }

  async read(request: ReadRequest): Promise<FeedBars> {
    const { from, to, signal } = request;
    const wanted = overlapping(this.#parts, { from, to, firstOf: firstOfPart, lastOf: lastOfPart })
      .map((part) => ({ part, pieces: overlapping(part.pieces, { from, to, firstOf, lastOf }) }))
      .filter(({ pieces }) => pieces.length > 0);
    const atMost = wanted.flatMap(({ pieces }) => pieces).reduce((sum, { bars }) => sum + bars, 0);
    const range = new BarRange(this.#source, { ...request, atMost });
    for (const { part, pieces } of wanted) {
      signal?.throwIfAborted();
      range.begin(part);
      await part.read(pieces, range, signal);
    }
    return range.end();
  }
}

const firstOf = (piece: Piece): MarketTime => piece.first;
const lastOf = (piece: Piece): MarketTime => piece.last;
const firstOfPart = (part: Part): MarketTime => part.pieces[0]!.first;
const lastOfPart = (part: Part): MarketTime => part.pieces.at(-1)!.last;

interface Overlap<T> {
  readonly from: MarketTime;
  readonly to: MarketTime;
  readonly firstOf: (item: T) => MarketTime;
  readonly lastOf: (item: T) => MarketTime;
}

/** The items, ascending, that may hold a bar of `[from, to)`. O(log n). */
function overlapping<T>(
  items: readonly T[],
  { from, to, firstOf, lastOf }: Overlap<T>,
): readonly T[] {
  return items.slice(
    countWhile(items, (item) => lastOf(item) < from),
    countWhile(items, (item) => firstOf(item) < to),
  );
}

/** One fingerprint of several, which is that of the only one if there is one. */
export function combineFingerprints(fingerprints: readonly string[]): string {
  return fingerprints.length === 1 ? fingerprints[0]! : hash('sha256', fingerprints.join('\n'));
}
