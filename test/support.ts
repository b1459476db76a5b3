/** What the tests share: configs, small markets, and runs kept as lists of facts. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type Fact,
  findCalendar,
  type IndicatorDefinition,
  openSession,
  type RunSummary,
  type Session,
  type SessionOptions,
} from '../src/index.ts';

export const MINUTE = 60_000;

/** A folder of reference answers beside the project; null, with a word about it, where it is absent. */
export function goldFolder(name: string): string | null {
  const folder = resolve(import.meta.dirname, '../../shared/gold', name);
  if (existsSync(folder)) return folder;
  console.warn(`gold/${name} is not here: its checks could not be made`);
  return null;
}

export interface TestConfig {
  symbols?: readonly string[];
  start?: string;
  end?: string;
  streams?: readonly string[];
  /** Beside symbols and streams. */
  session?: Record<string, unknown>;
  [key: string]: unknown;
}

/** A valid config; what is given wins. */
export function configOf({
  symbols = ['AAPL'],
  start = '2024-01-02',
  end = start,
  streams = ['1m', '5m'],
  session = {},
  ...rest
}: TestConfig = {}) {
  return {
    session_name: 'test',
    mode: 'backtest',
    backtest_config: { start_date: start, end_date: end },
    session_data_config: { symbols, streams, ...session },
    trading_config: {
      max_buying_power: 100_000,
      max_per_trade: 10_000,
      max_per_symbol: 20_000,
      max_open_positions: 5,
    },
    ...rest,
  };
}

export interface TestBar {
  opened: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** A small seeded generator, uniform in [0, 1). */
export function random(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Minute bars of a symbol on some dates of a calendar, without those that `missing` names. */
export function barsOf(options: {
  dates: readonly string[];
  seed?: number;
  calendar?: string;
  stepMs?: number;
  missing?: (minute: number, date: string) => boolean;
}): TestBar[] {
  const { dates, seed = 1, stepMs = MINUTE, missing = () => false } = options;
  const calendar = findCalendar(options.calendar ?? 'XNYS')!;
  const next = random(seed);
  const cents = (price: number) => Math.round(price * 100) / 100;
  const bars: TestBar[] = [];
  let price = 100;
  for (const date of dates) {
    const session = calendar.session(date)!;
    for (let opened = session.open, i = 0; opened < session.close; opened += stepMs, i++) {
      const open = cents(price);
      price = Math.max(1, price * (1 + (next() - 0.5) * 0.002));
      const close = cents(price);
      const high = cents(Math.max(open, close) + next() * 0.05);
      const low = cents(Math.min(open, close) - next() * 0.05);
      const volume = Math.round(100 + next() * 900);
      if (!missing(i, date)) bars.push({ opened, open, high, low, close, volume });
    }
  }
  return bars;
}

export interface TestRun {
  readonly session: Session;
  readonly summary: RunSummary;
  readonly facts: Fact[];
  of<T extends Fact['type']>(type: T, symbol?: string): Extract<Fact, { type: T }>[];
}

/** Runs a session to its end and keeps every fact. */
export async function runOf(options: SessionOptions): Promise<TestRun> {
  const session = await openSession(options);
  const facts: Fact[] = [];
  session.onFrame((frame) => facts.push(...frame.facts()));
  const summary = await session.finish();
  return { session, summary, facts, of: (type, symbol) => select(facts, type, symbol) };
}

/** The facts of one type, of one symbol if given. */
export function select<T extends Fact['type']>(
  facts: readonly Fact[],
  type: T,
  symbol?: string,
): Extract<Fact, { type: T }>[] {
  return facts.filter(
    (fact): fact is Extract<Fact, { type: T }> =>
      fact.type === type &&
      (symbol === undefined || (fact as { symbol?: string }).symbol === symbol),
  );
}

/** An indicator made up for a test: a value from the first bar on, without period or settings. */
export function oneBarIndicator(
  name: string,
  create: IndicatorDefinition['create'],
): IndicatorDefinition {
  return {
    name,
    summary: 'What a test needs.',
    source: 'this test',
    period: null,
    params: {},
    outputs: [],
    reset: 'never',
    warmup: () => 1,
    memory: () => 1,
    create,
  };
}

/** Every callback of a strategy, in the order of first being called. */
export const CALLBACKS = [
  'setup',
  'onSessionStart',
  'onBar',
  'onIndicator',
  'onSymbolAdded',
  'onSymbolRefused',
  'onSessionEnd',
  'teardown',
] as const;
