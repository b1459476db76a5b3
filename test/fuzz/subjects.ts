/** Logs to be damaged: the files of their folders, and what is true of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FileLog,
  type Frame,
  factsOf,
  type LogReader,
  openSession,
  sealLog,
} from '../../src/index.ts';
import { stateText } from '../simulation/looking.ts';
import { barsOf, configOf } from '../support.ts';
import { quickFolder } from './cases.ts';

export type Files = Map<string, Buffer>;

export interface Subject {
  readonly name: string;
  readonly files: Files;
  readonly closed: boolean;
}

/** What every intact form of the log says. */
export interface Truth {
  /** A line per fact. */
  readonly facts: readonly string[];
  readonly chainHash: string;
  /** The state at a fact, as text. */
  stateAt(seq: number): string;
}

const DATES = ['2024-01-02', '2024-01-03'];

/** A bar now and then, so that a log is small and has everything in it. */
const bars = (seed: number) =>
  barsOf({ dates: ['2023-12-29', ...DATES], seed, missing: (minute) => minute % 19 !== seed });

const config = configOf({
  symbols: ['AAPL', 'MSFT'],
  start: DATES[0]!,
  end: DATES.at(-1)!,
  streams: ['1m', '1h', '1d'],
  session: {
    historical: {
      data: [{ trailing_days: 1, intervals: ['1m'] }],
      indicators: { high: { type: 'trailing_max', period: '1d', field: 'high' } },
    },
    indicators: {
      session: [
        { name: 'sma', period: 3, interval: '1h' },
        { name: 'bbands', period: 5, interval: '1m' },
      ],
    },
    strategies: [{ module: 'buyer' }],
  },
});

const buyer = () => ({
  subscribe: () => ({ bars: ['1h'] }),
  onBar: (
    bar: { symbol: string; close: number },
    { emit }: { emit: (signal: object) => void },
  ): void => emit({ symbol: bar.symbol, side: 'buy', reason: `closed at ${bar.close}` }),
});

/** The log of one small run in several forms. */
export async function makeSubjects(): Promise<{ subjects: Subject[]; truth: Truth }> {
  const folder = quickFolder();
  const whole = join(folder, 'whole');
  const data = { AAPL: bars(1), MSFT: bars(2) };
  const session = await openSession({
    config,
    data,
    log: whole,
    strategies: { buyer } as never,
  });
  await session.finish();
  const log = await FileLog.read(whole);
  const sizes = { one: 1 << 26, several: 9000 };
  const subjects: Subject[] = [{ name: 'one segment', files: filesOf(whole), closed: true }];
  for (const [name, { segmentBytes, close, seal }] of Object.entries({
    'several segments': { segmentBytes: sizes.several, close: true, seal: false },
    'an interrupted run': { segmentBytes: sizes.several, close: false, seal: false },
    'a sealed log': { segmentBytes: sizes.several, close: true, seal: true },
  })) {
    const into = join(folder, name);
    await copyOf(log, into, { segmentBytes, close });
    if (seal) await sealLog(into);
    subjects.push({ name, files: filesOf(into), closed: close });
  }
  return { subjects, truth: truthOf(log) };
}

async function copyOf(
  log: FileLogReader,
  into: string,
  { segmentBytes, close }: { segmentBytes: number; close: boolean },
): Promise<void> {
  const { run, config: given, versions, seed, data, parent } = log.manifest;
  const manifest = { run, config: given, versions, seed, data, parent };
  const copy = await FileLog.create(into, manifest, { segmentBytes });
  for (const frame of log.read()) copy.append(frame);
  copy.journal({ type: 'Paused' });
  if (close) return copy.close('completed');
  await copy.durable();
}

type FileLogReader = Awaited<ReturnType<typeof FileLog.read>>;

function truthOf(log: FileLogReader): Truth {
  const states = new Map<number, string>();
  return {
    facts: linesIn(log),
    chainHash: log.chainHash(),
    stateAt: (seq) => {
      if (!states.has(seq)) states.set(seq, stateText(log, seq));
      return states.get(seq)!;
    },
  };
}

export function linesOf(frame: Frame, { table }: LogReader): string[] {
  return Array.from(factsOf(frame, table), (fact) => JSON.stringify(fact));
}

export function linesIn(log: LogReader): string[] {
  return Array.from(log.read(), (frame) => linesOf(frame, log)).flat();
}

/** Without locks: their owner is this process, which has to be taken for dead. */
export function filesOf(folder: string, all = false): Files {
  const names = readdirSync(folder).filter((name) => all || !name.startsWith('lock.'));
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}
