import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCalendar } from '../../src/index.ts';
import { configOf, MINUTE, runOf, type TestBar } from '../support.ts';
import { anySeed, market, tradingDays } from './naive.ts';

const xnys = findCalendar('XNYS')!;

interface Hole {
  start: number;
  end: number;
  missing: number;
  at: number;
}

/** The holes of one session, and what was there of what was due: at each hole's end, and at the close. */
function judged(bars: readonly TestBar[], date: string) {
  const { open, close } = xnys.session(date)!;
  const stamps = new Set(bars.map(({ opened }) => opened));
  const gaps: Hole[] = [];
  const scores: { at: number; present: number; expected: number }[] = [];
  let present = 0;
  let start: number | null = null;
  for (let minute = open; minute < close; minute += MINUTE) {
    if (!stamps.has(minute)) {
      start ??= minute;
      continue;
    }
    present += 1;
    if (start === null) continue;
    const at = minute + MINUTE;
    gaps.push({ start, end: minute, missing: (minute - start) / MINUTE, at });
    if (at < close) scores.push({ at, present, expected: (at - open) / MINUTE });
    start = null;
  }
  if (start !== null)
    gaps.push({ start, end: close, missing: (close - start) / MINUTE, at: close });
  scores.push({ at: close, present, expected: (close - open) / MINUTE });
  return { gaps, scores };
}

describe('the quality of a run', () => {
  const dates = tradingDays('2024-07-02', '2024-07-08');
  const shares = fc.constantFrom(0, 0.005, 0.05, 0.4);

  it('equals naive counting, at every gap and at every close, for each symbol by itself', async () => {
    await fc.assert(
      fc.asyncProperty(anySeed, shares, shares, async (seed, a, b) => {
        const data = { AAPL: market(dates, seed, a), MSFT: market(dates, seed + 7, b) };
        const config = configOf({
          symbols: ['AAPL', 'MSFT'],
          start: dates[0]!,
          end: dates.at(-1)!,
        });
        const run = await runOf({ config, data });
        for (const [symbol, bars] of Object.entries(data)) {
          const days = dates.map((date) => judged(bars, date));
          const gaps = run.of('GapDetected', symbol);
          expect(gaps.map(({ start, end, missing, at }) => ({ start, end, missing, at }))).toEqual(
            days.flatMap((day) => day.gaps),
          );
          const scores = run.of('QualityScored', symbol);
          expect(scores.map(({ at, present, expected }) => ({ at, present, expected }))).toEqual(
            days.flatMap((day) => day.scores),
          );
          for (const { quality, present, expected } of scores) {
            expect(quality).toBeCloseTo((100 * present) / expected, 10);
          }
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it('is 100 without any gap fact where it is switched off', async () => {
    const run = await runOf({
      config: configOf({
        start: dates[0]!,
        end: dates.at(-1)!,
        session: { gap_filler: { enable_session_quality: false } },
      }),
      data: { AAPL: market(dates, 3, 0.1) },
    });
    expect(run.of('GapDetected')).toEqual([]);
    expect(run.of('QualityScored').map(({ quality }) => quality)).toEqual([100, 100, 100, 100]);
  });

  it('of history covers the whole range asked for, missing days and minutes included', async () => {
    const days = tradingDays('2024-06-24', '2024-07-05');
    const gone = new Set(['2024-06-25', '2024-07-01']);
    const bars = market(days, 11, 0.03).filter(
      ({ opened }) => !gone.has(new Date(opened).toISOString().slice(0, 10)),
    );
    const session = {
      historical: { data: [{ trailing_days: 6, intervals: ['1m', '5m', '1d'], apply_to: 'all' }] },
    };
    const config = configOf({ start: '2024-07-02', end: '2024-07-05', session });
    const run = await runOf({ config, data: { AAPL: bars } });
    const scored = run.of('HistoricalQualityScored');
    const naive = ['2024-07-02', '2024-07-03', '2024-07-05'].flatMap((today) => {
      const trailing = days.filter((date) => date < today).slice(-6);
      let present = 0;
      let expected = 0;
      for (const date of trailing) {
        const { open, close } = xnys.session(date)!;
        present += bars.filter(({ opened }) => opened >= open && opened < close).length;
        expected += (close - open) / MINUTE;
      }
      // What is derived takes the quality of what it is derived from.
      return ['1m', '5m', '1d'].map((interval) => ({ interval, present, expected }));
    });
    expect(
      scored.map(({ interval, present, expected }) => ({ interval, present, expected })),
    ).toEqual(naive);
    expect(scored.every((s) => Math.abs(s.quality - (100 * s.present) / s.expected) < 1e-9)).toBe(
      true,
    );
  });
});
