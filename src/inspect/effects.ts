/**
 * What came of a fact: the facts that name it or one of its effects as their cause, derived bars whose window
 * it is in, bars of a queue, and corrections of it.
 */
import type { Fact, FactOf } from '../domain/facts.ts';
import { type Block, type Frame, factsOf } from '../domain/frame.ts';
import { tryParseInterval } from '../domain/interval.ts';
import type { SeriesTable } from '../domain/series.ts';
import type { LogReader } from '../store/eventLog.ts';
import { factAt } from './factFilter.ts';

export interface Effect {
  readonly fact: Fact;
  /** Seq of the fact it follows from at once. */
  readonly from: number;
  /** How many steps from the fact that was asked about; 1 for what follows at once. */
  readonly depth: number;
}

/**
 * Effects of fact `seq`, in the order of the log. Reads from there to the end, or until whoever takes them has
 * enough: memory grows with what was taken.
 *
 * @param options.to frames up to the one of this fact are read; default all
 * @throws {RangeError} if the log does not hold it
 */
export function* effectsOf(
  log: LogReader,
  seq: number,
  { to = log.position }: { readonly to?: number } = {},
): Generator<Effect> {
  const following = new Following(factAt(log, seq), log.table);
  for (const frame of log.read({ from: seq, to, reuse: true })) yield* following.within(frame);
}

class Following {
  readonly #table: SeriesTable;
  /** Steps from the fact that was asked about, by seq. */
  readonly #depths = new Map<number, number>();
  readonly #seq: number;
  /** Base bars that derived bars may be made of. */
  readonly #bars: FactOf<'BarAppended'>[] = [];
  /** The symbol whose queue was asked about, until another one is loaded. */
  #queue: FactOf<'QueueLoaded'> | null = null;

  constructor(fact: Fact, table: SeriesTable) {
    this.#table = table;
    this.#seq = fact.seq;
    this.#depths.set(fact.seq, 0);
    if (fact.type === 'BarAppended') this.#bars.push(fact);
    if (fact.type === 'QueueLoaded') this.#queue = fact;
  }

  *within(frame: Frame): Generator<Effect> {
    const rows = (series: number, row: number, block: Block) => this.#mayBe(series, row, block);
    for (const fact of factsOf(frame, this.#table, rows)) {
      if (fact.seq <= this.#seq) continue;
      const from = this.#originOf(fact);
      if (from === null) continue;
      const depth = this.#depths.get(from)! + 1;
      this.#depths.set(fact.seq, depth);
      if (fact.type === 'BarAppended' && fact.adhoc) this.#bars.push(fact);
      yield { fact, from, depth };
    }
  }

  /** True if it is worth making the fact of this row. */
  #mayBe(series: number, row: number, { type, columns, extra }: Block): boolean {
    if (this.#depths.has(columns[1]!.data[row]!)) return true;
    const { symbol } = this.#table.at(series);
    if (type === 'BarAppended') return this.#queue?.symbol === symbol;
    if (type === 'BarDerived') return this.#bars.some((bar) => bar.symbol === symbol);
    return extra !== null && 'corrects' in extra;
  }

  /** The fact it follows from, if that is the one asked about or an effect of it. */
  #originOf(fact: Fact): number | null {
    if (fact.cause !== null && this.#depths.has(fact.cause)) return fact.cause;
    if ('corrects' in fact && this.#depths.has(fact.corrects ?? 0)) return fact.corrects!;
    if (fact.type === 'BarDerived') return this.#barIn(fact);
    if (fact.type === 'HistoricalBarsLoaded') {
      return fact.held.find(({ seq }) => this.#depths.has(seq))?.seq ?? null;
    }
    const queue = this.#queue;
    if (queue === null || !('symbol' in fact) || fact.symbol !== queue.symbol) return null;
    if (fact.type === 'QueueLoaded') this.#queue = null;
    return fact.type === 'BarAppended' && !fact.adhoc ? queue.seq : null;
  }

  /** A base bar in the window of a derived one, which ends when it is recorded. */
  #barIn({ symbol, interval, opened }: FactOf<'BarDerived'>): number | null {
    const parsed = tryParseInterval(interval);
    const end = parsed?.intraday === true ? opened + parsed.ms : Number.POSITIVE_INFINITY;
    const isIn = (bar: FactOf<'BarAppended'>) =>
      bar.symbol === symbol && bar.opened >= opened && bar.opened < end;
    return this.#bars.find(isIn)?.seq ?? null;
  }
}
