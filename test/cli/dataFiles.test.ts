import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DataOptions, withDataFiles } from '../../src/cli/dataFiles.ts';
import { configOf } from '../support.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();
for (const name of ['AAPL.csv', 'msft.csv', 'bars.csv', 'more.parquet']) terminal.write(name, '');
const path = (name: string) => terminal.path(name);

/** The data part that a config of these symbols is given. */
function dataOf(symbols: string[], data: string[], options: Partial<DataOptions> = {}) {
  const raw = configOf({ symbols, session: { data: { type: 'synthetic' } } });
  const given = { data, stamp: 'open' as const, interval: '1m', ...options };
  const config = withDataFiles(raw, given) as typeof raw;
  expect(config.session_data_config.streams).toEqual(['1m', '5m']);
  return (config.session_data_config as { data?: unknown }).data;
}

describe('files given with --data', () => {
  it('serve the only symbol there is, under any name', () => {
    expect(dataOf(['AAPL'], [path('bars.csv')], { timezone: 'UTC' })).toEqual([
      {
        type: 'csv',
        path: { AAPL: path('bars.csv') },
        interval: '1m',
        stamp: 'open',
        timezone: 'UTC',
      },
    ]);
  });

  it('serve the symbol they are named after, or said to be of', () => {
    const files = [path('AAPL.csv'), path('msft.csv'), `tsla=${path('more.parquet')}`];
    expect(dataOf(['AAPL', 'MSFT', 'TSLA'], files, { stamp: 'close' })).toEqual([
      {
        type: 'csv',
        path: { AAPL: path('AAPL.csv'), MSFT: path('msft.csv') },
        interval: '1m',
        stamp: 'close',
      },
      { type: 'parquet', path: { TSLA: path('more.parquet') }, interval: '1m', stamp: 'close' },
    ]);
  });

  it('may be a pattern, from the working directory', () => {
    expect(dataOf(['AAPL', 'MSFT'], ['bars/{symbol}.csv'])).toEqual([
      { type: 'csv', path: resolve('bars/{symbol}.csv'), interval: '1m', stamp: 'open' },
    ]);
  });

  it('go into a config in camelCase too', () => {
    const raw = { sessionDataConfig: { symbols: ['aapl'] } };
    const options = { data: [path('bars.csv')], stamp: 'open' as const, interval: '1d' };
    expect(withDataFiles(raw, options)).toEqual({
      sessionDataConfig: {
        symbols: ['aapl'],
        data: [{ type: 'csv', path: { AAPL: path('bars.csv') }, interval: '1d', stamp: 'open' }],
      },
    });
  });

  it('are refused if two hold the bars of one symbol', () => {
    expect(() => dataOf(['AAPL'], [path('bars.csv'), path('AAPL.csv')])).toThrow(
      '--data has two files of AAPL: give one',
    );
  });
});
