import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BarFact } from '../../src/index.ts';
import { barsOf, configOf, random, runOf, type TestBar } from '../support.ts';
import { anySeed, byIntervalAndTime, market, naiveBars, thinned, tradingDays } from './naive.ts';

const INTERVALS = [
  ...['2m', '3m', '5m', '7m', '10m', '15m', '30m', '45m', '90m', '1h', '2h', '7h'],
  ...['1d', '2d', '3d', '1w', '2w'],
];
const SPANS = [
  // A week with a holiday, and the early close before it.
  ['2024-07-01', '2024-07-09'],
  // Begins mid-week, ends mid-week, over Thanksgiving.
  ['2024-11-27', '2024-12-04'],
  ['2024-01-10', '2024-01-18'],
] as const;
const someIntervals = fc.uniqueArray(fc.constantFrom(...INTERVALS), { minLength: 1, maxLength: 8 });
const someSpan = fc.constantFrom(...SPANS);
const someShare = fc.constantFrom(0, 0.01, 0.1, 0.5);

async function derivedBy(options: {
  bars: readonly TestBar[];
  intervals: readonly string[];
  dates: readonly string[];
  session?: object;
}) {
  const { bars, intervals, dates, session = {} } = options;
  const streams = ['1m', ...intervals];
  const run = await runOf({
    config: configOf({ start: dates[0]!, end: dates.at(-1)!, streams, session: { ...session } }),
    data: { AAPL: bars },
  });
  return byIntervalAndTime(run.of('BarDerived'), intervals);
}

function expectedFrom(
  bars: readonly TestBar[],
  intervals: readonly string[],
  dates: readonly string[],
) {
  return byIntervalAndTime(
    intervals.flatMap((interval) => naiveBars(bars, interval, { dates })),
    intervals,
  );
}

describe('derived bars of a run', () => {
  it('equal a naive aggregation, for any intervals, days and missing minutes', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySeed,
        someIntervals,
        someSpan,
        someShare,
        async (seed, intervals, [from, to], share) => {
          const dates = tradingDays(from, to);
          const bars = market(dates, seed, share);
          const derived = await derivedBy({ bars, intervals, dates });
          expect(derived).toEqual(expectedFrom(bars, intervals, dates));
        },
      ),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('leave out exactly the incomplete ones with incomplete: skip', async () => {
    await fc.assert(
      fc.asyncProperty(anySeed, someIntervals, someSpan, async (seed, intervals, [from, to]) => {
        const dates = tradingDays(from, to);
        const bars = market(dates, seed, 0.01);
        const session = { derivation: { incomplete: 'skip' } };
        const derived = await derivedBy({ bars, intervals, dates, session });
        const whole = expectedFrom(bars, intervals, dates).filter((b) => b.count === b.expected);
        expect(derived).toEqual(whole);
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  it('take up what loaded history has of windows that began before the run', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySeed,
        fc.constantFrom('2024-07-02', '2024-07-03', '2024-07-05', '2024-07-10'),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(['1m'], ['5m'], ['1d'], ['1d', '1m']),
        async (seed, start, trailing_days, loaded) => {
          const intervals = ['1d', '2d', '3d', '1w', '2w'];
          const before = tradingDays('2024-06-10', start).slice(0, -1);
          const dates = tradingDays(start, '2024-07-12');
          const bars = market([...before, ...dates], seed, 0.02);
          const session = {
            historical: { data: [{ trailing_days, intervals: loaded, apply_to: 'all' }] },
          };
          const derived = await derivedBy({ bars, intervals, dates, session });
          const reach = before.slice(-trailing_days)[0]!;
          const held = bars.filter(({ opened }) => opened >= Date.parse(reach));
          const since = Date.parse(dates[0]!);
          expect(derived.filter(({ at }) => at > since)).toEqual(
            expectedFrom(held, intervals, dates),
          );
        },
      ),
      { numRuns: 5, endOnFailure: true },
    );
  });

  it('equal a naive aggregation of seconds', async () => {
    const dates = ['2024-07-03'];
    await fc.assert(
      fc.asyncProperty(anySeed, someIntervals, async (seed, some) => {
        const intervals = ['30s', '7s', ...some];
        const seconds = barsOf({ dates, seed, stepMs: 1_000 });
        const next = random(seed);
        const bars = thinned(seconds, seed, 0.05).filter(() => next() < 0.2);
        const run = await runOf({
          config: configOf({ start: dates[0]!, streams: intervals }),
          data: { AAPL: bars.map((bar) => ({ ...bar, interval: '1s' })) },
        });
        const naive = intervals.flatMap((i) => naiveBars(bars, i, { dates, baseMs: 1_000 }));
        expect(byIntervalAndTime(run.of('BarDerived'), intervals)).toEqual(
          byIntervalAndTime(naive, intervals),
        );
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });

  it('are each because of the last base bar in them', async () => {
    const dates = tradingDays('2024-07-01', '2024-07-05');
    const bars = market(dates, 5, 0.1);
    const run = await runOf({
      config: configOf({ start: dates[0]!, end: dates.at(-1)!, streams: ['1m', ...INTERVALS] }),
      data: { AAPL: bars },
    });
    const derived = run.of('BarDerived');
    const appendedBars: BarFact[] = run.of('BarAppended');
    const appended = new Map(appendedBars.map((bar) => [bar.seq, bar]));
    for (const { cause, close, at, opened } of derived) {
      const last = appended.get(cause!)!;
      expect(last.close).toBe(close);
      expect(last.opened).toBeGreaterThanOrEqual(opened);
      expect(last.at).toBeLessThanOrEqual(at);
    }
  });
});
