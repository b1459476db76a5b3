import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, withoutPaths } from '../../src/domain/config/canonical.ts';
import { accepted, smallest } from './known.ts';

/** JSON values, with plenty of -0, nesting and odd keys. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, -0, 0, 1e300, 'text'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 5 }),
  ),
})).value;

/** The same value with the keys of all its objects the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, held]) => [key, reversed(held)]),
  );
}

describe('canonical JSON', () => {
  it('sorts keys by code unit, drops undefined and the sign of zero', () => {
    expect(
      canonicalJson({ b: -0, a: { z: [1, { y: null, x: undefined }], Z: 'é' }, c: undefined }),
    ).toBe('{"a":{"Z":"é","z":[1,{"y":null}]},"b":0}');
    expect(canonicalJson('text')).toBe('"text"');
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('loses nothing but the sign of zero', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, [undefined], { f: () => 1 }, 1n, Symbol('s')])(
    'refuses %s',
    (value) => {
      expect(() => canonicalJson(value)).toThrow('JSON cannot hold');
    },
  );
});

const limit = fc.double({ min: 1, max: 1000, noNaN: true });
const interval = fc.constantFrom('30s', '1m', '60m', '90m', '1d', '2w');

/** Valid configs, most of what the table allows. */
const config = fc
  .record(
    {
      speed: fc.double({ min: 0, max: 1e6, noNaN: true }),
      streams: fc.uniqueArray(interval, { minLength: 1 }),
      own: fc.uniqueArray(interval, { minLength: 1 }),
      days: fc.integer({ min: 1, max: 500 }),
      applied: fc.constantFrom('all', ['tsla'], ['AAPL', 'tsla']),
      periods: fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { maxLength: 4 }),
      width: fc.double({ min: 0.5, max: 5, noNaN: true }),
      limits: fc.tuple(limit, limit),
      account: fc.constantFrom(null, undefined, 'U1'),
      free: fc.dictionary(fc.string(), json, { maxKeys: 4 }),
    },
    { noNullPrototype: true },
  )
  .map(({ speed, streams, own, days, applied, periods, width, limits, account, free }) => ({
    ...smallest(),
    backtest_config: { start_date: '2024-01-02', endDate: '2024-02-02', speed_multiplier: speed },
    session_data_config: {
      symbols: ['aapl', 'TSLA'],
      streams,
      symbolStreams: { tsla: own },
      data: { type: 'csv', path: { aapl: 'a.csv' }, interval: '60s', stamp: 'close' },
      historical: { data: [{ trailing_days: days, intervals: streams, apply_to: applied }] },
      indicators: {
        session: periods.map((period) => ({
          name: 'bbands',
          period: period + 1,
          interval: '5m',
          params: { num_std: width },
        })),
      },
      strategies: [{ module: 'mine', config: free }],
    },
    trading_config: {
      max_buying_power: 1000,
      max_per_trade: limits[0],
      max_per_symbol: limits[1],
      max_open_positions: 1,
    },
    api_config: { account_id: account },
    metadata: free,
  }));

describe('a valid config', () => {
  it('comes back from its canonical form as it was, and is canonical then', () => {
    fc.assert(
      fc.property(config, (raw) => {
        const once = accepted(raw);
        const text = canonicalJson(once);
        const again = accepted(JSON.parse(text));
        expect(canonicalJson(again)).toBe(text);
        expect(again.session_data_config).toEqual(
          JSON.parse(JSON.stringify(once.session_data_config)),
        );
      }),
    );
  });

  it('has one canonical form whatever the order of its keys', () => {
    fc.assert(
      fc.property(config, (raw) => {
        expect(canonicalJson(accepted(reversed(raw)))).toBe(canonicalJson(accepted(raw)));
      }),
    );
  });
});

describe('the config of the log', () => {
  const session = smallest().session_data_config;
  const recorded = (more: object) =>
    withoutPaths(accepted({ ...smallest(), session_data_config: { ...session, ...more } }));

  it('has no paths of data, one source or several', () => {
    const csv = { type: 'csv', path: 'bars/{symbol}.csv', interval: '1m', stamp: 'open' };
    expect(recorded({ data: csv })).toMatchObject({
      session_data_config: {
        data: { type: 'csv', interval: '1m', stamp: 'open', on_bad_row: 'fail' },
      },
    });
    expect(JSON.stringify(recorded({ data: csv }))).not.toContain('bars/');
    const several = [{ ...csv, path: { AAPL: '/home/me/a.csv' } }, { type: 'synthetic' }];
    expect(JSON.stringify(recorded({ data: several }))).not.toContain('a.csv');
  });

  it('is the same wherever the files lie', () => {
    const at = (folder: string) =>
      recorded({
        data: { type: 'csv', path: `${folder}/a.csv`, interval: '1m', stamp: 'open' },
        strategies: [{ module: `${folder}/mine.ts` }],
        scanners: [{ module: `${folder}/gap.ts`, config: { universe: `${folder}/all.txt` } }],
      });
    expect(canonicalJson(at('/home/me'))).toBe(canonicalJson(at('C:\\work')));
    expect(at('/home/me')).toMatchObject({
      session_data_config: {
        strategies: [{ module: 'mine.ts' }],
        scanners: [{ module: 'gap.ts', config: { universe: 'all.txt' } }],
      },
    });
  });

  it('is the same at whatever speed it runs', () => {
    const at = (speed_multiplier: number) => {
      const { backtest_config, ...rest } = smallest();
      return withoutPaths(
        accepted({ ...rest, backtest_config: { ...backtest_config, speed_multiplier } }),
      );
    };
    expect(at(0.5)).toEqual(at(0));
    expect(at(60).backtest_config).toEqual({
      start_date: '2024-01-02',
      end_date: '2024-01-05',
      prefetch_days: 1,
    });
  });

  it('keeps relative modules and registered names', () => {
    const strategies = [{ module: 'strategies/mine.ts' }, { module: 'crossing' }];
    expect(recorded({ strategies })).toMatchObject({ session_data_config: { strategies } });
  });

  it('knows no sign of zero', () => {
    const config = withoutPaths(accepted({ ...smallest(), metadata: { zero: -0 } }));
    expect(config.metadata).toEqual({ zero: 0 });
  });

  it('has sorted keys and no data where none is named', () => {
    const config = recorded({});
    expect(Object.keys(config)).toEqual(Object.keys(config).toSorted());
    expect(config.session_data_config).not.toHaveProperty('data');
  });
});
