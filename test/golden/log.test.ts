import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/index.ts';
import { barsOf, configOf, runOf } from '../support.ts';

describe('the log of a two-day run', () => {
  it('holds the facts of each phase in this order', async () => {
    const dates = ['2024-01-02', '2024-01-03', '2024-01-04'];
    const run = await runOf({
      config: configOf({
        symbols: ['AAPL', 'MSFT'],
        start: '2024-01-03',
        end: '2024-01-04',
        streams: ['1m', '1h', '1d'],
        session: {
          historical: { data: [{ trailing_days: 1, intervals: ['1m'] }] },
          indicators: { session: [{ name: 'sma', period: 20, interval: '1h' }] },
        },
      }),
      data: {
        AAPL: barsOf({ dates, seed: 1 }),
        MSFT: barsOf({ dates, seed: 2, missing: (minute) => minute === 11 }),
      },
    });
    await expect(summaryOf(run.facts)).toMatchFileSnapshot('./two-day-run.txt');
  });
});

/** One line for every run of equal facts; a blank line before each phase. */
function summaryOf(facts: readonly Fact[]): string {
  const runs: { line: string; count: number }[] = [];
  for (const fact of facts) {
    const line = `${fact.type}${detailOf(fact)} (${fact.by})`;
    const last = runs.at(-1);
    if (last?.line === line) last.count += 1;
    else runs.push({ line, count: 1 });
  }
  const lines = runs.map(({ line, count }) => {
    const gap = line.startsWith('PhaseEntered') ? '\n' : '';
    return `${gap}${line}${count === 1 ? '' : ` × ${count}`}`;
  });
  return `${lines.join('\n')}\n`;
}

function detailOf(fact: Fact): string {
  if (fact.type === 'TransitionTaken') return ` → ${fact.to}`;
  return fact.type === 'PhaseEntered' || fact.type === 'PhaseLeft' ? ` ${fact.phase}` : '';
}
