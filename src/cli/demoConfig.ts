/** The run that needs no config and no data. */
import { xnys } from '../domain/calendar/xnys.ts';
import { configTemplate } from '../domain/config/template.ts';
import { TimeManager } from '../domain/timeManager.ts';

export interface DemoSize {
  readonly days: number;
  readonly symbols: number;
  /** Each seed is another market. */
  readonly seed: number;
}

const FIRST_DAY = '2024-01-02';
const SYMBOLS = ['AAPL', 'AMZN', 'MSFT', 'NVDA', 'TSLA'];

export const DEMO: DemoSize = { days: 5, symbols: SYMBOLS.length, seed: 7 };

/** The config that `config init` writes, with more days and a strategy. */
export function demoConfig({ days, symbols, seed }: DemoSize = DEMO): object {
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
