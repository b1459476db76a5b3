import { describe, expect, it } from 'vitest';
import { accepted, refusals, smallest, withValue } from './known.ts';

const session = 'session_data_config';

describe('what is tolerated', () => {
  it('accepts camelCase keys at every level and gives the same config', () => {
    const snake = {
      ...smallest(),
      session_data_config: {
        symbols: ['AAPL', 'TSLA'],
        streams: ['1m'],
        symbol_streams: { TSLA: ['5m'] },
        data: [
          {
            type: 'csv',
            path: { AAPL: 'a.csv' },
            interval: '1m',
            stamp: 'open',
            on_bad_row: 'skip',
          },
        ],
        gap_filler: { max_retries: 7 },
        scanners: [
          {
            module: 'gap',
            pre_session: true,
            regular_session: [{ start: '09:35', end: '15:55', interval: '5m' }],
          },
        ],
      },
      api_config: { data_api: 'files' },
    };
    const camel = {
      sessionName: 'smallest',
      mode: 'backtest',
      backtestConfig: { startDate: '2024-01-02', endDate: '2024-01-05' },
      sessionDataConfig: {
        symbols: ['AAPL', 'TSLA'],
        streams: ['1m'],
        symbolStreams: { TSLA: ['5m'] },
        data: [
          { type: 'csv', path: { AAPL: 'a.csv' }, interval: '1m', stamp: 'open', onBadRow: 'skip' },
        ],
        gapFiller: { maxRetries: 7 },
        scanners: [
          {
            module: 'gap',
            preSession: true,
            regularSession: [{ start: '09:35', end: '15:55', interval: '5m' }],
          },
        ],
      },
      tradingConfig: {
        maxBuyingPower: 1000,
        maxPerTrade: 100,
        maxPerSymbol: 200,
        maxOpenPositions: 3,
      },
      apiConfig: { dataApi: 'files' },
    };
    expect(accepted(camel)).toEqual(accepted(snake));
  });

  it("never renames keys of the user's own", () => {
    const own = { camelCase: { innerKey: 1 }, comment: 'mine', snake_case: [{ deepKey: null }] };
    const config = accepted({
      ...smallest(),
      metadata: own,
      session_data_config: {
        ...smallest().session_data_config,
        scanners: [{ module: 'gap', config: own }],
        strategies: [{ module: 'mine', config: own }],
        historical: {
          indicators: { avgVolume: { type: 'trailing_max', period: '1w', field: 'volume' } },
        },
      },
    });
    expect(config.metadata).toEqual(own);
    expect(config.session_data_config.scanners[0]?.config).toEqual(own);
    expect(config.session_data_config.strategies[0]?.config).toEqual(own);
    expect(Object.keys(config.session_data_config.historical.indicators)).toEqual(['avgVolume']);
  });

  it('leaves out comments everywhere else', () => {
    const comment = 'for readers';
    const plain = smallest();
    const commented = {
      comment,
      $schema: './openbell.schema.json',
      ...plain,
      backtest_config: { comment, ...plain.backtest_config },
      session_data_config: {
        ...plain.session_data_config,
        symbol_streams: { comment },
        indicators: {
          session: [{ comment, name: 'bbands', period: 20, interval: '5m', params: { comment } }],
        },
        historical: { comment: ['two', 'lines'] },
      },
    };
    const entry = { name: 'bbands', period: 20, interval: '5m' };
    expect(accepted(commented)).toEqual(
      accepted(withValue(`${session}.indicators`, { session: [entry] })),
    );
  });

  it('upper-cases symbols wherever they are named', () => {
    const { session_data_config } = accepted({
      ...smallest(),
      session_data_config: {
        symbols: [' aapl ', 'brk.b', 'btc-usd'],
        streams: ['1m'],
        symbol_streams: { aapl: ['5m'] },
        historical: { data: [{ trailing_days: 1, intervals: ['1d'], apply_to: ['brk.b'] }] },
        data: { type: 'csv', path: { aapl: 'a.csv' }, interval: '1m', stamp: 'open' },
      },
    });
    expect(session_data_config.symbols).toEqual(['AAPL', 'BRK.B', 'BTC-USD']);
    expect(session_data_config.symbol_streams).toEqual({ AAPL: ['5m'] });
    expect(session_data_config.historical.data[0]?.apply_to).toEqual(['BRK.B']);
    expect(session_data_config.data).toMatchObject({ path: { AAPL: 'a.csv' } });
  });

  it('spells intervals canonically and never across hours to days', () => {
    const { streams } = accepted(
      withValue(`${session}.streams`, ['60s', '60m', '90m', '24h', '7d', 'quotes']),
    ).session_data_config;
    expect(streams).toEqual(['1m', '1h', '90m', '24h', '7d', 'quotes']);
  });

  it('ignores the type of an indicator entry and a null account_id', () => {
    const config = accepted({
      ...withValue(`${session}.indicators`, {
        session: [{ name: 'sma', period: 20, interval: '5m', type: 'trend', params: {} }],
        historical: [
          { name: 'avg_volume', period: 5, unit: 'days', interval: '1d', type: 'historical' },
        ],
      }),
      api_config: { data_api: 'alpaca', trade_api: 'alpaca', account_id: null },
    });
    expect(config.session_data_config.indicators).toEqual({
      session: [{ name: 'sma', period: 20, interval: '5m', params: {} }],
      historical: [{ name: 'avg_volume', period: 5, unit: 'days', interval: '1d', params: {} }],
    });
    expect(config.api_config).toEqual({ data_api: 'alpaca', trade_api: 'alpaca' });
  });
});

/** As the system before this one wrote it. */
const legacy = {
  session_name: 'Example Trading Session',
  exchange_group: 'US_EQUITY',
  asset_class: 'EQUITY',
  mode: 'backtest',
  backtest_config: {
    start_date: '2024-11-01',
    end_date: '2024-11-29',
    speed_multiplier: 360.5,
    prefetch_days: 3,
  },
  session_data_config: {
    symbols: ['AAPL', 'RIVN'],
    streams: ['1m', '5m', '15m', '1d', 'quotes'],
    streaming: { catchup_threshold_seconds: 60, catchup_check_interval: 10 },
    historical: {
      enable_quality: true,
      data: [
        { trailing_days: 3, intervals: ['1m'], apply_to: 'all' },
        { trailing_days: 10, intervals: ['5m', '1d'], apply_to: ['AAPL'] },
      ],
      indicators: {
        avg_volume: {
          type: 'trailing_average',
          period: '2d',
          granularity: 'daily',
          field: 'volume',
          skip_early_close: true,
        },
        max_price: { type: 'trailing_max', period: '10d', field: 'high' },
      },
    },
    indicators: {
      session: [
        { name: 'vwap', period: 0, interval: '1m', type: 'trend', params: {} },
        {
          name: 'bbands',
          period: 20,
          interval: '5m',
          type: 'volatility',
          params: { num_std: 2.5 },
        },
      ],
      historical: [
        { name: 'avg_volume', period: 5, unit: 'days', interval: '1d', type: 'historical' },
      ],
    },
    gap_filler: { max_retries: 5, retry_interval_seconds: 60, enable_session_quality: true },
    scanners: [
      {
        module: 'scanners.gap_scanner',
        enabled: true,
        pre_session: true,
        regular_session: [{ start: '09:35', end: '15:55', interval: '5m' }],
        config: { universe: 'data/universes/sp500.txt', minGap: 2 },
      },
    ],
    strategies: [{ module: 'strategies.momentum.crossing', config: { threshold: 1.5 } }],
  },
  trading_config: {
    max_buying_power: 100000.0,
    max_per_trade: 10000.0,
    max_per_symbol: 20000.0,
    max_open_positions: 5,
  },
  api_config: { data_api: 'alpaca', trade_api: 'alpaca', account_id: null },
  metadata: { created_by: 'user', version: '2.0' },
};

describe('a config of the older system', () => {
  it('loads unchanged', () => {
    expect(refusals(legacy)).toEqual([]);
  });

  it('keeps dotted module paths', () => {
    const { scanners, strategies } = accepted(legacy).session_data_config;
    expect(scanners[0]?.module).toBe('scanners.gap_scanner');
    expect(strategies[0]?.module).toBe('strategies.momentum.crossing');
  });
});
