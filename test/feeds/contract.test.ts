import { from } from 'rxjs';
import { openFeed } from '../../src/feeds/sources.ts';
import { type FeedUnderTest, feedContract } from '../contract/feedContract.ts';
import { csvOf, folderOf, minutesOf, parquetOf, type TestBar, xnys } from './market.ts';

const dates = ['2024-07-02', '2024-07-03', '2024-07-05'];
const symbols = ['AAPL', 'TSLA'] as const;

const minutes = minutesOf(dates, 40);
const days = dates.map((date) => ({ ...minutes[0]!, opened: xnys.session(date)!.open }));
const dearer = (bars: readonly TestBar[]) => bars.map((bar) => ({ ...bar, high: bar.high + 1 }));
const market = { AAPL: { minutes, days }, TSLA: { minutes: dearer(minutes), days: dearer(days) } };

function files(type: 'csv' | 'parquet', write: (bars: readonly TestBar[]) => string | Uint8Array) {
  return (): FeedUnderTest => {
    const folder = folderOf({
      ...Object.fromEntries(
        symbols.flatMap((symbol) => [
          [`${symbol}.1m.${type}`, write(market[symbol].minutes)],
          [`${symbol}.1d.${type}`, write(market[symbol].days)],
        ]),
      ),
    });
    const path = `{symbol}.{interval}.${type}`;
    const source = { type, path, interval: ['1m', '1d'], stamp: 'open' } as const;
    return { open: () => openFeed({ ...source, interval: ['1m', '1d'] }, { folder }), ...common };
  };
}

const common = { calendar: xnys, symbols, dates };

feedContract('csv', files('csv', csvOf));
feedContract('parquet', files('parquet', parquetOf));

const daily = (bars: readonly TestBar[]) => bars.map((bar) => ({ ...bar, interval: '1d' }));
feedContract('memory', () => ({
  ...common,
  open: () =>
    openFeed({
      AAPL: [...daily(days), ...minutes],
      TSLA: [...market.TSLA.minutes, ...daily(market.TSLA.days)],
    }),
}));

/** Columns in place of bars. */
function tableOf(bars: readonly TestBar[], interval: string) {
  const of = (field: keyof TestBar) => bars.map((bar) => bar[field]);
  const [time, open, high] = [of('opened'), of('open'), of('high')];
  return { interval, time, open, high, low: of('low'), close: of('close'), volume: of('volume') };
}
feedContract('memory, in columns', () => ({
  ...common,
  open: () =>
    openFeed({
      AAPL: [tableOf(days, '1d'), tableOf(minutes, '1m')],
      TSLA: [tableOf(market.TSLA.minutes, '1m'), tableOf(market.TSLA.days, '1d')],
    }),
}));

feedContract('observable', () => ({
  ...common,
  open: () =>
    openFeed({
      type: 'observable',
      source: from(
        symbols.flatMap((symbol) =>
          [...market[symbol].minutes, ...daily(market[symbol].days)].map((bar) => ({
            ...bar,
            symbol,
          })),
        ),
      ),
    }),
}));

feedContract('synthetic', () => ({
  ...common,
  hasEverySymbol: true,
  open: () => openFeed({ type: 'synthetic', seed: 7, missing: 0.1, interval: ['1d', '1m'] }),
}));

const list = (): FeedUnderTest => ({
  ...common,
  open: () =>
    openFeed([
      { type: 'memory', bars: { AAPL: [...minutes] } },
      { type: 'memory', bars: { AAPL: daily(days), TSLA: [...market.TSLA.minutes] } },
      { type: 'memory', bars: { TSLA: daily(market.TSLA.days) } },
    ]),
});
feedContract('list', list);
