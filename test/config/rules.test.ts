import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/domain/config/config.ts';
import { accepted, known, refusals, smallest, withValue } from './known.ts';

const session = 'session_data_config';

describe('mode live', () => {
  it('is refused with one problem, and asks for no backtest_config', () => {
    const { backtest_config: _window, ...rest } = smallest();
    expect(refusals({ ...rest, mode: 'live' })).toEqual([
      'mode: found "live": live sessions are not supported yet, write "backtest"',
    ]);
  });

  it('hides no other mistake', () => {
    expect(refusals({ ...withValue(`${session}.streams`, ['ticks']), mode: 'live' })).toHaveLength(
      2,
    );
  });
});

describe('the exchange group', () => {
  it.each(['US_EQUITY', 'CRYPTO', 'FOREX', 'CME', 'XNYS', 'XNAS'])('may be %s', (group) => {
    expect(accepted(withValue('exchange_group', group)).exchange_group).toBe(group);
  });

  it("may be a calendar of the user's own", () => {
    const raw = withValue('exchange_group', 'XLON');
    expect(parseConfig(raw, known).ok).toBe(false);
    expect(parseConfig(raw, { ...known, calendars: ['XLON'] }).ok).toBe(true);
  });
});

describe('limits', () => {
  it('may be equal to the buying power', () => {
    const limits = {
      max_buying_power: 100,
      max_per_trade: 100,
      max_per_symbol: 100,
      max_open_positions: 1,
    };
    expect(accepted(withValue('trading_config', limits)).trading_config).toEqual(limits);
  });
});

describe('the window', () => {
  it('may be a single day', () => {
    const day = { start_date: '2024-01-02', end_date: '2024-01-02' };
    expect(refusals(withValue('backtest_config', day))).toEqual([]);
  });
});

describe('symbols that history applies to', () => {
  it('are looked up also beside one that is no symbol', () => {
    const data = [{ trailing_days: 1, intervals: ['1d'], apply_to: ['AAPL', 5, 'TSLA'] }];
    expect(refusals(withValue(`${session}.historical.data`, data))).toEqual([
      'session_data_config.historical.data[0].apply_to[1]: found 5: write a symbol such as "AAPL", "BRK.B" or "BTC-USD"',
      'session_data_config.historical.data[0].apply_to[2]: found "TSLA": it is not among session_data_config.symbols, add it there',
    ]);
  });
});

describe('indicators', () => {
  const sma = { name: 'sma', period: 20, interval: '5m' };

  it('need not have an interval of the streams', () => {
    const entry = { name: 'sma', period: 20, interval: '45m' };
    expect(refusals(withValue(`${session}.indicators.session`, [entry]))).toEqual([]);
  });

  it('take the default period for none and for 0', () => {
    const entries = [
      { name: 'volume_ratio', interval: '1m' },
      { name: 'volume_ratio', period: 0, interval: '5m' },
    ];
    expect(refusals(withValue(`${session}.indicators.session`, entries))).toEqual([]);
  });

  it('may have one key in the session and in its history', () => {
    const indicators = { session: [sma], historical: [{ ...sma, unit: 'bars' }] };
    expect(refusals(withValue(`${session}.indicators`, indicators))).toEqual([]);
  });

  it('tell equal entries apart by params and by a key of their own', () => {
    const bands = { name: 'bbands', period: 20, interval: '5m' };
    const entries = [bands, { ...bands, params: { num_std: 3 } }, { ...bands, key: 'mine' }];
    expect(refusals(withValue(`${session}.indicators.session`, entries))).toEqual([]);
  });

  it('collide by key also when a param repeats its default', () => {
    const bands = { name: 'bbands', period: 20, interval: '5m' };
    const entries = [bands, { ...bands, params: { num_std: 2 } }];
    expect(refusals(withValue(`${session}.indicators.session`, entries))).toEqual([
      'session_data_config.indicators.session[1]: has the key "bbands_20_5m" of session_data_config.indicators.session[0]: remove it or give it a "key" of its own',
    ]);
  });

  it('collide with trailing indicators by key', () => {
    const raw = {
      ...smallest(),
      session_data_config: {
        ...smallest().session_data_config,
        historical: {
          indicators: { avg_volume: { type: 'trailing_average', period: '5d', field: 'volume' } },
        },
        indicators: {
          historical: [
            { name: 'avg_volume', period: 5, unit: 'days', interval: '1d', key: 'avg_volume_5d' },
          ],
        },
      },
    };
    expect(refusals(raw)).toEqual([
      'session_data_config.indicators.historical[0]: has the key "avg_volume_5d" of session_data_config.historical.indicators: remove it or give it a "key" of its own',
    ]);
  });

  it('may look back over fewer days or weeks than they need bars', () => {
    const entry = { name: 'stddev', period: 1, interval: '1d' };
    const historical = (unit: string) =>
      refusals(withValue(`${session}.indicators.historical`, [{ ...entry, unit }]));
    expect(historical('weeks')).toEqual([]);
    expect(historical('bars')).toEqual([
      'session_data_config.indicators.historical[0].period: found 1: "stddev" needs a period, a whole number of at least 2',
    ]);
  });

  it('are refused where period and params do not fit together', () => {
    const rules = {
      period: { default: 5, min: 1 },
      params: { lag: { default: 5, min: 0 } },
      conflict: (period: number, { lag = 0 }: Readonly<Record<string, number>>) =>
        lag <= period ? undefined : `lag ${lag} must not be above period ${period}`,
    };
    const catalogue = { names: () => ['mine'], find: () => rules, keyOf: () => 'mine' };
    const said = (entry: object) => {
      const entries = [{ name: 'mine', interval: '1m', ...entry }];
      const raw = withValue(`${session}.indicators.session`, entries);
      const parsed = parseConfig(raw, { ...known, indicators: catalogue });
      return parsed.ok ? [] : parsed.problems.map(({ message }) => message);
    };
    expect(said({})).toEqual([]);
    expect(said({ period: 9, params: { lag: 9 } })).toEqual([]);
    expect(said({ period: 4 })).toEqual(['lag 5 must not be above period 4']);
    expect(said({ params: { lag: 6 } })).toEqual(['lag 6 must not be above period 5']);
  });

  it('do not collide on a key that is not certain yet', () => {
    const ratio = { name: 'volume_ratio', interval: '1m' };
    const entries = [ratio, { ...ratio, period: 'x' }, { ...ratio, key: 'a b' }];
    expect(refusals(withValue(`${session}.indicators.session`, entries))).toEqual([
      'session_data_config.indicators.session[1].period: found "x": write a whole number from 0 to 100000',
      'session_data_config.indicators.session[2].key: found "a b": write a name without spaces',
    ]);
  });

  it('collide also where a program leaves a field undefined', () => {
    const entries = [sma, { ...sma, key: undefined }];
    expect(refusals(withValue(`${session}.indicators.session`, entries))).toHaveLength(1);
  });

  it('are checked for name and params while other fields are wrong, without a second word on those', () => {
    const entries = [
      { name: 'smaa', period: 'x', interval: '1m' },
      { name: 'bbands', period: -1, interval: 'x', params: { num_std: 'y', width: 2 } },
    ];
    expect(refusals(withValue(`${session}.indicators.session`, entries))).toEqual([
      'session_data_config.indicators.session[0].name: found "smaa": no such indicator (did you mean "sma"?)',
      'session_data_config.indicators.session[0].period: found "x": write a whole number from 0 to 100000',
      'session_data_config.indicators.session[1].period: found -1: write a whole number from 0 to 100000',
      'session_data_config.indicators.session[1].interval: found "x": write a number and one of s, m, h, d, w, such as "5m"',
      'session_data_config.indicators.session[1].params.num_std: found "y": write a number',
      'session_data_config.indicators.session[1].params.width: unknown parameter of "bbands": write "num_std"',
    ]);
  });
});

describe('a schedule', () => {
  const overnight = [
    { module: 'gap', regular_session: [{ start: '18:00', end: '02:00', interval: '30m' }] },
  ];

  it('may pass midnight where sessions do', () => {
    const raw = withValue(`${session}.scanners`, overnight);
    expect(refusals({ ...raw, exchange_group: 'CME' })).toEqual([]);
    expect(refusals({ ...raw, exchange_group: 'US_EQUITY' })).toEqual([
      'session_data_config.scanners[0].regular_session[0].end: found "02:00": it is before the start "18:00", swap the two',
    ]);
  });

  it('compares minutes and seconds as times', () => {
    const times = [{ start: '09:35:30', end: '09:36', interval: '5s' }];
    const scanners = [{ module: 'gap', regular_session: times }];
    expect(refusals(withValue(`${session}.scanners`, scanners))).toEqual([]);
  });
});

describe('free objects', () => {
  it('may share parts but hold none inside itself', () => {
    const shared = { a: 1 };
    expect(refusals(withValue('metadata.twice', [shared, shared]))).toEqual([]);
    const endless: Record<string, unknown> = {};
    endless.again = endless;
    expect(refusals({ ...smallest(), metadata: endless })).toEqual([
      'config: nests deeper than 100 levels, or holds itself: write it flatter',
    ]);
  });

  it('keep keys that are names of the language', () => {
    const metadata = JSON.parse('{"constructor": 1, "toString": 2}');
    expect(accepted({ ...smallest(), metadata }).metadata).toEqual({ constructor: 1, toString: 2 });
  });
});

describe('keys that are names of the language', () => {
  it('are unknown like any other', () => {
    const raw = JSON.parse('{"__proto__": {"mode": "live"}, "toString": 1}');
    expect(refusals({ ...raw, ...smallest() }).map((line) => line.slice(0, 24))).toEqual([
      '__proto__: unknown key: ',
      'toString: unknown key: w',
    ]);
  });
});
