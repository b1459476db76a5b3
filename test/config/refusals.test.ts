import { describe, expect, it } from 'vitest';
import { refusals, withValue } from './known.ts';

type Row = [value: unknown, ...said: string[]];

/** By place in an otherwise good config: a value there, and what is said of it after the place. */
const refused: Record<string, Row[]> = {
  session_name: [
    [undefined, ': missing: write a text that is not blank'],
    [7, ': found 7: write a text that is not blank'],
  ],
  exchange_group: [
    [
      'NYSE',
      ': found "NYSE": write "US_EQUITY", "CRYPTO", "FOREX", "CME", "XNYS" or "XNAS" (did you mean "XNYS"?)',
    ],
    [1, ': found 1: write a text that is not blank'],
  ],
  asset_class: [
    [
      'equity',
      ': found "equity": write "EQUITY", "CRYPTO", "FUTURES", "OPTIONS" or "FOREX" (did you mean "EQUITY"?)',
    ],
  ],
  mode: [
    ['paper', ': found "paper": write "backtest" or "live"'],
    ['live', ': found "live": live sessions are not supported yet, write "backtest"'],
  ],
  backtest_config: [['2024', ': found "2024": write an object']],
  'backtest_config.start_date': [
    ['02.01.2024', ': found "02.01.2024": write a date such as "2024-01-02"'],
    ['2023-02-29', ': found "2023-02-29": write a date such as "2024-01-02"'],
  ],
  'backtest_config.end_date': [
    ['2024-01-01', ': found "2024-01-01": it is before the start_date "2024-01-02", swap the two'],
  ],
  'backtest_config.speed_multiplier': [
    [NaN, ': found NaN: write a number of at least 0'],
    [Infinity, ': found Infinity: write a number of at least 0'],
    ['fast', ': found "fast": write a number of at least 0'],
  ],
  'backtest_config.prefetch_days': [
    [0, ': found 0: write a whole number of at least 1'],
    [1.5, ': found 1.5: write a whole number of at least 1'],
  ],
  'session_data_config.symbols': [
    [undefined, ': missing: write a list'],
    [[], ': found an empty list: write at least 1 entry'],
    ['AAPL', ': found "AAPL": write a list'],
    [['A APL'], '[0]: found "A APL": write a symbol such as "AAPL", "BRK.B" or "BTC-USD"'],
    [
      ['AAPL', 'MSFT', 'aapl'],
      '[2]: found "AAPL" again: it is at session_data_config.symbols[0] already',
    ],
  ],
  'session_data_config.streams': [
    [[], ': found an empty list: write at least 1 entry'],
    [
      ['tick'],
      '[0]: found "tick": ticks are refused because the engine is fed bars, the finest is "1s"',
    ],
    [
      ['trades'],
      '[0]: found "trades": ticks are refused because the engine is fed bars, the finest is "1s"',
    ],
    [
      ['1 Hour'],
      '[0]: found "1 Hour": write a number and one of s, m, h, d, w, such as "5m", or "quotes" (did you mean "1h"?)',
    ],
    [
      ['1mo'],
      '[0]: found "1mo": write a number and one of s, m, h, d, w, such as "5m", or "quotes"',
    ],
    [['0m'], '[0]: found "0m": write a number and one of s, m, h, d, w, such as "5m", or "quotes"'],
    [['60m', '1h'], '[1]: found "1h" again: it is at session_data_config.streams[0] already'],
    [
      ['quotes', 'quotes'],
      '[1]: found "quotes" again: it is at session_data_config.streams[0] already',
    ],
  ],
  'session_data_config.symbol_streams': [
    [
      { TSLA: ['1m'] },
      '.TSLA: found "TSLA": it is not among session_data_config.symbols, add it there',
    ],
    [
      { 'A B': ['1m'] },
      '["A B"]: found "A B": write a symbol such as "AAPL", "BRK.B" or "BTC-USD"',
    ],
    [
      { AAPL: ['5m', '300s'] },
      '.AAPL[1]: found "5m" again: it is at session_data_config.symbol_streams.AAPL[0] already',
    ],
    [
      { AAPL: ['ticks'] },
      '.AAPL[0]: found "ticks": ticks are refused because the engine is fed bars, the finest is "1s"',
    ],
    [['5m'], ': found a list: write an object'],
  ],
  'session_data_config.data': [
    ['bars.csv', ': found "bars.csv": write an object or a list'],
    [[], ': found an empty list: write at least 1 entry'],
    [
      { type: 'cvs' },
      '.type: found "cvs": write "csv", "parquet", "synthetic" or "memory" as the type (did you mean "csv"?)',
    ],
    [
      [{ type: 'memory' }, { type: 'csv', path: 'x.csv', interval: '1m' }],
      '[1].stamp: missing: write "open" if a row\'s time is the start of its bar, "close" if it is the end; a wrong guess would show bars too early',
    ],
  ],
  'session_data_config.extended_hours': [
    [true, ': found true: bars outside the regular session are not yet supported, write false'],
  ],
  'session_data_config.derivation.incomplete': [['drop', ': found "drop": write "emit" or "skip"']],
  'session_data_config.streaming.catchup_threshold_seconds': [
    [-1, ': found -1: write a whole number of at least 1'],
  ],
  'session_data_config.streaming.catchup_check_interval': [
    [0, ': found 0: write a whole number of at least 1'],
  ],
  'session_data_config.historical.enable_quality': [['yes', ': found "yes": write true or false']],
  'session_data_config.historical.data': [
    [{}, ': found an object: write a list'],
    [
      [{ trailing_days: -1, intervals: ['1d'] }],
      '[0].trailing_days: found -1: write a whole number of at least 1',
    ],
    [
      [{ trailing_days: 1, intervals: [] }],
      '[0].intervals: found an empty list: write at least 1 entry',
    ],
    [
      [{ trailing_days: 1, intervals: ['quotes'] }],
      '[0].intervals[0]: found "quotes": write a number and one of s, m, h, d, w, such as "5m"',
    ],
    [
      [{ trailing_days: 1, intervals: ['1h', '60m'] }],
      '[0].intervals[1]: found "1h" again: it is at session_data_config.historical.data[0].intervals[0] already',
    ],
    [
      [{ trailing_days: 1, intervals: ['1d'], apply_to: 'some' }],
      '[0].apply_to: found "some": write "all" or a list of symbols',
    ],
    [
      [{ trailing_days: 1, intervals: ['1d'], apply_to: ['AAPL', 'APPL', 'AAPL'] }],
      '[0].apply_to[1]: found "APPL": it is not among session_data_config.symbols, add it there (did you mean "AAPL"?)',
      '[0].apply_to[2]: found "AAPL" again: it is at session_data_config.historical.data[0].apply_to[0] already',
    ],
  ],
  'session_data_config.historical.indicators': [
    [
      { v: { type: 'trailing_avrage', period: '2d', field: 'volume' } },
      '.v.type: found "trailing_avrage": write "trailing_average", "trailing_max" or "trailing_min" (did you mean "trailing_average"?)',
    ],
    [
      { v: { type: 'trailing_max', period: '2h', field: 'volume' } },
      '.v.period: found "2h": write a number and one of d, w, m (months), y, such as "10d"',
    ],
    [
      { v: { type: 'trailing_max', period: '2d', field: 'vol' } },
      '.v.field: found "vol": write "open", "high", "low", "close" or "volume"',
    ],
    [
      { 'my v': { type: 'trailing_max', period: '2d', field: 'high' } },
      '["my v"]: found "my v": write a name without spaces',
    ],
    [
      {
        v: {
          type: 'trailing_max',
          period: '2d',
          field: 'high',
          granularity: 'hourly',
          skip_early_close: 1,
        },
      },
      '.v.granularity: found "hourly": write "daily" or "minute"',
      '.v.skip_early_close: found 1: write true or false',
    ],
  ],
  'session_data_config.indicators.session': [
    [
      [{ name: 'sma', interval: '1m' }],
      '[0].period: missing: "sma" needs a period, a whole number of at least 1',
    ],
    [
      [{ name: 'sma', period: 0, interval: '1m' }],
      '[0].period: found 0: "sma" needs a period, a whole number of at least 1',
    ],
    [
      [{ name: 'sma', period: 2.5, interval: '1m' }],
      '[0].period: found 2.5: write a whole number from 0 to 100000',
    ],
    [
      [{ name: 'stddev', period: 1, interval: '1m' }],
      '[0].period: found 1: "stddev" needs a period, a whole number of at least 2',
    ],
    [
      [{ name: 'vwap', period: 5, interval: '1m' }],
      '[0].period: found 5: "vwap" has no period, leave it out',
    ],
    [
      [{ name: 'sma', period: 5 }],
      '[0].interval: missing: write a number and one of s, m, h, d, w, such as "5m"',
    ],
    [
      [{ name: 'sma', period: 5, interval: 'quotes' }],
      '[0].interval: found "quotes": write a number and one of s, m, h, d, w, such as "5m"',
    ],
    [
      [{ name: 'sma', period: 5, interval: '1m', params: { x: 1 } }],
      '[0].params.x: unknown parameter of "sma": it has none',
    ],
    [
      [{ name: 'macd', interval: '1m', params: { fast: 0, slow: 1.5, signal: 'x' } }],
      '[0].params.fast: found 0: write a whole number from 1 to 100000',
      '[0].params.slow: found 1.5: write a whole number from 1 to 100000',
      '[0].params.signal: found "x": write a number',
    ],
    [
      [{ name: 'macd', interval: '1m', params: { fast: 30 } }],
      '[0].params: fast 30 must be below slow 26',
    ],
    [
      [
        { name: 'sma', period: 5, interval: '5m' },
        { name: 'sma', period: 5, interval: '300s' },
      ],
      '[1]: has the key "sma_5_5m" of session_data_config.indicators.session[0]: remove it or give it a "key" of its own',
    ],
    [
      [{ name: 'sma', period: 5, interval: '5m', key: 'a b' }],
      '[0].key: found "a b": write a name without spaces',
    ],
    [
      [
        { name: 'sma', period: 5, interval: '5m', key: 'mine' },
        { name: 'ema', period: 5, interval: '5m', key: 'mine' },
      ],
      '[1]: has the key "mine" of session_data_config.indicators.session[0]: remove it or give it a "key" of its own',
    ],
  ],
  'session_data_config.indicators.historical': [
    [
      [{ name: 'avg_volume', period: 5, unit: 'months', interval: '1d' }],
      '[0].unit: found "months": write "days", "weeks" or "bars"',
    ],
    [
      [{ name: 'avg_volume', period: 5, interval: '1d' }],
      '[0].unit: missing: write "days", "weeks" or "bars"',
    ],
    [
      [{ name: 'stddev', period: 1, unit: 'bars', interval: '1d' }],
      '[0].period: found 1: "stddev" needs a period, a whole number of at least 2',
    ],
  ],
  'session_data_config.gap_filler.max_retries': [
    [0, ': found 0: write a whole number from 1 to 20'],
    [21, ': found 21: write a whole number from 1 to 20'],
  ],
  'session_data_config.gap_filler.retry_interval_seconds': [
    [0, ': found 0: write a whole number of at least 1'],
  ],
  'session_data_config.gap_filler.enable_session_quality': [
    [null, ': found null: write true or false'],
  ],
  'session_data_config.scanners': [
    [[{}], '[0].module: missing: write a text that is not blank'],
    [[{ module: ' ' }], '[0].module: found "": write a text that is not blank'],
    [
      [{ module: 'gap', regular_session: [{ start: '9:35', end: '24:00', interval: '1d' }] }],
      '[0].regular_session[0].start: found "9:35": write a time of day such as "09:35" or "09:35:30"',
      '[0].regular_session[0].end: found "24:00": write a time of day such as "09:35" or "09:35:30"',
      '[0].regular_session[0].interval: found "1d": write seconds, minutes or hours, such as "5m"',
    ],
    [
      [{ module: 'gap', regular_session: [{ start: '15:55', end: '09:35', interval: '5m' }] }],
      '[0].regular_session[0].end: found "09:35": it is before the start "15:55", swap the two',
    ],
    [[{ module: 'gap', config: [] }], '[0].config: found an empty list: write an object'],
  ],
  'session_data_config.strategies': [
    [[{ module: 'x', enabled: 'no' }], '[0].enabled: found "no": write true or false'],
    [
      [{ module: 'x', config: { on: new Date(0) } }],
      '[0].config.on: found Date: write values that JSON can hold',
    ],
    [
      [{ module: 'x', pre_session: true }],
      '[0].pre_session: unknown key here: it belongs in "session_data_config.scanners"',
    ],
  ],
  'trading_config.max_buying_power': [[0, ': found 0: write a number above 0']],
  'trading_config.max_per_trade': [
    [1001, ': found 1001: it is above max_buying_power 1000, write at most that'],
    ['100', ': found "100": write a number above 0'],
  ],
  'trading_config.max_per_symbol': [
    [1000.5, ': found 1000.5: it is above max_buying_power 1000, write at most that'],
  ],
  'trading_config.max_open_positions': [[2.5, ': found 2.5: write a whole number of at least 1']],
  'api_config.data_api': [['', ': found "": write a text that is not blank']],
  'api_config.account_id': [[5, ': found 5: write a text that is not blank']],
  'api_config.secret': [['x', ': unknown key: write "data_api", "trade_api" or "account_id"']],
  metadata: [
    [[], ': found an empty list: write an object'],
    [{ a: [1, NaN] }, '.a[1]: found NaN: write values that JSON can hold'],
    [{ f: () => 1 }, '.f: found a function: write values that JSON can hold'],
  ],
};

describe.each(Object.entries(refused))('%s', (path, rows) => {
  it.each(rows)('refuses %j', (value, ...said) => {
    expect(refusals(withValue(path, value))).toEqual(said.map((text) => path + text));
  });
});
