/**
 * The session config: the one schema behind its types, its JSON Schema and the refusal of every wrong value.
 *
 * Keys are canonical here; `parseConfig` accepts camelCase and comments before it comes to this schema, and
 * checks what no single value can tell after it.
 */
import { z } from 'zod';
import { DataSources } from './data.ts';
import {
  HistoricalIndicatorEntry,
  SessionIndicatorEntry,
  TrailingIndicator,
} from './indicatorEntry.ts';
import {
  BarInterval,
  ClockTime,
  Free,
  IntradayInterval,
  IsoDate,
  Name,
  numberFrom,
  oneOf,
  positiveNumber,
  Stream,
  Text,
  Ticker,
  trueOrFalse,
  wholeNumber,
  write,
} from './leaves.ts';
import { foundIn } from './problem.ts';

const Streams = z.array(Stream).min(1);

const BacktestConfig = z.strictObject({
  start_date: IsoDate.describe(
    'First date of the window, ISO; moves forward to a trading day. Required.',
  ),
  end_date: IsoDate.describe(
    'Last date of the window, ISO, inclusive; moves backward to a trading day. Required.',
  ),
  speed_multiplier: numberFrom(0)
    .default(0)
    .describe('Times real time at which the clock runs; 0 is as fast as possible. Default 0.'),
  prefetch_days: wholeNumber(1)
    .default(1)
    .describe('Trading days of queue data read ahead. Default 1.'),
});

const Streaming = z.strictObject({
  catchup_threshold_seconds: wholeNumber(1)
    .default(60)
    .describe('Seconds behind the clock from which a symbol counts as lagging. Default 60.'),
  catchup_check_interval: wholeNumber(1)
    .default(10)
    .describe('Bars of a symbol between two looks at its lag. Default 10.'),
});

const HistoricalData = z.strictObject({
  trailing_days: wholeNumber(1).describe('Trading days before the session to load. Required.'),
  intervals: z
    .array(BarInterval)
    .min(1)
    .describe('Intervals to load, such as "1m" and "1d". Required.'),
  apply_to: z
    .union([z.literal('all', write('"all" or a list of symbols')), z.array(Ticker).min(1)])
    .default('all')
    .describe('"all", or the symbols to load it for. Default "all".'),
});

const Historical = z.strictObject({
  enable_quality: trueOrFalse()
    .default(true)
    .describe('Whether the quality of history is calculated; false assigns 100. Default true.'),
  data: z
    .array(HistoricalData)
    .default([])
    .describe('Trailing bars to load before every session. Default none.'),
  indicators: z
    .record(Name, TrailingIndicator)
    .default({})
    .describe(
      'Indicators over trailing days, by name; the data they need is loaded. Default none.',
    ),
});

const Indicators = z.strictObject({
  session: z
    .array(SessionIndicatorEntry)
    .default([])
    .describe('Indicators updated bar by bar. Default none.'),
  historical: z
    .array(HistoricalIndicatorEntry)
    .default([])
    .describe('Indicators calculated before every session from earlier days. Default none.'),
});

const GapFiller = z.strictObject({
  enable_session_quality: trueOrFalse()
    .default(true)
    .describe(
      'Whether the quality of session bars is calculated; false assigns 100. Default true.',
    ),
  max_retries: wholeNumber(1, 20)
    .default(5)
    .describe('Attempts to fill a gap, 1 to 20; live only. Default 5.'),
  retry_interval_seconds: wholeNumber(1)
    .default(60)
    .describe('Seconds between two attempts; live only. Default 60.'),
});

const Schedule = z.strictObject({
  start: ClockTime.describe('First scan, exchange time, HH:MM or HH:MM:SS. Required.'),
  end: ClockTime.describe('No scan after it, exchange time, HH:MM or HH:MM:SS. Required.'),
  interval: IntradayInterval.describe('Time between two scans, such as "5m". Required.'),
});

const module = Text.describe('Registered name, dotted module path or file. Required.');
const enabled = trueOrFalse().default(true).describe('Whether it takes part. Default true.');
const config = Free.default({}).describe(
  'Settings of its own, handed over as they are. Default {}.',
);

const Scanner = z.strictObject({
  module,
  enabled,
  pre_session: trueOrFalse()
    .default(false)
    .describe('Whether it scans before the session, clock stopped. Default false.'),
  regular_session: z
    .array(Schedule)
    .default([])
    .describe('When it scans during the session. Default never.'),
  config,
});

const Strategy = z.strictObject({ module, enabled, config });

const Derivation = z.strictObject({
  incomplete: oneOf(['emit', 'skip'])
    .default('emit')
    .describe('Whether derived bars that miss base bars are emitted or skipped. Default "emit".'),
});

const SessionDataConfig = z.strictObject({
  symbols: z.array(Ticker).min(1).describe('Symbols of the run, each once; upper-cased. Required.'),
  streams: Streams.describe(
    'Intervals such as "1m", "5m" or "1d" for every symbol, and "quotes". Required.',
  ),
  symbol_streams: z
    .record(Ticker, Streams)
    .default({})
    .describe('Further intervals for single symbols, by symbol. Default none.'),
  data: DataSources.optional().describe(
    'Where market data comes from: one source or a list of them. Required to run.',
  ),
  extended_hours: z
    .literal(false, {
      error: ({ input }) =>
        `${foundIn(input)}: bars outside the regular session are not yet supported, write false`,
    })
    .default(false)
    .describe('Bars outside the regular session; not yet supported. Default false.'),
  derivation: Derivation.prefault({}).describe('How derived bars are built.'),
  streaming: Streaming.prefault({}).describe('Detection of symbols that lag the clock.'),
  historical: Historical.prefault({}).describe('What is loaded and calculated before a session.'),
  indicators: Indicators.prefault({}).describe('Indicators of the session and of its history.'),
  gap_filler: GapFiller.prefault({}).describe('Quality of session bars and the filling of gaps.'),
  scanners: z.array(Scanner).default([]).describe('Scanners that find symbols. Default none.'),
  strategies: z.array(Strategy).default([]).describe('Strategies that decide. Default none.'),
});

const amount = 'account currency, above 0. Required.';
const TradingConfig = z.strictObject({
  max_buying_power: positiveNumber().describe(`Most that may be invested at once, ${amount}`),
  max_per_trade: positiveNumber().describe(`Most for one trade, ${amount}`),
  max_per_symbol: positiveNumber().describe(`Most for one symbol, ${amount}`),
  max_open_positions: wholeNumber(1).describe('Most positions open at once. Required.'),
});

const ApiConfig = z.strictObject({
  data_api: Text.default('local').describe('Name of the data service. Default "local".'),
  trade_api: Text.default('paper').describe('Name of the trading service. Default "paper".'),
  account_id: Text.nullish()
    .transform((id) => id ?? undefined)
    .describe('Account at the trading service; secrets come from the environment only.'),
});

export const Config = z
  .strictObject({
    session_name: Text.describe('Name of the run, not blank. Required.'),
    exchange_group: Text.default('US_EQUITY').describe(
      'US_EQUITY, CRYPTO, FOREX, CME or a calendar name; gives calendar and time zone. Default US_EQUITY.',
    ),
    asset_class: oneOf(['EQUITY', 'CRYPTO', 'FUTURES', 'OPTIONS', 'FOREX'])
      .default('EQUITY')
      .describe('Class of what is traded. Default "EQUITY".'),
    mode: oneOf(['backtest', 'live']).describe(
      '"backtest"; "live" is not supported yet. Required.',
    ),
    backtest_config: BacktestConfig.describe('The window and how fast it is walked. Required.'),
    session_data_config: SessionDataConfig.describe('What a session holds. Required.'),
    trading_config: TradingConfig.describe('Limits of trading. Required.'),
    api_config: ApiConfig.prefault({}).describe('Names of outside services.'),
    metadata: Free.default({}).describe('Anything you like; kept, never read. Default {}.'),
  })
  .describe('Session config of Openbell.');

/** A config as the engine uses it: canonical, every default filled in. */
export type Config = z.output<typeof Config>;

/** A config as it may be written in TypeScript. */
export type ConfigInput = z.input<typeof Config>;
