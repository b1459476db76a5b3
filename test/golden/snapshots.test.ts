/**
 * What fixed facts come to, as snapshots hold it. Where that changes, older snapshots are wrong: their format has
 * to be another one, or they would be taken for right.
 */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CONTROL_FACTS,
  type ControlFact,
  type ControlType,
  type Fields,
} from '../../src/domain/facts.ts';
import { BLOCK_COLUMNS, type Frame } from '../../src/domain/frame.ts';
import { SeriesTable } from '../../src/domain/series.ts';
import { FileLog } from '../../src/index.ts';
import { RunState } from '../../src/store/runState.ts';
import { encodeState, SNAPSHOT_FORMAT } from '../../src/store/snapshot.ts';

const GOLDEN = join(import.meta.dirname, 'snapshots.txt');
const RELEASES = ['0.1.0-alpha.1', '0.1.0-alpha.2'];

/** The types of the facts that were folded. */
const folded = new Set<string>();

/** A hash over the snapshots after each of some frames. */
class Snapshots {
  readonly #state = new RunState();
  readonly #table: SeriesTable;
  #hash = '';

  constructor(table = new SeriesTable()) {
    this.#table = table;
  }

  get hash(): string {
    return this.#hash;
  }

  add(frame: Frame): void {
    for (const section of frame.sections) {
      if (section.kind === 'block') folded.add(section.type);
      else for (const { type } of section.facts) folded.add(type);
    }
    this.#state.fold(frame, this.#table, Number.POSITIVE_INFINITY);
    const { body } = encodeState(this.#state);
    this.#hash = hash('sha256', Buffer.concat([Buffer.from(this.#hash), body]));
  }

  /** Goes on with a frame that holds these facts only. */
  addFacts(facts: readonly Made[]): void {
    const { seq, now } = this.#state.data;
    const made = facts.map(([type, fields], i) => {
      const envelope = { seq: seq + 1 + i, at: now + 60_000, by: 'test', cause: null };
      return { ...envelope, type, ...fields } as ControlFact;
    });
    const sections = [{ kind: 'control', facts: made }] as const;
    this.add({ at: now + 60_000, firstSeq: seq + 1, count: made.length, sections, series: [] });
  }
}

type Made = { [T in ControlType]: readonly [type: T, fields: Fields<T>] }[ControlType];

const MINUTE = 60_000;
const symbol = 'AAPL';
const date = '2024-07-03';
/** Three minutes of the session, of which the one in the middle is filled. */
const start = 1_720_020_000_000;
const gap = { symbol, interval: '1m', start, end: start + 3 * MINUTE, missing: 3 };
const filling = { symbol, interval: '1m', start: start + MINUTE, end: start + 2 * MINUTE };
const scan = { scanner: 'gap', schedule: 'pre_session' } as const;
const reason = 'a reason';

/** Facts that neither of the recorded runs has, as they could follow the second one. */
const MORE: readonly Made[] = [
  ['SymbolRefused', { symbol: 'NONE', reason }],
  ['IntervalAdded', { symbol, interval: '30m' }],
  ['SymbolLocked', { symbol, holder: 'a' }],
  ['SymbolLocked', { symbol, holder: 'b' }],
  ['SymbolUnlocked', { symbol, holder: 'a' }],
  ['SymbolLagging', { symbol, lag_seconds: 90 }],
  ['GapDetected', gap],
  ['GapFilled', { ...filling, filled: 1 }],
  ['StreamValidationFailed', { problems: [reason] }],
  ['BarsLeftOut', { symbol, interval: '1m', date, bars: 2 }],
  ['RowsSkipped', { symbol, interval: '1m', date, rows: 1, lines: [] }],
  ['UniverseRead', { scanner: 'gap', file: 'all.txt', fingerprint: '', symbols: [symbol] }],
  ['ScanStarted', scan],
  ['ScanCompleted', { ...scan, symbols: [symbol], metadata: {} }],
  ['ScanFailed', { scanner: 'gap', callback: 'scan', reason }],
  ['MessageRefused', { message: 'symbol.add', state: 'ending', reason }],
  ['StrategyFailed', { strategy: 'own', callback: 'onBar', reason }],
];

/** The ends a run can have, one after another. */
const ENDS: readonly Made[] = [
  ['SessionTornDown', { date, symbols: 2 }],
  ['RunStopped', { phase: 3, sessions: 1 }],
  ['RunFailed', { reason, phase: 3 }],
];

async function foldAll(): Promise<string> {
  const lines: string[] = [];
  for (const release of RELEASES) {
    const log = await FileLog.read(join(import.meta.dirname, 'releases', release, 'raw'));
    const snapshots = new Snapshots(log.table);
    for (const frame of log.read()) snapshots.add(frame);
    lines.push(`${release} ${snapshots.hash}`);
    if (release !== RELEASES.at(-1)) continue;
    snapshots.addFacts(MORE);
    for (const end of ENDS) snapshots.addFacts([end]);
    lines.push(`and more ${snapshots.hash}`);
  }
  return `${lines.join('\n')}\n`;
}

const hashes = await foldAll();

describe('snapshots of fixed facts', () => {
  it('are what snapshots of their format are', async () => {
    const found = `format ${SNAPSHOT_FORMAT}\n${hashes}`;
    const golden = readFileSync(GOLDEN, 'utf8');
    if (golden.startsWith(`format ${SNAPSHOT_FORMAT}\n`)) {
      const told =
        'the fold, or what a snapshot holds, has changed: raise SNAPSHOT_FORMAT in src/store/snapshot.ts, ' +
        'so that snapshots made before are not used, and run this test with --update';
      expect(found, told).toBe(golden);
    } else await expect(found).toMatchFileSnapshot(GOLDEN);
  });

  it('are of facts of every type', () => {
    const all = [...Object.keys(CONTROL_FACTS), ...Object.keys(BLOCK_COLUMNS)];
    expect([...folded].sort()).toEqual(all.sort());
  });
});
