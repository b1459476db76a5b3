/** A run on CSV files with everything in it that tools over logs must cope with. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Fact, FileLog, type Frame, type LogReader, openSession } from '../../src/index.ts';
import { barsOf, configOf, MINUTE, type TestBar } from '../support.ts';

export const DATES = ['2024-01-02', '2024-01-03', '2024-01-04'];
const EARLIER = ['2023-12-28', '2023-12-29'];
/** 9:30 of the second session. */
export const OPEN = Date.parse('2024-01-03T14:30:00Z');
/** When `NEW` is added and two bars of `AAPL` by hand. */
export const INSERTED = OPEN + 90 * MINUTE;
/** A bar of `AAPL` that is replaced, and one that was missing. */
export const REPLACED = OPEN + 32 * MINUTE;
export const FILLED = OPEN + 42 * MINUTE;
export const ADDED = { open: 90, high: 91, low: 89, close: 90.5, volume: 5 };

export interface MarketRun {
  readonly folder: string;
  readonly log: LogReader;
  readonly facts: readonly Fact[];
  /** Of each CSV file; line 1 is the first. */
  readonly lines: Readonly<Record<string, readonly string[]>>;
}

const row = ({ opened, open, high, low, close, volume }: TestBar) =>
  [new Date(opened).toISOString(), open, high, low, close, volume].join(',');

/** Rows with a bad one, and for every day one before the open. */
function fileOf(seed: number): string[] {
  const missing = (minute: number) => minute % (35 + 2 * seed) === 5;
  const rows = barsOf({ dates: [...EARLIER, ...DATES], seed, missing }).flatMap((bar) => {
    const isOpen = row(bar).includes('T14:30:00');
    const early = { ...bar, opened: bar.opened - MINUTE };
    const bad = bar.opened === OPEN + 20 * MINUTE;
    return [
      ...(isOpen ? [row(early)] : []),
      bad ? `${row(bar)},x`.replace(/,\d/, ',n/a') : row(bar),
    ];
  });
  return ['time,open,high,low,close,volume', ...rows];
}

const config = configOf({
  symbols: ['AAPL', 'MSFT'],
  start: DATES[0]!,
  end: DATES.at(-1)!,
  streams: ['1m', '5m', '1d'],
  session: {
    data: {
      type: 'csv',
      path: '{symbol}.csv',
      interval: '1m',
      stamp: 'open',
      on_bad_row: 'skip',
    },
    historical: {
      data: [{ trailing_days: 2, intervals: ['1m'] }],
      indicators: { high: { type: 'trailing_max', period: '2d', field: 'high' } },
    },
    indicators: {
      session: [
        { name: 'sma', period: 5, interval: '5m' },
        { name: 'sma', period: 50, interval: '5m' },
        { name: 'macd', interval: '1m' },
        { name: 'vwap', interval: '1m' },
      ],
    },
    strategies: [{ module: 'above' }],
  },
});

/** Buys whatever closes above its average. */
const above = () => ({
  subscribe: () => ({ bars: ['5m'] }),
  onBar: (
    bar: { symbol: string; close: number },
    { view, emit }: { view: Parameters<typeof smaOf>[0]; emit: (signal: object) => void },
  ) => {
    const sma = smaOf(view, bar.symbol);
    if (sma !== null && bar.close > sma)
      emit({ symbol: bar.symbol, side: 'buy', reason: `${sma}` });
  },
});

function smaOf(
  view: { symbol(name: string): { indicator(key: string): unknown } | undefined },
  symbol: string,
): number | null {
  const indicator = view.symbol(symbol)?.indicator('sma_5_5m') as { value: number | null };
  return indicator?.value ?? null;
}

/** Runs it in a folder that is gone after the tests of the file. */
export async function marketRun(): Promise<MarketRun> {
  const folder = temporaryFolder();
  const lines: Record<string, string[]> = {};
  for (const [i, symbol] of ['AAPL', 'MSFT', 'NEW'].entries()) {
    lines[symbol] = fileOf(i + 1);
    writeFileSync(join(folder, `${symbol}.csv`), `${lines[symbol].join('\n')}\n`);
  }
  const into = join(folder, 'run');
  const strategies = { above } as never;
  const session = await openSession({ config, folder, log: into, strategies });
  const facts: Fact[] = [];
  session.onFrame((frame) => facts.push(...frame.facts()));
  await session.runUntil(INSERTED);
  await session.addSymbol('NEW');
  await session.addBar('AAPL', '1m', { ...ADDED, opened: REPLACED }, { replace: true });
  await session.addBar('AAPL', '1m', { ...ADDED, opened: FILLED });
  await session.finish();
  return { folder: into, log: await FileLog.read(into), facts, lines };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openbell-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A log that counts the frames it decodes: those that it yields. */
export function counting(log: LogReader): { log: LogReader; frames: number } {
  const counted = {
    frames: 0,
    log: new Proxy(log, {
      get(target, name) {
        if (name === 'read') {
          return function* (...range: Parameters<LogReader['read']>): Generator<Frame> {
            for (const frame of target.read(...range)) {
              counted.frames += 1;
              yield frame;
            }
          };
        }
        const value = Reflect.get(target, name, target) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    }),
  };
  return counted;
}

/** The run's log as it would be in segments of another size, with what `change` makes of its frames. */
export async function rewritten(
  folder: string,
  into: string,
  { segmentBytes = 60_000, change = (frame: Frame): readonly Frame[] => [frame] } = {},
): Promise<string> {
  const log = await FileLog.read(folder);
  const copy = await FileLog.create(into, log.manifest, { segmentBytes, seals: false });
  for (const frame of log.read()) {
    for (const changed of change(frame)) copy.append(changed);
  }
  await copy.close('completed');
  return into;
}
