import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configTemplate } from '../../src/domain/config/template.ts';
import { accepted, refusals } from './known.ts';

describe('the first config', () => {
  it('is valid as YAML and as JSON, and both say the same', () => {
    const yaml = parse(configTemplate());
    const json = JSON.parse(configTemplate({ format: 'json' }));
    expect(refusals(yaml)).toEqual([]);
    expect(accepted(json)).toEqual(accepted(yaml));
  });

  it('walks four days of three symbols on the synthetic market', () => {
    const { backtest_config, session_data_config } = accepted(parse(configTemplate()));
    expect(backtest_config).toMatchObject({ start_date: '2024-01-02', end_date: '2024-01-05' });
    expect(session_data_config).toMatchObject({
      symbols: ['AAPL', 'MSFT', 'TSLA'],
      streams: ['1m', '5m', '15m'],
      data: { type: 'synthetic', seed: 7, missing: 0.01 },
      historical: { data: [{ trailing_days: 5 }] },
    });
    expect(session_data_config.indicators.session).toHaveLength(4);
  });

  it.each(['yaml', 'json'] as const)('takes other symbols into %s', (format) => {
    const text = configTemplate({ symbols: ['BRK.B', 'NO', '^VIX'], format });
    expect(accepted(parse(text)).session_data_config.symbols).toEqual(['BRK.B', 'NO', '^VIX']);
  });

  it('explains itself in the YAML and fits a terminal', () => {
    const lines = configTemplate().split('\n');
    expect(lines.filter((line) => line.includes('#')).length).toBeGreaterThan(10);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.at(-1)).toBe('');
  });
});
