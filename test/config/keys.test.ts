import { describe, expect, it } from 'vitest';
import { refusals, smallest, withValue } from './known.ts';

const session = 'session_data_config';

describe('keys', () => {
  it('reads on from a misspelt key that is required, and says so once', () => {
    const { trading_config, ...rest } = smallest();
    expect(refusals({ ...rest, trading_confg: { ...trading_config, max_per_trade: 0 } })).toEqual([
      'trading_confg: unknown key: write "session_name", "exchange_group", "asset_class", "mode", "backtest_config", "session_data_config", "trading_config", "api_config" or "metadata" (did you mean "trading_config"?)',
      'trading_config.max_per_trade: found 0: write a number above 0',
    ]);
  });

  it('does not read on from a misspelt key that may be absent', () => {
    expect(refusals(withValue('metdata', 5))).toEqual([
      'metdata: unknown key: write "session_name", "exchange_group", "asset_class", "mode", "backtest_config", "session_data_config", "trading_config", "api_config" or "metadata" (did you mean "metadata"?)',
    ]);
  });

  it('says where a key belongs that stands in the wrong place', () => {
    const config = {
      ...withValue(`${session}.streams`, undefined),
      streams: ['1m'],
      extended_hours: true,
      backtest_config: { ...smallest().backtest_config, sessionName: 'x' },
    };
    expect(refusals(config)).toEqual([
      'backtest_config.sessionName: unknown key here: it belongs at the top',
      'streams: unknown key here: it belongs in "session_data_config"',
      'extended_hours: unknown key here: it belongs in "session_data_config"',
    ]);
  });

  it('refuses two spellings of one key', () => {
    const config = { ...smallest(), sessionName: 'again' };
    expect(refusals(config)).toEqual([
      'sessionName: says again what "session_name" says: keep one of the two',
    ]);
    expect(
      refusals(withValue(`${session}.symbol_streams`, { AAPL: ['5m'], aapl: ['1h'] })),
    ).toEqual([
      'session_data_config.symbol_streams.aapl: says again what "AAPL" says: keep one of the two',
    ]);
  });

  it('refuses unknown keys inside a data source', () => {
    const source = { type: 'synthetic', seed: 7, sed: 8 };
    expect(refusals(withValue(`${session}.data`, source))).toEqual([
      'session_data_config.data.sed: unknown key: write "type", "seed", "missing" or "interval" (did you mean "seed"?)',
    ]);
  });

  it('does not list keys that are only read for older configs', () => {
    const entry = { nam: 'sma', period: 3, interval: '1m' };
    expect(refusals(withValue(`${session}.indicators.session`, [entry]))).toEqual([
      'session_data_config.indicators.session[0].nam: unknown key: write "name", "period", "interval", "params" or "key" (did you mean "name"?)',
    ]);
  });
});
