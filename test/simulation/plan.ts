/** What happens in one simulated run, all of it from its seed: the session, what is asked of it, what goes wrong. */
import type { IndicatorSpec, Session, SessionOptions, StrategyContext } from '../../src/index.ts';
import { Choices } from '../choices.ts';
import { barsOf, configOf, MINUTE, type TestBar } from '../support.ts';
import type { Fault } from './diskWorld.ts';

const DATES = ['2024-01-02', '2024-01-03', '2024-01-04'] as const;
const OPENS = DATES.map((date) => Date.parse(`${date}T14:30:00Z`));
const SYMBOLS = ['AAPL', 'MSFT', 'TSLA', 'NVDA'];

/** Something that is asked of the session when the clock has come to a time. */
export interface Wish {
  readonly at: number;
  readonly what: string;
  ask(session: Session): Promise<unknown>;
}

export interface Plan {
  readonly seed: number;
  readonly options: Pick<SessionOptions, 'config' | 'strategies'>;
  readonly bars: Readonly<Record<string, readonly TestBar[]>>;
  /** In the order of time. */
  readonly wishes: readonly Wish[];
  readonly slice: number;
  readonly segmentBytes: number;
  /** What ends one attempt after the other, by parts of the operations of a calm run; the attempt after is calm. */
  readonly faults: readonly { readonly share: number; readonly kind: Fault['kind'] | 'stop' }[];
  /** How often, of a hundred reads, one fails; and how many turns one may take. */
  readonly reads: { readonly failing: number; readonly turns: number };
  /** What the bars are kept in; those in files come in pieces. */
  readonly kept: 'memory' | 'csv' | 'parquet';
}

/** By the last digit of the seed. */
const KEPT = [...Array(6).fill('memory'), 'csv', 'csv', 'parquet', 'memory'] as Plan['kept'][];

/** A market with long holes: a day is some dozens of instants. */
function marketOf(choices: Choices): Plan['bars'] {
  const every = choices.of([7, 23, 61]);
  return Object.fromEntries(
    SYMBOLS.map((symbol, i) => [
      symbol,
      barsOf({ dates: DATES, seed: i + 1, missing: (minute) => minute % every !== i % 3 }),
    ]),
  );
}

const SPECS: readonly IndicatorSpec[] = [
  { name: 'sma', period: 3, interval: '1m' },
  { name: 'ema', period: 5, interval: '5m' },
  { name: 'bbands', period: 4, interval: '1m' },
  { name: 'vwap', interval: '1m' },
];

function wishOf(choices: Choices): Wish {
  const at = choices.of(OPENS.slice(1)) + choices.below(395) * MINUTE;
  const symbol = choices.of(SYMBOLS);
  const spec = choices.of(SPECS);
  const opened = at - (1 + choices.below(5)) * MINUTE;
  const price = 90 + choices.below(20);
  const bar = { opened, open: price, high: price + 1, low: price - 1, close: price, volume: 7 };
  const refused = (error: Error) => error.message;
  const wishes: [string, Wish['ask']][] = [
    [`add ${symbol}`, (session) => session.addSymbol(symbol)],
    [`remove ${symbol}`, (session) => session.removeSymbol(symbol, { force: true })],
    [`register ${spec.name} on ${symbol}`, (session) => session.registerIndicator(symbol, spec)],
    [
      `add a bar of ${symbol} at ${new Date(opened).toISOString()}`,
      (session) => session.addBar(symbol, '1m', bar, { replace: true }).catch(refused),
    ],
  ];
  const [what, ask] = choices.of(wishes);
  return { at, what, ask };
}

/** Buys now and then, and remembers how often. */
function buyer() {
  let bars = 0;
  return {
    subscribe: () => ({ bars: ['1m'] }),
    onBar: (bar: { symbol: string; close: number }, { emit }: StrategyContext): void => {
      bars += 1;
      if (bars % 5 === 0) {
        emit({ symbol: bar.symbol, side: 'buy', strength: 1, reason: `bar ${bars}` });
      }
    },
    save: () => bars,
    restore: (saved: number) => {
      bars = saved;
    },
  };
}

export function planOf(seed: number): Plan {
  const choices = new Choices(seed);
  const days = 1 + choices.below(2);
  const symbols = SYMBOLS.slice(0, 1 + choices.below(3));
  const config = configOf({
    symbols,
    start: DATES[1],
    end: DATES[days]!,
    streams: choices.of([['1m'], ['1m', '5m'], ['1m', '15m', '1d']]),
    session: {
      historical: { data: [{ trailing_days: 1, intervals: ['1m'] }] },
      indicators: { session: SPECS.slice(0, choices.below(SPECS.length + 1)) },
      strategies: choices.chance(0.7) ? [{ module: 'buyer' }] : [],
    },
  });
  const wishes = Array.from({ length: choices.below(5) }, () => wishOf(choices));
  const kinds = ['cut', 'cut', 'cut', 'kill', 'ENOSPC', 'EIO', 'stop'] as const;
  return {
    seed,
    options: { config, strategies: { buyer } as NonNullable<SessionOptions['strategies']> },
    bars: marketOf(choices),
    wishes: wishes.filter(({ at }) => at < OPENS[days]! + 390 * MINUTE).sort((a, b) => a.at - b.at),
    slice: choices.of([1, 2, 7, 1000]),
    segmentBytes: choices.of([2000, 10_000, 1 << 26]),
    faults: Array.from({ length: 1 + choices.below(3) }, () => {
      return { share: choices.below(1000) / 1000, kind: choices.of(kinds) };
    }),
    reads: { failing: choices.of([0, 0, 20]), turns: choices.of([0, 3]) },
    kept: KEPT[seed % KEPT.length]!,
  };
}
