import { describe, expect, it } from 'vitest';
import { chooseBase, requirementsOf } from '../../src/domain/config/requirements.ts';
import { accepted, smallest } from './known.ts';

describe('the base interval', () => {
  it.each([
    { requested: ['1m', '5m'], has: ['1m'], base: '1m', derived: ['5m'] },
    { requested: ['5m'], has: ['1s'], base: '1s', derived: ['5m'] },
    { requested: ['5s', '5m'], has: ['1s', '1m'], base: '1s', derived: ['5s', '5m'] },
    { requested: ['1m', '1d'], has: ['1m', '1d'], base: '1m', derived: ['1d'] },
    { requested: ['1d'], has: ['1d'], base: '1d', derived: [] },
    { requested: ['1d'], has: ['1m'], base: '1m', derived: ['1d'] },
    { requested: ['1w'], has: ['1d'], base: '1d', derived: ['1w'] },

    { requested: ['1s'], has: ['1s', '1m', '1d'], base: '1s', derived: [] },
    { requested: ['1m'], has: ['1s', '1m', '1d'], base: '1m', derived: [] },
    { requested: ['1d'], has: ['1s', '1m', '1d'], base: '1d', derived: [] },
    { requested: ['2d', '1w'], has: ['1s'], base: '1s', derived: ['2d', '1w'] },
    { requested: ['1w', '1m', '1h'], has: ['1s', '1d'], base: '1s', derived: ['1m', '1h', '1w'] },
    { requested: ['5m'], has: ['1m', '5m'], base: '1m', derived: ['5m'] },
    { requested: ['quotes', '5m', '300s', '5m'], has: ['1m'], base: '1m', derived: ['5m'] },
  ])('is $base for $requested where the data has $has', ({ requested, has, base, derived }) => {
    expect(chooseBase(requested, has)).toEqual({ ok: true, base, derived });
  });

  it.each([
    {
      requested: ['5s'],
      has: ['1m'],
      reasons: [
        '5s needs 1s bars, the data has 1m: name data of 1s bars, or ask for 1m and longer only',
      ],
    },
    {
      requested: ['5s', '10s', '5m', '1d'],
      has: ['1d', '1m'],
      reasons: [
        '5s needs 1s bars, the data has 1m, 1d: name data of 1s bars, or ask for 1m and longer only',
        '10s needs 1s bars, the data has 1m, 1d: name data of 1s bars, or ask for 1m and longer only',
      ],
    },
    {
      requested: ['1m', '1d'],
      has: ['1d'],
      reasons: [
        '1m needs 1m or 1s bars, the data has 1d: name data of 1m bars, or ask for 1d and longer only',
      ],
    },
    {
      requested: ['5m'],
      has: ['5m'],
      reasons: ['5m needs 1m or 1s bars, the data has 5m: name data of 1m bars'],
    },
    {
      requested: ['1d', '5m'],
      has: [],
      reasons: [
        '5m needs 1m or 1s bars, the data has nothing: name data of 1m bars',
        '1d needs 1d or 1m or 1s bars, the data has nothing: name data of 1d bars',
      ],
    },
    {
      requested: ['quotes'],
      has: ['1s', '1m', '1d'],
      reasons: [
        'no bars are asked for, and quotes are computed from bars: add an interval such as "1m" to streams',
      ],
    },
  ])('does not exist for $requested where the data has $has', ({ requested, has, reasons }) => {
    expect(chooseBase(requested, has)).toEqual({ ok: false, reasons });
  });

  it('tells why stored intervals that are no base do not help', () => {
    expect(chooseBase(['5m', '1h'], ['5m', '1h'])).toEqual({
      ok: false,
      reasons: [
        '5m needs 1m or 1s bars, the data has 5m, 1h: name data of 1m bars',
        '1h needs 1m or 1s bars, the data has 5m, 1h: name data of 1m bars',
      ],
    });
  });
});

describe('the intervals asked for of a symbol', () => {
  const config = accepted({
    ...smallest(),
    session_data_config: {
      symbols: ['AAPL', 'TSLA'],
      streams: ['5m', '1m', 'quotes'],
      symbol_streams: { TSLA: ['30s', '1m'] },
      indicators: {
        session: [{ name: 'sma', period: 20, interval: '15m' }],
        historical: [{ name: 'avg_volume', period: 5, unit: 'days', interval: '1d' }],
      },
      historical: { data: [{ trailing_days: 2, intervals: ['2h'] }] },
    },
  });

  it('are those of the streams and of session indicators, ascending', () => {
    expect(requirementsOf(config, 'AAPL')).toEqual(['1m', '5m', '15m']);
  });

  it('have its own streams on top', () => {
    expect(requirementsOf(config, 'TSLA')).toEqual(['30s', '1m', '5m', '15m']);
  });

  it('have those of strategies and scanners on top, in canonical spelling', () => {
    expect(requirementsOf(config, 'AAPL', ['60m', '1w', '300s'])).toEqual([
      '1m',
      '5m',
      '15m',
      '1h',
      '1w',
    ]);
    expect(() => requirementsOf(config, 'AAPL', ['hourly'])).toThrow(
      '"hourly" is not an interval: write a number and one of s, m, h, d, w',
    );
  });

  it('are the common ones for a symbol added later, whatever it is called', () => {
    expect(requirementsOf(config, 'constructor')).toEqual(['1m', '5m', '15m']);
  });
});
