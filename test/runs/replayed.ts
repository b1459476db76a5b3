/** What tests of re-execution share: a market, a config with a strategy, and copies of logs cut short. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  FileLog,
  type Frame,
  type IndicatorUpdate,
  openSession,
  type Session,
  type Strategy,
  type StrategyContext,
} from '../../src/index.ts';
import { recordsOf } from '../../src/store/records.ts';
import { barsOf, configOf } from '../support.ts';

export const DATES = ['2024-01-02', '2024-01-03'];

export const market = {
  AAPL: barsOf({ dates: DATES, seed: 1, missing: (minute) => minute === 7 }),
  MSFT: barsOf({ dates: DATES, seed: 2 }),
  TSLA: barsOf({ dates: DATES, seed: 3 }),
};

/** Emits a signal whenever the average of three five-minute closes turns. */
export class Turns implements Strategy {
  readonly #last = new Map<string, number>();
  readonly #side: string;

  constructor({ side = 'buy' }: { side?: string } = {}) {
    this.#side = side;
  }

  onIndicator({ symbol, value, valid }: IndicatorUpdate, { emit }: StrategyContext): void {
    const before = this.#last.get(symbol);
    if (!valid) return;
    this.#last.set(symbol, Number(value));
    if (before !== undefined && Number(value) > before) emit({ symbol, side: this.#side });
  }
}

export const strategies = { turns: Turns };

/** What a run is opened with, beside its config and its log. */
export const given = { data: market, strategies };

export function configWith(session: Record<string, unknown> = {}) {
  return configOf({
    symbols: ['AAPL', 'MSFT'],
    start: DATES[0]!,
    end: DATES[1]!,
    session: {
      indicators: { session: [{ name: 'sma', period: 3, interval: '5m' }] },
      strategies: [{ module: 'turns' }],
      ...session,
    },
  });
}

/** A folder for the runs of a test file, removed after it. */
export function runsFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'openbell-replay-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A run that was told things from outside on its way. */
export async function recordRun(log: string, config: unknown = configWith()): Promise<Session> {
  const session = await openSession({ config, ...given, log });
  await session.runUntil((view) => view.now >= Date.parse('2024-01-02T16:00:00Z'));
  await session.addSymbol('TSLA');
  await session.registerIndicator('AAPL', { name: 'ema', period: 4, interval: '15m' });
  await session.runUntil((view) => view.now >= Date.parse('2024-01-02T18:00:00Z'));
  await session.removeSymbol('TSLA');
  await session.finish();
  return session;
}

/** Bytes of the only segment of a log. */
export function bytesOf(folder: string): Buffer {
  return readFileSync(join(folder, '00000001.log'));
}

/** Where each frame of a log is in its only segment, and the facts it holds. */
export function framesIn(folder: string) {
  return [...recordsOf(folder)]
    .filter(({ header }) => header.kind === 'frame')
    .map(({ offset, bytes, header: { firstSeq, count } }) => ({
      start: offset,
      end: offset + bytes.length,
      firstSeq,
      lastSeq: firstSeq + count - 1,
    }));
}

/** A copy of a run as it was when its writer was killed: cut off at a byte, and never closed. */
export function killedAt(folder: string, copy: string, byte: number): string {
  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, 'snapshots'), { recursive: true, force: true });
  writeFileSync(join(copy, '00000001.log'), bytesOf(folder).subarray(0, byte));
  editManifest(copy, { closed: null, status: 'running' });
  return copy;
}

export function editManifest(folder: string, patch: Record<string, unknown>): void {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...manifest, ...patch }));
}

/** The same run written anew with its frames altered: checksums, order and chain are right. */
export async function forged(
  folder: string,
  copy: string,
  alter: (frames: Frame[]) => void,
): Promise<string> {
  const read = await FileLog.read(folder);
  const { manifest } = read;
  const frames = [...read.read()];
  await read.close();
  alter(frames);
  const log = await FileLog.create(copy, manifest);
  for (const frame of frames) log.append(frame);
  await log.close('completed');
  return copy;
}
