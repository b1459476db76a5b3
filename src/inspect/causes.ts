/**
 * Why a fact is there: the facts that led to it, down to the lines of the feed. What a fact names as its cause,
 * and what it was made of: a derived bar of the base bars in its window, a bar of the line its queue was loaded
 * from, a corrected value of the one it replaces.
 */
import type { Fact, FactOf } from '../domain/facts.ts';
import { tryParseInterval } from '../domain/interval.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FactFilter, factAt, lastOf } from './factFilter.ts';
import {
  barsFrom,
  type FeedLines,
  joined,
  linesOf,
  type SourcedBar,
  sourced,
} from './feedLines.ts';
import { historySources } from './historySources.ts';

/**
 * How a fact bears on the one it explains:
 *
 *   cause      named by it
 *   bar        a base bar in its window
 *   queue      the load that read its bar
 *   history    bars of earlier days that it was made of
 *   before     the value it goes on from
 *   corrected  what it replaces
 *   gap        bars that are missing in its score
 */
export type CauseRole = 'cause' | 'bar' | 'queue' | 'history' | 'before' | 'corrected' | 'gap';

export interface Explained {
  readonly fact: Fact;
  /** Null for the fact that was asked about. */
  readonly role: CauseRole | null;
  /** What it was read from, if it comes from the feed. */
  readonly lines: readonly FeedLines[];
  readonly because: readonly Explained[];
  /** Facts that bear on it and are not among `because`: base bars in the middle, or what is deeper than asked. */
  readonly omitted: number;
}

export interface ExplainOptions {
  /** How many facts deep. Default 16. */
  readonly depth?: number;
  /** Most base bars to list of one window. Default 1,000. */
  readonly bars?: number;
}

const DEPTH = 16;
const BARS = 1000;

/**
 * The tree of what led to fact `seq`.
 * @throws {RangeError} if the log does not hold it
 */
export function explain(log: LogReader, seq: number, options: ExplainOptions = {}): Explained {
  const { depth = DEPTH, bars = BARS } = options;
  return new Explainer(log, bars).explain({ fact: factAt(log, seq), role: null }, depth);
}

/** A fact that is to be explained. */
type Asked = Omit<Ground, 'role'> & { readonly role: CauseRole | null };

/** What a fact rests on, before it is explained in turn. */
interface Ground {
  readonly fact: Fact;
  readonly role: CauseRole;
  /** What it rests on in turn, where that need not be looked for. */
  readonly known?: Grounds;
}

interface Grounds {
  readonly grounds: readonly Ground[];
  readonly lines?: readonly FeedLines[];
  readonly omitted?: number;
}

/** Of what says enough by itself. */
const NOTHING: Grounds = { grounds: [] };

class Explainer {
  readonly #log: LogReader;
  readonly #bars: number;

  constructor(log: LogReader, bars: number) {
    this.#log = log;
    this.#bars = bars;
  }

  explain({ fact, role, known }: Asked, depth: number): Explained {
    if (depth === 0 && known === undefined) {
      return { fact, role, lines: [], because: [], omitted: fact.cause === null ? 0 : 1 };
    }
    const { grounds, lines = [], omitted = 0 } = known ?? this.#groundsOf(fact);
    if (depth === 0) return { fact, role, lines, because: [], omitted: grounds.length };
    const because = grounds.map((ground) => this.explain(ground, depth - 1));
    return { fact, role, lines, because, omitted };
  }

  #groundsOf(fact: Fact): Grounds {
    switch (fact.type) {
      case 'BarAppended':
        return this.#ofBar(fact);
      case 'BarDerived':
      case 'BarCorrected':
        return this.#ofWindow(fact);
      case 'IndicatorUpdated':
        return { grounds: this.#ofValue(fact) };
      case 'HistoricalBarsLoaded':
        return this.#ofHistory(fact);
      case 'QueueLoaded':
        return { grounds: this.#cause(fact), lines: linesOf(fact.provenance) };
      case 'QualityScored':
        return { grounds: [...this.#cause(fact), ...this.#gaps(fact)] };
      default:
        return { grounds: this.#cause(fact) };
    }
  }

  #cause({ cause }: Fact): Ground[] {
    return cause === null ? [] : [{ fact: factAt(this.#log, cause), role: 'cause' }];
  }

  #ofBar(bar: FactOf<'BarAppended'>): Grounds {
    return this.#ofSourced(sourced(this.#log, bar));
  }

  #ofSourced({ bar, queue, line }: SourcedBar): Grounds {
    if (queue === null) return { grounds: this.#cause(bar) };
    return { grounds: [{ fact: queue, role: 'queue' }], lines: line === null ? [] : [line] };
  }

  #ofWindow(derived: FactOf<'BarDerived' | 'BarCorrected'>): Grounds {
    const log = this.#log;
    const { symbol, opened, seq, cause } = derived;
    const interval = tryParseInterval(derived.interval);
    const intraday = interval?.intraday === true;
    const end = intraday ? opened + interval.ms : Number.POSITIVE_INFINITY;
    // A window of days goes back to the load of its first one; one inside a session to that of the session.
    const loadedBy = intraday ? seq : Math.max(1, log.seek(opened));
    const queue = lastOf(log, 'QueueLoaded', { to: loadedBy, symbol });
    const bars = barsFrom(log, queue, { symbol, opened, end, to: seq });
    const shown = this.#some(bars);
    const grounds: Ground[] = shown.map((each) => {
      const known = this.#ofSourced(each);
      if (each.bar.seq === cause) return { fact: each.bar, role: 'cause', known };
      return { fact: each.bar, role: 'bar', known: { ...known, grounds: [] } };
    });
    if (!grounds.some(({ role }) => role === 'cause')) grounds.push(...this.#cause(derived));
    if (derived.type === 'BarCorrected') grounds.push(this.#corrected(derived.corrects));
    if (bars.length < derived.count) grounds.push(...this.#history(symbol, seq, null));
    const lines = joined(bars.flatMap(({ line }) => (line === null ? [] : [line])));
    return { grounds, lines, omitted: bars.length - shown.length };
  }

  /** The first and the last ones, if there are more than are to be listed. */
  #some<T>(items: readonly T[]): readonly T[] {
    if (items.length <= this.#bars) return items;
    const last = Math.ceil(this.#bars / 2);
    return [...items.slice(0, this.#bars - last), ...items.slice(-last)];
  }

  #ofValue(value: FactOf<'IndicatorUpdated'>): Ground[] {
    const grounds = this.#cause(value);
    const { symbol, key, seq, corrects } = value;
    if (corrects !== undefined && corrects > 0) return [...grounds, this.#corrected(corrects)];
    const registered = grounds[0]?.fact;
    if (registered?.type === 'IndicatorRegistered') {
      grounds.push(...this.#history(symbol, seq, registered.interval));
    }
    const test = (fact: Fact) => fact.type === value.type && fact.key === key;
    const types = ['IndicatorUpdated'];
    const [before] = new FactFilter({ to: seq - 1, types, symbols: [symbol], test }).last(
      this.#log,
      1,
    );
    if (before !== undefined) grounds.push({ fact: before, role: 'before', known: NOTHING });
    return grounds;
  }

  /** The bars of earlier days last loaded: of that interval, or else of the base, of which it was derived. */
  #history(symbol: string, to: number, interval: string | null): Ground[] {
    const { base } = lastOf(this.#log, 'SymbolRegistered', { to, symbol }) ?? {};
    for (const wanted of [interval, base]) {
      const [fact] = new FactFilter({
        to,
        types: ['HistoricalBarsLoaded'],
        symbols: [symbol],
        test: (loaded) => loaded.type === 'HistoricalBarsLoaded' && loaded.interval === wanted,
      }).last(this.#log, 1);
      if (fact !== undefined) return [{ fact, role: 'history' }];
    }
    return [];
  }

  #ofHistory(loaded: FactOf<'HistoricalBarsLoaded'>): Grounds {
    const held = historySources(this.#log, loaded).map(
      ({ fact, lines }): Ground => ({ fact, role: 'history', known: { grounds: [], lines } }),
    );
    return { grounds: [...this.#cause(loaded), ...held], lines: linesOf(loaded.provenance) };
  }

  #corrected(seq: number): Ground {
    return { fact: factAt(this.#log, seq), role: 'corrected', known: NOTHING };
  }

  /** Gaps of the session so far, and what filled them. */
  #gaps({ symbol, seq, cause }: FactOf<'QualityScored'>): Ground[] {
    const from = lastOf(this.#log, 'SymbolRegistered', { to: seq, symbol })?.seq ?? 1;
    const types = ['GapDetected', 'GapFilled'];
    const gaps = new FactFilter({ from, to: seq, types, symbols: [symbol] }).facts(this.#log);
    return Array.from(gaps)
      .filter((gap) => gap.seq !== cause)
      .map((fact) => ({ fact, role: 'gap', known: NOTHING }));
  }
}
