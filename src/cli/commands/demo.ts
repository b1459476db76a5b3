/** `openbell demo`: the first thing to try; it needs no config and no data. */
import { type Command, InvalidArgumentError } from 'commander';
import { xnys } from '../../domain/calendar/xnys.ts';
import { configTemplate } from '../../domain/config/template.ts';
import { TimeManager } from '../../domain/timeManager.ts';
import { countFrom1, reportOption } from '../arguments.ts';
import { nextRunFolder } from '../runFolder.ts';
import { type RunDisplay, runSession } from '../runSession.ts';

interface Options extends RunDisplay {
  readonly days: number;
  readonly symbols: number;
  readonly seed: number;
  readonly log?: string;
}

const FIRST_DAY = '2024-01-02';
const SYMBOLS = ['AAPL', 'AMZN', 'MSFT', 'NVDA', 'TSLA'];
const SYMBOLS_MAX = 500;

export function define(command: Command): void {
  command
    .option('--days <n>', 'trading days', countFrom1, 5)
    .option('--symbols <n>', `symbols, at most ${SYMBOLS_MAX}`, symbolCount, SYMBOLS.length)
    .option('--seed <n>', 'each seed is another market', wholeNumber, 7)
    .option('--log <folder>', 'run folder to make; default runs/demo-N')
    .option('--json', 'print the summary as JSON')
    .addOption(reportOption())
    .option('--quiet', 'no progress')
    .action((options: Options) =>
      runSession({
        ...options,
        config: demoConfig(options),
        folder: '.',
        log: options.log ?? nextRunFolder('demo'),
      }),
    );
}

/** The config that `config init` writes, with more days and a strategy. */
function demoConfig({ days, symbols, seed }: Options): object {
  const names = Array.from({ length: symbols }, (_, i) => SYMBOLS[i] ?? `SYM${i + 1}`);
  const template = JSON.parse(configTemplate({ symbols: names, format: 'json' }));
  const time = new TimeManager(xnys);
  const last = days === 1 ? FIRST_DAY : time.nextTradingDate(FIRST_DAY, days - 1);
  const session = template.session_data_config;
  return {
    ...template,
    session_name: 'demo',
    backtest_config: { start_date: FIRST_DAY, end_date: last },
    session_data_config: {
      ...session,
      data: { ...session.data, seed },
      indicators: {
        session: [
          ...session.indicators.session,
          { name: 'ema', period: 9, interval: '1m' },
          { name: 'sma', period: 10, interval: '5m' },
          { name: 'sma', period: 30, interval: '5m' },
          { name: 'macd', interval: '5m' },
          { name: 'atr', period: 14, interval: '15m' },
        ],
      },
      strategies: [{ module: 'sma-cross', config: { fast: 'sma_10_5m', slow: 'sma_30_5m' } }],
    },
  };
}

function symbolCount(text: string): number {
  const count = countFrom1(text);
  if (count <= SYMBOLS_MAX) return count;
  throw new InvalidArgumentError(`Write at most ${SYMBOLS_MAX}.`);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('Write a whole number.');
}
