/** Runs for the tests of the page, made by the engine: each in a folder of its own. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type IndicatorDefinition,
  openSession,
  RunFailedError,
  type SessionOptions,
  type Strategy,
} from '../../src/index.ts';
import { barsOf, configOf, MINUTE, oneBarIndicator, type TestBar } from '../support.ts';

export const DAY = '2024-01-02';
export const OPEN = Date.parse('2024-01-02T14:30:00Z');
/** When `MSFT` is added to the small run. */
export const INSERTED = OPEN + 90 * MINUTE;
/** The bar from which on the two runs of a pair differ. */
const PARTING = 60;
/** Symbols and days of the broad run. */
const BROAD = { symbols: 10, days: ['2024-01-08', '2024-01-12'] } as const;
/** What a hostile symbol and strategy bring in: it must be shown, and do nothing. */
export const HOSTILE = '<img src=x onerror=alert(1)>';

export interface Fixtures {
  /** 2 symbols × 1 day from files; a third is added at 11:00. */
  readonly small: string;
  /** One symbol, two runs that differ in an indicator from a bar on. */
  readonly a: string;
  readonly b: string;
  /** As `a`, run once more. */
  readonly same: string;
  /** 10 symbols × 5 days. */
  readonly broad: string;
  /** As `small`, with one byte flipped. */
  readonly corrupt: string;
  /** A strategy threw, with a reason made to do harm. */
  readonly failed: string;
}

/** Makes them all below `folder`. */
export async function makeFixtures(folder: string): Promise<Fixtures> {
  const at = (name: string) => join(folder, name);
  await makeSmall(folder, at('small'));
  for (const [name, shift] of [
    ['a', 0],
    ['b', 0.04],
    ['same', 0],
  ] as const) {
    await makeOfPair(at(name), shift);
  }
  await makeBroad(at('broad'));
  await makeFailed(at('failed'));
  cpSync(at('small'), at('corrupt'), { recursive: true });
  flipByte(at('corrupt'));
  const names = ['small', 'a', 'b', 'same', 'broad', 'corrupt', 'failed'] as const;
  return Object.fromEntries(names.map((name) => [name, at(name)])) as unknown as Fixtures;
}

async function makeSmall(folder: string, log: string): Promise<void> {
  for (const [seed, symbol] of ['AAPL', 'TSLA', 'MSFT'].entries()) {
    const missing = (minute: number) => symbol === 'TSLA' && minute >= 200 && minute < 204;
    writeFileSync(join(folder, `${symbol}.csv`), csvOf(barsOf({ dates: [DAY], seed, missing })));
  }
  const config = configOf({
    symbols: ['AAPL', 'TSLA'],
    start: DAY,
    streams: ['1m', '5m'],
    session: {
      data: { type: 'csv', path: '{symbol}.csv', interval: '1m', stamp: 'open' },
      indicators: {
        session: [
          { name: 'sma', period: 20, interval: '1m' },
          { name: 'ema', period: 9, interval: '1m' },
          { name: 'sma', period: 5, interval: '5m' },
          { name: 'rsi', period: 14, interval: '1m' },
        ],
      },
      strategies: [{ module: 'crossing' }],
    },
  });
  const strategies = { crossing: () => new Crossing() };
  const session = await openSession({ config, log, folder, strategies });
  await session.runUntil(INSERTED);
  await session.addSymbol('MSFT');
  await session.finish();
}

/** Buys above the slow average, sells below it. */
class Crossing implements Strategy {
  readonly #above = new Map<string, boolean>();

  subscribe() {
    return { indicators: ['sma_20_1m'] };
  }

  onIndicator(...[update, { view, emit }]: Parameters<NonNullable<Strategy['onIndicator']>>): void {
    const { symbol, value, valid } = update;
    const close = view.symbol(symbol)?.bars('1m')?.at(-1)?.close;
    if (!valid || close === undefined) return;
    const above = close > Number(value);
    const before = this.#above.get(symbol);
    this.#above.set(symbol, above);
    if (before === undefined || before === above) return;
    emit({ symbol, side: above ? 'buy' : 'sell', reason: 'the close crossed sma_20_1m' });
  }
}

/** The close, moved by so much from bar `PARTING` on: as if its formula had been changed. */
function drifting(shift: number): IndicatorDefinition {
  return oneBarIndicator('drift', () => {
    let bars = 0;
    const out = new Float64Array(1).fill(Number.NaN);
    return {
      out,
      update: ({ close }) => {
        out[0] = close + (++bars > PARTING ? shift : 0);
      },
    };
  });
}

async function makeOfPair(log: string, shift: number): Promise<void> {
  const config = configOf({
    symbols: ['TSLA'],
    start: DAY,
    session: { indicators: { session: [{ name: 'drift', interval: '1m' }] } },
  });
  const data = { TSLA: barsOf({ dates: [DAY], seed: 3 }) };
  await run({ config, log, data, indicators: [drifting(shift)] });
}

async function makeBroad(log: string): Promise<void> {
  const [start, end] = BROAD.days;
  const config = configOf({
    symbols: Array.from({ length: BROAD.symbols }, (_, i) => `SYM${String(i).padStart(2, '0')}`),
    start,
    end,
    session: {
      data: { type: 'synthetic', seed: 11, missing: 0.005 },
      indicators: { session: [{ name: 'sma', period: 20, interval: '5m' }] },
    },
  });
  await run({ config, log });
}

async function makeFailed(log: string): Promise<void> {
  const config = configOf({
    symbols: ['TSLA'],
    start: DAY,
    session: { strategies: [{ module: 'breaking' }] },
  });
  const data = { TSLA: barsOf({ dates: [DAY], seed: 3 }) };
  const breaking = (): Strategy => ({
    subscribe: () => ({}),
    onBar: (_, { now, emit }) => {
      if (now === OPEN + 5 * MINUTE) emit({ symbol: 'TSLA', side: 'buy', reason: HOSTILE });
      if (now === OPEN + 30 * MINUTE) throw new Error(`cannot go on: ${HOSTILE}`);
    },
  });
  try {
    await run({ config, log, data, strategies: { breaking } });
  } catch (error) {
    if (!(error instanceof RunFailedError)) throw error;
  }
}

async function run(options: SessionOptions): Promise<void> {
  const session = await openSession(options);
  await session.finish();
}

function csvOf(bars: readonly TestBar[]): string {
  const rows = bars.map(({ opened, open, high, low, close, volume }) =>
    [new Date(opened).toISOString(), open, high, low, close, volume].join(','),
  );
  return ['time,open,high,low,close,volume', ...rows, ''].join('\n');
}

/** In the middle of the log's biggest segment. */
function flipByte(folder: string): void {
  const segments = readdirSync(folder).filter((name) => name.endsWith('.log'));
  const sizes = segments.map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
  const { name, bytes } = sizes.sort((x, y) => y.bytes.length - x.bytes.length)[0]!;
  bytes[Math.floor(bytes.length / 2)]! ^= 0x10;
  writeFileSync(join(folder, name), bytes);
}
