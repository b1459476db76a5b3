import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  factsOf,
  findCalendar,
  openSession,
  type Strategy,
  type StrategyContext,
} from '../../src/index.ts';
import {
  barsOf,
  configOf,
  MINUTE,
  oneBarIndicator,
  random,
  runOf,
  type TestBar,
} from '../support.ts';

const calendar = findCalendar('XNYS')!;
/** A normal day, the early close of 2023-11-24 among them, and the Monday after. */
const DATES = ['2023-11-21', '2023-11-22', '2023-11-24', '2023-11-27'];
const LENGTHS: Record<string, number> = { '1m': 1, '5m': 5, '15m': 15, '45m': 45, '1h': 60 };

interface Market {
  seed: number;
  missing: number;
  streams: string[];
  symbols: string[];
  first: number;
  trailing: number;
}

const markets = fc.record<Market>({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  missing: fc.constantFrom(0, 0.01, 0.2, 0.9),
  streams: fc.subarray(['5m', '15m', '45m', '1h', '1d'], { minLength: 1 }),
  symbols: fc.constantFrom(['AAPL'], ['MSFT', 'AAPL'], ['C', 'B', 'A']),
  first: fc.integer({ min: 0, max: 2 }),
  trailing: fc.integer({ min: 1, max: 3 }),
});

function dataOf({ seed, missing, symbols }: Market): Record<string, TestBar[]> {
  return Object.fromEntries(
    symbols.map((symbol, i) => {
      const next = random(seed * 31 + i);
      // Minute 200 is always there, so that no day is empty.
      const gone = (minute: number) => next() < missing && minute !== 200;
      return [symbol, barsOf({ dates: DATES, seed: seed + i, missing: gone })];
    }),
  );
}

/** Looks at everything a strategy can see, and notes what it must not. */
class Watcher implements Strategy {
  readonly wrong: string[] = [];
  calls = 0;
  readonly #data: Record<string, TestBar[]>;

  constructor(data: Record<string, TestBar[]>) {
    this.#data = data;
  }

  setup = (context: StrategyContext) => this.#look(context);
  onSessionStart = (context: StrategyContext) => this.#look(context);
  onSessionEnd = (context: StrategyContext) => this.#look(context);
  onBar = (_: unknown, context: StrategyContext) => this.#look(context);

  #look({ view, now }: StrategyContext): void {
    this.calls += 1;
    const date = calendar.dateOf(now);
    const { open, close } = calendar.session(date)!;
    for (const symbol of view.symbols) {
      const seen = view.symbol(symbol)!;
      for (const interval of seen.intervals) {
        const length = (LENGTHS[interval] ?? 390) * MINUTE;
        for (const bar of [seen.bars(interval)!.at(0), seen.bars(interval)!.at(-1)]) {
          if (bar === undefined) continue;
          const end = Math.min(bar.opened + length, close);
          if (end > now || bar.opened < open) this.#note(`${interval} bar of ${bar.opened}`, now);
        }
      }
      for (const { interval, dates, bars } of seen.historyIntervals.map((i) => ({
        interval: i,
        dates: seen.history(i)!.dates,
        bars: seen.history(i)!.bars(),
      }))) {
        if (dates.some((day) => day >= date)) this.#note(`${interval} history of ${dates}`, now);
        if ((bars.at(-1)?.opened ?? 0) >= open) this.#note(`${interval} history bar`, now);
      }
      const last = seen.indicator('sma_3_1m')?.value;
      const closes = this.#data[symbol]!.filter(
        (bar) => bar.opened + MINUTE <= Math.max(now, open),
      ).slice(-3);
      const mean = closes.reduce((sum, bar) => sum + bar.close, 0) / 3;
      if (closes.length === 3 && Math.abs((last as number) - mean) > 1e-9) {
        this.#note(`sma ${last} is not ${mean}`, now);
      }
    }
  }

  #note(what: string, now: number): void {
    this.wrong.push(`${what} at ${new Date(now).toISOString()}`);
  }
}

describe('a strategy that records all it can see', () => {
  it('never sees a bar whose window has not ended, a value made of one, or history of its day', async () => {
    await fc.assert(
      fc.asyncProperty(markets, async (market) => {
        const data = dataOf(market);
        const watcher = new Watcher(data);
        const { trailing, streams, symbols } = market;
        await runOf({
          config: configOf({
            symbols,
            streams: ['1m', ...streams],
            start: DATES[market.first]!,
            end: DATES.at(-1)!,
            session: {
              strategies: [{ module: 'watcher' }],
              historical: { data: [{ trailing_days: trailing, intervals: ['1m', '15m', '1d'] }] },
              indicators: { session: [{ name: 'sma', period: 3, interval: '1m' }] },
            },
          }),
          data,
          strategies: { watcher: () => watcher },
        });
        expect(watcher.calls).toBeGreaterThan(10);
        expect(watcher.wrong).toEqual([]);
      }),
      { numRuns: 12 },
    );
  });
});

describe('an indicator of the user', () => {
  const config = configOf({
    symbols: ['A'],
    streams: ['1m', '5m'],
    start: DATES[0]!,
    session: {
      strategies: [{ module: 'watcher' }],
      indicators: { session: ['1m', '5m'].map((interval) => ({ name: 'peek', interval })) },
    },
  });
  const data = { A: barsOf({ dates: [DATES[0]!], seed: 4 }) };

  it('is given no bar that ends after the clock', async () => {
    let latest = 0;
    const peek = oneBarIndicator('peek', ({ interval }) => {
      const out = new Float64Array(1);
      const length = LENGTHS[interval]! * MINUTE;
      return {
        out,
        update: ({ opened }) => {
          latest = opened + length;
        },
      };
    });
    const ahead: number[] = [];
    const watcher = {
      onBar: (_: unknown, { now }: StrategyContext) => void ahead.push(latest - now),
    };
    await runOf({ config, data, indicators: [peek], strategies: { watcher: () => watcher } });
    expect(ahead).toHaveLength(390 + 78);
    expect(new Set(ahead)).toEqual(new Set([0]));
  });

  it('fails a run at the bar it fails at', async () => {
    const failing = oneBarIndicator('peek', ({ interval }) => {
      let bars = 0;
      return {
        out: new Float64Array(1),
        update: () => {
          bars += 1;
          if (interval === '1m' && bars === 100) throw new Error('no more');
        },
      };
    });
    const session = await openSession({
      config,
      data,
      indicators: [failing],
      strategies: { watcher: () => ({}) },
    });
    await expect(session.finish()).rejects.toThrow('no more');
    const facts = [...session.log.read()].flatMap((frame) => [
      ...factsOf(frame, session.log.table),
    ]);
    expect(facts.filter(({ type }) => type === 'BarAppended')).toHaveLength(99);
    expect(facts.at(-1)).toMatchObject({
      type: 'RunFailed',
      at: calendar.session(DATES[0]!)!.open + 100 * MINUTE,
    });
  });
});
