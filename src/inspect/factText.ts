/** A fact as one line for people. */
import { isoInZone } from '../domain/calendar/display.ts';
import { plural } from '../domain/counting.ts';
import type { Fact, FactOf, FactType } from '../domain/facts.ts';
import type { MarketTime } from '../domain/time.ts';

/** A market time for people, such as `2024-01-02 09:31:00`. */
export type Clock = (time: MarketTime) => string;

/** What is worth saying of each kind of fact besides its symbol. */
const GISTS: { readonly [T in FactType]: (fact: FactOf<T>, clock: Clock) => string } = {
  RunStarted: ({ data }) => `data of ${few(Object.keys(data))}`,
  StreamsValidated: ({ base, derived, window }) =>
    `base ${base}, derived ${derived.join(' ') || 'none'}, ${plural(window.sessions, 'session')} ` +
    `${window.start} to ${window.end}`,
  StreamValidationFailed: ({ problems }) => problems.join('; '),
  PhaseEntered: ({ phase, name, date }) => `${phase} ${name}${date === null ? '' : ` ${date}`}`,
  PhaseLeft: ({ phase, name, date }) => `${phase} ${name}${date === null ? '' : ` ${date}`}`,
  TransitionTaken: ({ message, from, to }) =>
    `${from === null ? '' : `${from} `}→ ${to}, on ${message}`,
  ClockAdvanced: ({ from }, clock) => `from ${clock(from)}`,
  SessionTornDown: ({ date, symbols }) => `${date}, ${plural(symbols, 'symbol')}`,
  QueuesCleared: ({ date, bars }) => `${date}, ${plural(bars, 'bar')}`,
  SymbolRegistered: ({ base, intervals, added_by }) =>
    `base ${base}, derived ${intervals.join(' ') || 'none'}, by ${added_by}`,
  SymbolRefused: ({ reason }) => reason,
  SymbolRemoved: ({ reason }) => reason,
  SymbolUpgraded: () => 'what it held gives way to a full load',
  IntervalAdded: ({ interval }) => interval,
  SymbolLocked: ({ holder }) => `by ${holder}`,
  SymbolUnlocked: ({ holder }) => `by ${holder}`,
  SymbolLagging: ({ lag_seconds }) => `${plural(lag_seconds, 'second')} behind the clock`,
  SymbolCaughtUp: () => 'with the clock',
  HistoricalDataAugmented: ({ interval, trading_days, needed_by }) =>
    `${interval}, ${trading_days} trading days for ${few(needed_by)}`,
  IndicatorRegistered: ({ key, warmup }) => `${key}, warm after ${plural(warmup, 'bar')}`,
  HistoricalBarsLoaded: ({ interval, from, to, days }) =>
    `${interval} ${from} to ${to}, ${days.reduce((sum, day) => sum + day.bars, 0)} new bars`,
  HistoricalIndicatorCalculated: ({ key, value, from, to, days }) =>
    `${key} ${Array.isArray(value) ? plural(value.length, 'minute') : valueText(value)}, ` +
    `${plural(days, 'day')} of ${from ?? 'none'} to ${to ?? 'none'}`,
  HistoricalQualityScored: (fact) => qualityGist(fact),
  QueueLoaded: ({ interval, date, bars }) => `${interval} ${date}, ${plural(bars, 'bar')}`,
  BarsLeftOut: ({ interval, date, bars }) => `${interval} ${date}, ${bars} outside the session`,
  RowsSkipped: ({ interval, date, rows }) => `${interval} ${date}, ${plural(rows, 'bad row')}`,
  ActorSetUp: ({ actor, allocated }) => `${actor} ${plainJson(allocated)}`,
  ActorTornDown: ({ actor, released }) => `${actor} ${plainJson(released)}`,
  SessionActivated: ({ date, open, close, symbols }, clock) =>
    `${date}, ${clock(open).slice(11)} to ${clock(close).slice(11)}, ${plural(symbols.length, 'symbol')}`,
  BarAppended: (fact, clock) => barGist(fact, clock),
  BarDerived: (fact, clock) => barGist(fact, clock),
  IndicatorUpdated: ({ key, value, valid }) =>
    `${key} ${valueText(value)}${valid ? '' : ', warming up'}`,
  QualityScored: (fact) => qualityGist(fact),
  GapDetected: ({ interval, start, end, missing }, clock) =>
    `${interval} ${clock(start).slice(11)} to ${clock(end).slice(11)}, ${missing} missing`,
  GapFilled: ({ interval, start, end, filled }, clock) =>
    `${interval} ${clock(start).slice(11)} to ${clock(end).slice(11)}, ${filled} filled`,
  BarCorrected: (fact, clock) => `${barGist(fact, clock)}, corrects ${fact.corrects}`,
  UniverseRead: ({ scanner, file, symbols }) =>
    `${scanner} read ${plural(symbols.length, 'symbol')} from ${file}`,
  ScanStarted: ({ scanner, schedule }) => `${scanner}, ${schedule}`,
  ScanCompleted: ({ scanner, symbols }) => `${scanner} found ${few(symbols) || 'nothing'}`,
  ScanFailed: ({ scanner, callback, reason }) => `${scanner} in ${callback}: ${reason}`,
  MessageReceived: ({ message, detail }) => `${message} ${plainJson(detail)}`,
  MessageRefused: ({ message, state, reason }) => `${message} in ${state}: ${reason}`,
  SignalEmitted: ({ strategy, side, strength, reason }) =>
    `${side} ${strength} by ${strategy}${reason === '' ? '' : `: ${reason}`}`,
  StrategyFailed: ({ strategy, callback, reason }) => `${strategy} in ${callback}: ${reason}`,
  SessionEnded: ({ date, bars, symbols }) =>
    `${date}, ${plural(bars, 'bar')} of ${plural(symbols.length, 'symbol')}`,
  RunCompleted: ({ sessions }) => plural(sessions, 'session'),
  RunStopped: ({ phase, sessions }) => `in phase ${phase} after ${plural(sessions, 'session')}`,
  RunFailed: ({ phase, reason }) => `in phase ${phase}: ${reason}`,
};

/** Lines with equal columns up to the gist: seq, exchange time, type, symbol, gist, who, what caused it. */
export class FactLines {
  readonly #zone: string;
  readonly #seqWidth: number;
  /** Neighbours mostly share their time. */
  #time: MarketTime = Number.NaN;
  #timeText = '';

  /** @param lastSeq the largest that is expected */
  constructor(zone: string, lastSeq: number) {
    this.#zone = zone;
    this.#seqWidth = String(lastSeq).length;
  }

  line(fact: Fact): string {
    const { seq, at, type, by, cause } = fact;
    const gist = this.#gist(fact);
    const symbol = 'symbol' in fact ? fact.symbol : '';
    const head = `${String(seq).padStart(this.#seqWidth)}  ${this.clock(at)}  ${type.padEnd(23)}`;
    const origin = cause === null ? by : `${by} ← ${cause}`;
    return `${head}  ${symbol.padEnd(6)}  ${gist.padEnd(56)}  ${origin}`;
  }

  /** Without columns, and without who and why. */
  brief(fact: Fact): string {
    const { seq, at, type } = fact;
    const symbol = 'symbol' in fact ? `${fact.symbol}  ` : '';
    return `${seq}  ${this.clock(at)}  ${type}  ${symbol}${this.#gist(fact)}`;
  }

  #gist(fact: Fact): string {
    return gistOf(fact, this.clock);
  }

  /** Exchange time, such as `2024-01-02 09:31:00`. */
  readonly clock = (time: MarketTime): string => {
    if (time !== this.#time) {
      this.#time = time;
      this.#timeText = isoInZone(time, this.#zone).slice(0, 19).replace('T', ' ');
    }
    return this.#timeText;
  };
}

/** What a fact says besides its type and symbol. */
export function gistOf(fact: Fact, clock: Clock): string {
  return (GISTS[fact.type] as (fact: Fact, clock: Clock) => string)(fact, clock);
}

function barGist(
  fact: FactOf<'BarAppended' | 'BarDerived' | 'BarCorrected'>,
  clock: Clock,
): string {
  const { interval, opened, open, high, low, close, volume, count, expected } = fact;
  const partial = count === expected ? '' : `, ${count} of ${expected} bars`;
  const time = clock(opened).slice(11);
  return `${interval} ${time} o ${open} h ${high} l ${low} c ${close} v ${volume}${partial}`;
}

function qualityGist(fact: FactOf<'QualityScored' | 'HistoricalQualityScored'>): string {
  const { interval, quality, present, expected } = fact;
  return `${interval} ${Number(quality.toFixed(4))} %, ${present} of ${expected} bars`;
}

/** A value as in `IndicatorUpdated`, with the names of its outputs if it has several. */
export function valueText(value: FactOf<'IndicatorUpdated'>['value']): string {
  if (typeof value !== 'object' || value === null) return numberText(value);
  return Object.entries(value)
    .map(([output, cell]) => `${output} ${numberText(cell)}`)
    .join(' ');
}

function numberText(value: number | null): string {
  return value === null ? 'none' : String(Number(value.toFixed(6)));
}

/** The first few names, and how many more there are. */
export function few(names: readonly string[]): string {
  const more = names.length - 5;
  return names.slice(0, 5).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** `{"symbols":2}` as `symbols 2`. */
function plainJson(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
