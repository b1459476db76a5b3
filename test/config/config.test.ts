import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/domain/config/config.ts';
import { accepted, known, refusals, smallest, withValue } from './known.ts';

const session = 'session_data_config';

describe('a config with only what is required', () => {
  it('gets every default', () => {
    expect(accepted(smallest())).toEqual({
      session_name: 'smallest',
      exchange_group: 'US_EQUITY',
      asset_class: 'EQUITY',
      mode: 'backtest',
      backtest_config: {
        start_date: '2024-01-02',
        end_date: '2024-01-05',
        speed_multiplier: 0,
        prefetch_days: 1,
      },
      session_data_config: {
        symbols: ['AAPL'],
        streams: ['1m'],
        symbol_streams: {},
        extended_hours: false,
        derivation: { incomplete: 'emit' },
        streaming: { catchup_threshold_seconds: 60, catchup_check_interval: 10 },
        historical: { enable_quality: true, data: [], indicators: {} },
        indicators: { session: [], historical: [] },
        gap_filler: { enable_session_quality: true, max_retries: 5, retry_interval_seconds: 60 },
        scanners: [],
        strategies: [],
      },
      trading_config: {
        max_buying_power: 1000,
        max_per_trade: 100,
        max_per_symbol: 200,
        max_open_positions: 3,
      },
      api_config: { data_api: 'local', trade_api: 'paper' },
      metadata: {},
    });
  });

  it('fills the defaults of entries', () => {
    const config = accepted({
      ...smallest(),
      session_data_config: {
        ...smallest().session_data_config,
        historical: {
          data: [{ trailing_days: 3, intervals: ['1d'] }],
          indicators: { avg_volume: { type: 'trailing_average', period: '2d', field: 'volume' } },
        },
        indicators: {
          session: [{ name: 'vwap', interval: '1m' }],
          historical: [{ name: 'avg_volume', period: 2, unit: 'weeks', interval: '1d' }],
        },
        scanners: [{ module: 'gap' }],
        strategies: [{ module: 'crossing.ts' }],
      },
    });
    expect(config.session_data_config).toMatchObject({
      historical: {
        data: [{ trailing_days: 3, intervals: ['1d'], apply_to: 'all' }],
        indicators: {
          avg_volume: {
            type: 'trailing_average',
            period: '2d',
            granularity: 'daily',
            field: 'volume',
            skip_early_close: false,
          },
        },
      },
      indicators: {
        session: [{ name: 'vwap', interval: '1m', params: {} }],
        historical: [{ name: 'avg_volume', period: 2, unit: 'weeks', interval: '1d', params: {} }],
      },
      scanners: [
        { module: 'gap', enabled: true, pre_session: false, regular_session: [], config: {} },
      ],
      strategies: [{ module: 'crossing.ts', enabled: true, config: {} }],
    });
  });
});

describe('many mistakes', () => {
  it('gives fourteen problems for fourteen mistakes, each once, in the order of the document', () => {
    const problems = refusals({
      session_name: '  ',
      exchange_group: 'US_EQUTY',
      mode: 'backtest',
      backtest_config: { start_date: '2024-01-05', end_date: '2024-01-02', speed_multiplier: -1 },
      session_data_config: {
        symbols: ['AAPL', 'aapl'],
        streams: ['1m', 'ticks', '5min'],
        symbol_strems: { AAPL: ['15m'] },
        historical: { data: [{ trailing_days: 0, intervals: ['1d'], apply_to: ['TSLA'] }] },
        indicators: {
          session: [
            { name: 'smaa', period: 20, interval: '1m' },
            { name: 'bbands', period: 20, interval: '1m', params: { num_sd: 3 } },
          ],
        },
        gap_filler: { max_retries: 21 },
      },
      trading_config: {
        max_buying_power: 1000,
        max_per_trade: 2000,
        max_per_symbol: 200,
        max_open_positions: 3,
      },
    });
    expect(problems).toEqual([
      'session_name: found "": write a text that is not blank',
      'exchange_group: found "US_EQUTY": write "US_EQUITY", "CRYPTO", "FOREX", "CME", "XNYS" or "XNAS" (did you mean "US_EQUITY"?)',
      'backtest_config.end_date: found "2024-01-02": it is before the start_date "2024-01-05", swap the two',
      'backtest_config.speed_multiplier: found -1: write a number of at least 0',
      'session_data_config.symbols[1]: found "AAPL" again: it is at session_data_config.symbols[0] already',
      'session_data_config.streams[1]: found "ticks": ticks are refused because the engine is fed bars, the finest is "1s"',
      'session_data_config.streams[2]: found "5min": write a number and one of s, m, h, d, w, such as "5m", or "quotes" (did you mean "5m"?)',
      'session_data_config.symbol_strems: unknown key: write "symbols", "streams", "symbol_streams", "data", "extended_hours", "derivation", "streaming", "historical", "indicators", "gap_filler", "scanners" or "strategies" (did you mean "symbol_streams"?)',
      'session_data_config.historical.data[0].trailing_days: found 0: write a whole number of at least 1',
      'session_data_config.historical.data[0].apply_to[0]: found "TSLA": it is not among session_data_config.symbols, add it there',
      'session_data_config.indicators.session[0].name: found "smaa": no such indicator (did you mean "sma"?)',
      'session_data_config.indicators.session[1].params.num_sd: unknown parameter of "bbands": write "num_std" (did you mean "num_std"?)',
      'session_data_config.gap_filler.max_retries: found 21: write a whole number from 1 to 20',
      'trading_config.max_per_trade: found 2000: it is above max_buying_power 1000, write at most that',
    ]);
  });

  it('names every required key of an empty config', () => {
    expect(refusals({})).toEqual([
      'session_name: missing: write a text that is not blank',
      'mode: missing: write "backtest" or "live"',
      'backtest_config: missing: write an object',
      'session_data_config: missing: write an object',
      'trading_config: missing: write an object',
    ]);
  });

  it('puts what is missing after what is there', () => {
    expect(refusals({ ...smallest(), trading_config: { max_per_trade: 'x' }, mode: 1 })).toEqual([
      'mode: found 1: write "backtest" or "live"',
      'trading_config.max_per_trade: found "x": write a number above 0',
      'trading_config.max_buying_power: missing: write a number above 0',
      'trading_config.max_per_symbol: missing: write a number above 0',
      'trading_config.max_open_positions: missing: write a whole number of at least 1',
    ]);
  });

  it('follows the document also where its keys are camelCase, misspelt or symbols', () => {
    const config = {
      tradingConfig: { maxPerTrade: 0, maxBuyingPower: 1, maxPerSymbol: 1, maxOpenPositions: 1 },
      session_data_confg: { symbolStreams: { tsla: ['1m'] }, streams: ['x'], symbols: ['AAPL'] },
      backtestConfig: { endDate: 'x', startDate: 'y' },
      mode: 'backtest',
      sessionName: 'x',
    };
    expect(refusals(config).map((line) => line.split(': ')[0])).toEqual([
      'trading_config.max_per_trade',
      'session_data_confg',
      'session_data_config.symbol_streams.TSLA',
      'session_data_config.streams[0]',
      'backtest_config.end_date',
      'backtest_config.start_date',
    ]);
  });

  it('checks the good parts against each other when a root key is wrong', () => {
    const config = {
      ...smallest(),
      session_name: 5,
      backtest_config: { start_date: '2024-01-05', end_date: '2024-01-02', prefetch_days: 'x' },
      session_data_config: {
        symbols: ['AAPL', 5, 'AAPL'],
        streams: ['1m', 'bad', '60s'],
        symbol_streams: { MSFT: ['bad'] },
      },
    };
    expect(refusals(config)).toEqual([
      'session_name: found 5: write a text that is not blank',
      'backtest_config.end_date: found "2024-01-02": it is before the start_date "2024-01-05", swap the two',
      'backtest_config.prefetch_days: found "x": write a whole number of at least 1',
      'session_data_config.symbols[1]: found 5: write a symbol such as "AAPL", "BRK.B" or "BTC-USD"',
      'session_data_config.symbols[2]: found "AAPL" again: it is at session_data_config.symbols[0] already',
      'session_data_config.streams[1]: found "bad": write a number and one of s, m, h, d, w, such as "5m", or "quotes"',
      'session_data_config.streams[2]: found "1m" again: it is at session_data_config.streams[0] already',
      'session_data_config.symbol_streams.MSFT: found "MSFT": it is not among session_data_config.symbols, add it there',
      'session_data_config.symbol_streams.MSFT[0]: found "bad": write a number and one of s, m, h, d, w, such as "5m", or "quotes"',
    ]);
  });

  it('refuses what is no object at all', () => {
    expect(refusals([])).toEqual(['config: found an empty list: write an object']);
    expect(refusals(null)).toEqual(['config: found null: write an object']);
    expect(refusals('config.json')).toEqual(['config: found "config.json": write an object']);
  });
});

describe('a problem', () => {
  it('has path, message, found and suggestion apart', () => {
    const parsed = parseConfig(withValue('mode', 'backtset'), known);
    expect(parsed.ok ? [] : parsed.problems).toEqual([
      {
        path: 'mode',
        message: 'found "backtset": write "backtest" or "live"',
        found: 'backtset',
        suggestion: 'backtest',
      },
    ]);
  });

  it('quotes the keys in a path that are no plain words', () => {
    expect(refusals(withValue(`${session}.symbol_streams`, { 'BRK.B': ['1m'] }))).toEqual([
      'session_data_config.symbol_streams["BRK.B"]: found "BRK.B": it is not among session_data_config.symbols, add it there',
    ]);
  });
});
