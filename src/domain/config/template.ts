/** A first config: complete, on the synthetic market, so that it runs as it is. */

export interface TemplateOptions {
  /** Default AAPL, MSFT and TSLA. */
  readonly symbols?: readonly string[];
  /** JSON has fewer comments. Default `yaml`. */
  readonly format?: 'yaml' | 'json';
}

/** Text of a config file, with the newline at its end. */
export function configTemplate({
  symbols = ['AAPL', 'MSFT', 'TSLA'],
  format = 'yaml',
}: TemplateOptions = {}): string {
  return format === 'yaml' ? yaml(symbols) : json(symbols);
}

function json(symbols: readonly string[]): string {
  const config = {
    comment: 'All keys: openbell config schema. Check: openbell config check FILE.',
    session_name: 'first session',
    exchange_group: 'US_EQUITY',
    asset_class: 'EQUITY',
    mode: 'backtest',
    backtest_config: { start_date: '2024-01-02', end_date: '2024-01-05', speed_multiplier: 0 },
    session_data_config: {
      symbols,
      streams: ['1m', '5m', '15m'],
      data: {
        comment: 'A seeded random market. For your own files: type, path, interval and stamp.',
        type: 'synthetic',
        seed: 7,
        missing: 0.01,
      },
      historical: { data: [{ trailing_days: 5, intervals: ['1m'], apply_to: 'all' }] },
      indicators: {
        session: [
          { name: 'sma', period: 20, interval: '5m' },
          { name: 'rsi', period: 14, interval: '5m' },
          { name: 'bbands', period: 20, interval: '15m', params: { num_std: 2 } },
          { name: 'vwap', interval: '1m' },
        ],
      },
    },
    trading_config: {
      max_buying_power: 100_000,
      max_per_trade: 10_000,
      max_per_symbol: 20_000,
      max_open_positions: 5,
    },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

function yaml(symbols: readonly string[]): string {
  return `# A session config of Openbell.
#   openbell config check FILE    finds every mistake in it
#   openbell config schema        describes all keys, for editors too

session_name: first session
exchange_group: US_EQUITY # calendar and time zone; also CRYPTO, FOREX, CME
asset_class: EQUITY
mode: backtest

backtest_config:
  start_date: 2024-01-02 # moves to a trading day
  end_date: 2024-01-05
  speed_multiplier: 0 # 0: as fast as possible

session_data_config:
  symbols: [${symbols.map((symbol) => JSON.stringify(symbol)).join(', ')}]
  streams: [1m, 5m, 15m] # the shortest is fed, the others are derived from it

  # A seeded random market. For files of your own:
  #   data: { type: csv, path: "bars/{symbol}.csv", interval: 1m, stamp: open }
  data:
    type: synthetic
    seed: 7
    missing: 0.01 # of all bars

  historical:
    data:
      - trailing_days: 5 # trading days before each session
        intervals: [1m]
        apply_to: all

  indicators:
    session:
      - { name: sma, period: 20, interval: 5m } # its key is sma_20_5m
      - { name: rsi, period: 14, interval: 5m }
      - { name: bbands, period: 20, interval: 15m, params: { num_std: 2 } }
      - { name: vwap, interval: 1m }

  # strategies:
  #   - module: strategies/mine.ts # path from this file
  #     config: { threshold: 1.5 } # handed over as it is

trading_config: # amounts in the account's currency
  max_buying_power: 100000
  max_per_trade: 10000
  max_per_symbol: 20000
  max_open_positions: 5
`;
}
