import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, runOf } from '../support.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();
const exampleOf = (name: string) =>
  resolve(import.meta.dirname, '../../examples', name, 'config.yaml');

interface Calculated {
  value: number & number[];
  from: string;
  to: string;
  days: number;
}

describe('the example of a 52-week range', () => {
  it('has the range of the year before, and buys what leaves it on volume', async () => {
    const example = exampleOf('52-week-range');
    const summary = await terminal.json('run', example, '--json', '--log', 'range');
    expect(summary).toMatchObject({ status: 'completed', sessions: 9, signals: 4 });
    expect(summary.facts.HistoricalIndicatorCalculated).toBe(9 * 6 * 4);
    const { session_data } = await terminal.json('export', 'range');
    const symbols = ['AAPL', 'AMZN', 'GOOG', 'MSFT', 'NVDA', 'TSLA'];
    expect(Object.keys(session_data)).toEqual(symbols);
    // The 52 weeks before 2024-01-12, fed bar by bar.
    const year = await runOf({
      config: configOf({
        ...{ symbols, start: '2023-01-13', end: '2024-01-11', streams: ['1d'] },
        session: { data: { type: 'synthetic', seed: 7, interval: '1d' } },
      }),
    });
    for (const symbol of symbols) {
      const bars = year.of('BarAppended', symbol);
      const { indicators } = session_data[symbol].historical as {
        indicators: Record<string, Calculated>;
      };
      const window = { from: '2023-01-13', to: '2024-01-11', days: bars.length };
      const high = Math.max(...bars.map((bar) => bar.high));
      const low = Math.min(...bars.map((bar) => bar.low));
      expect(indicators.high_52w).toMatchObject({ value: high, ...window });
      expect(indicators.low_52w).toMatchObject({ value: low, ...window });
      expect(indicators.volume_20d!.value).toHaveLength(390);
      expect(indicators.atr!.value).toBeGreaterThan(0);
    }
  });
});
