/** Bars that the embedding program holds, as columns or as objects. */
import { seriesOfEach } from './columnSeries.ts';
import type { Feed } from './feed.ts';
import { type BarTable, givenColumns, type PlainBar } from './plainBars.ts';
import { SeriesFeed } from './seriesFeed.ts';
import type { BadRowPolicy } from './validation.ts';

/** Bars by symbol: columns, columns of several intervals, or single bars. */
export type MemoryBars = Readonly<Record<string, BarTable | readonly (BarTable | PlainBar)[]>>;

/** Copies the bars of a symbol when it is indexed; what happens to `bars` later changes nothing. */
export function memoryFeed(
  bars: MemoryBars,
  { policy = 'fail' }: { policy?: BadRowPolicy | undefined } = {},
): Feed {
  const held = new Map(
    Object.entries(bars).map(([symbol, given]) => [symbol.toUpperCase(), given]),
  );
  return new SeriesFeed({
    name: 'memory',
    async load(symbol, { calendar }) {
      const tables = givenColumns(symbol, held.get(symbol) ?? []).filter(
        ({ columns }) => columns.length > 0,
      );
      if (tables.length === 0) {
        return { series: [], missing: [`no bars of "${symbol}" are in memory`] };
      }
      return { ...(await seriesOfEach('memory', tables, { calendar, policy })), missing: [] };
    },
  });
}
