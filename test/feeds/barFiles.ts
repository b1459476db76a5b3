/** Bars as the content of files. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { FileSource } from '../../src/domain/config/data.ts';

export interface TestBar {
  readonly opened: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

export const HEADER = 'time,open,high,low,close,volume';

export function csvOf(bars: readonly TestBar[], timeOf = (time: number) => String(time)): string {
  const rows = bars.map(({ opened, open, high, low, close, volume }) =>
    [timeOf(opened), open, high, low, close, volume].join(','),
  );
  return `${[HEADER, ...rows].join('\n')}\n`;
}

export function parquetOf(bars: readonly TestBar[]): Uint8Array {
  const column = (field: keyof TestBar) => bars.map((bar) => bar[field]);
  const numbers = ['open', 'high', 'low', 'close', 'volume'] as const;
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'time', data: bars.map(({ opened }) => new Date(opened)), type: 'TIMESTAMP' },
        ...numbers.map((name) => ({ name, data: column(name), type: 'DOUBLE' as const })),
      ],
    }),
  );
}

export function sourceOf(type: 'csv' | 'parquet', more: Partial<FileSource> = {}): FileSource {
  const path = `{symbol}.${type}`;
  return { type, path, interval: '1m', stamp: 'open', on_bad_row: 'fail', ...more } as FileSource;
}
