import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionData } from '../../src/domain/sessionData.ts';
import { deltaOf } from '../../src/domain/sessionDelta.ts';
import { sessionJson } from '../../src/domain/sessionJson.ts';
import {
  FileLog,
  findCalendar,
  indexLog,
  openSession,
  type SessionJson,
  sealLog,
  verifyLog,
} from '../../src/index.ts';
import { RunState } from '../../src/store/runState.ts';
import { encodeState, Snapshot, snapshotBytes } from '../../src/store/snapshot.ts';
import { mended, partsOf } from '../fuzz/snapshotParts.ts';
import { digestOf } from '../store/plainState.ts';
import { barsOf, configOf, MINUTE, random } from '../support.ts';

const EARLIER = ['2023-12-28', '2023-12-29'];
const DATES = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08', '2024-01-09'];
const SYMBOLS = Array.from({ length: 7 }, (_, i) => `S${i}`);
const parent = mkdtempSync(join(tmpdir(), 'openbell-'));
const run = join(parent, 'run');

const indicators = [
  { name: 'sma', period: 20, interval: '1m' },
  ...['macd', 'rsi', 'ema', 'bbands', 'stochastic', 'cci', 'obv'].map((name) => ({
    name,
    interval: '1m',
    ...(name === 'macd' || name === 'obv' ? {} : { period: 10 }),
  })),
  { name: 'atr', period: 5, interval: '5m' },
  { name: 'vwap', interval: '1m' },
];

const config = configOf({
  symbols: SYMBOLS,
  start: DATES[0]!,
  end: DATES.at(-1)!,
  streams: ['1m', '5m', '1d'],
  session: {
    historical: {
      data: [{ trailing_days: 2, intervals: ['1m'] }],
      indicators: { high: { type: 'trailing_max', period: '2d', field: 'high' } },
    },
    indicators: { session: indicators },
  },
});

const data = Object.fromEntries(
  [...SYMBOLS, 'LATE', 'LIGHT'].map((symbol, i) => {
    const missing = (minute: number) => (minute + i) % 97 === 5;
    return [symbol, barsOf({ dates: [...EARLIER, ...DATES], seed: i + 1, missing })];
  }),
);

/** By seq, as it was while the run went on: what it exported, and what its facts came to one after another. */
const live = new Map<number, { json: string; digest: string }>();
let last = 0;

function exported({ data, tally }: { data: SessionData; tally: RunState['tally'] }, as: string) {
  const { session_config, system } = JSON.parse(as) as SessionJson;
  const { openbell } = system as { openbell: string };
  const calendar = findCalendar('XNYS')!;
  const context = { calendar, config: session_config as Record<string, unknown>, tally };
  return JSON.stringify(sessionJson(data, { ...context, system: { openbell } }));
}

beforeAll(async () => {
  const session = await openSession({ config, data, log: run });
  const naive = new RunState();
  const next = random(5);
  let done = 0;
  for (let frames = 1; ; frames++) {
    const frame = await session.step();
    if (frame === null) break;
    if (frames === 500) void session.addSymbol('LATE');
    if (frames === 900) void session.addBar('LIGHT', '1m', { opened: frame.at - MINUTE, ...BAR });
    if (frames === 1_700) void session.removeSymbol('LATE');
    if (frames === 2_000) void session.addSymbol('LATE', { streams: ['1m', '15m'] });
    if (next() > 0.05) continue;
    for (const read of session.log.read({ from: done + 1 })) {
      naive.fold(read, session.log.table, Number.POSITIVE_INFINITY);
      done = naive.data.seq;
    }
    // Between phases some facts may be folded and not in the log yet.
    if (done !== session.view.seq) continue;
    live.set(done, { json: JSON.stringify(session.toJSON()), digest: digestOf(naive) });
  }
  last = session.log.position;
  await session.close();
}, 60_000);

const BAR = { open: 10, high: 11, low: 9, close: 10, volume: 5 };

afterAll(() => rmSync(parent, { recursive: true, force: true }));

async function expectSame(folder: string, share = 0.2): Promise<FileLog['counters']> {
  const log = await FileLog.read(folder);
  const order = random(9);
  const seqs = [...live.keys()].filter(() => order() < share).sort(() => order() - 0.5);
  for (const seq of seqs) {
    const state = log.stateAt(seq);
    const { json, digest } = live.get(seq)!;
    expect(digestOf(state)).toBe(digest);
    expect(differences(exported(state, json), json)).toEqual([]);
    expect(state.view.seq).toBe(seq);
  }
  return log.counters;
}

function copyOf(folder: string, name: string): string {
  const copy = join(parent, name);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** Said in short: an export is long. */
function differences(a: string, b: string): string[] {
  if (a === b) return [];
  const [left, right] = [JSON.parse(a), JSON.parse(b)] as SessionJson[];
  const { changed_paths } = deltaOf(left!, right!)._metadata;
  return changed_paths.length === 0 ? ['the order of keys'] : [...changed_paths].slice(0, 20);
}

const snapshotsIn = (folder: string) => readdirSync(join(folder, 'snapshots'));

describe('the state at any fact of a run with insertions', () => {
  it('is asked for at a hundred facts, and the run left snapshots between its sessions', () => {
    expect(live.size).toBeGreaterThanOrEqual(100);
    expect(snapshotsIn(run)).toHaveLength(DATES.length - 1);
  });

  it('is what it was, by the snapshots the run has left', async () => {
    const { frames } = await expectSame(run, 1);
    // Each is at most a session away from a snapshot; from the first fact it would be half a log on average.
    const all = [...(await FileLog.read(run)).read()].length;
    expect(frames).toBeLessThan((live.size * all) / DATES.length);
  });

  it('is what it was where there are none, and folds the log about once', async () => {
    const bare = copyOf(run, 'bare');
    rmSync(join(bare, 'snapshots'), { recursive: true });
    const { frames } = await expectSame(bare, 1);
    const all = [...(await FileLog.read(bare)).read()].length;
    expect(frames).toBeLessThan(all + (live.size * all) / DATES.length);
    expect(readdirSync(bare)).not.toContain('snapshots');
  });

  it('is what it was in a sealed log', async () => {
    const sealed = copyOf(run, 'sealed');
    await sealLog(sealed);
    await expectSame(sealed);
  });

  it('is what it was where snapshots are damaged, each in another way', async () => {
    const damaged = copyOf(run, 'damaged');
    const [first, second, third, fourth, fifth] = snapshotsIn(damaged).map((name) =>
      join(damaged, 'snapshots', name),
    );
    writeFileSync(first!, flipped(readFileSync(first!), 5_000));
    writeFileSync(second!, readFileSync(second!).subarray(0, -10));
    writeFileSync(third!, '');
    rmSync(fourth!);
    mkdirSync(fourth!);
    writeFileSync(fifth!, readFileSync(join(run, 'snapshots', snapshotsIn(run)[1]!)));
    await expectSame(damaged);
  });

  it('is what it was where a snapshot that others name is gone', async () => {
    const lacking = copyOf(run, 'lacking');
    rmSync(join(lacking, 'snapshots', snapshotsIn(lacking)[0]!));
    await expectSame(lacking);
  });

  it('takes no snapshot of another log under the same name', async () => {
    const other = join(parent, 'other');
    const changed = {
      ...data,
      S0: data.S0!.map((bar, i) => (i === 3 ? { ...bar, volume: 1 } : bar)),
    };
    const session = await openSession({ config, data: changed, log: other });
    await session.finish();
    const log = await FileLog.read(other);
    const at = log.position - 100;
    const expected = digestOf(log.stateAt(at));
    rmSync(join(other, 'snapshots'), { recursive: true });
    cpSync(join(run, 'snapshots'), join(other, 'snapshots'), { recursive: true });
    writeManifestOf(other, run);
    expect(digestOf((await FileLog.read(other)).stateAt(at))).toBe(expected);
  });

  it('is in the snapshots that the index makes anew, and nothing is left of old ones', async () => {
    const indexed = copyOf(run, 'indexed');
    const stale = join(indexed, 'snapshots', '000000000007.snap');
    writeFileSync(stale, 'stale');
    writeFileSync(`${stale}.tmp`, 'unfinished');
    const { position, snapshots, bytes } = await indexLog(indexed);
    expect({ position, snapshots }).toEqual({ position: last, snapshots: DATES.length - 1 });
    const names = snapshotsIn(indexed);
    expect(names).toHaveLength(snapshots);
    const sizes = names.map((name) => statSync(join(indexed, 'snapshots', name)).size);
    expect(sizes.reduce((a, b) => a + b)).toBe(bytes);
    const log = await FileLog.read(indexed);
    log.stateAt(last - 1);
    expect(log.counters.frames).toBeLessThan(600);
    await expectSame(indexed);
  });

  it('is compared with the snapshots when the run is executed again', async () => {
    expect(await verifyLog(run, { data })).toMatchObject({ ok: true, note: '' });
    const changed = copyOf(run, 'changed');
    const [, name] = snapshotsIn(changed);
    const path = join(changed, 'snapshots', name!);
    const whole = readFileSync(path);
    const { texts, columns } = partsOf(whole);
    const [of, state, days] = texts as [string, string, string];
    const lie = state.replace('"sessions":2', '"sessions":7');
    writeFileSync(path, mended(whole, [of, lie, days], columns));
    const seq = Number.parseInt(name!, 10);
    // Reading cannot tell.
    expect((await FileLog.read(changed)).stateAt(seq).data.sessions).toBe(7);
    const { ok, note } = await verifyLog(changed, { data });
    expect(ok).toBe(true);
    expect(note).toContain(`the snapshot at fact ${seq}, beside the log, is not the state there`);
  });

  it('is refused for a fact that is not there', async () => {
    const log = await FileLog.read(run);
    expect(() => log.stateAt(last + 1)).toThrow(`the log has no fact ${last + 1}: it has ${last}`);
    expect(() => log.stateAt(1.5)).toThrow(RangeError);
    expect(log.stateAt(0).data.seq).toBe(0);
  });

  it('is that after the last fact of a time', async () => {
    const log = await FileLog.read(run);
    const time = Date.parse('2024-01-04T15:00:30Z');
    const { data } = log.stateAt({ time });
    expect(data.seq).toBe(log.seek(time));
    expect(data.now).toBe(Date.parse('2024-01-04T15:00:00Z'));
  });
});

describe('a snapshot in the middle of a session', () => {
  it('goes on to the same state, whatever frame it was taken after', async () => {
    const log = await FileLog.read(run);
    const next = random(3);
    const state = new RunState();
    const kept = new Map<number, Snapshot>();
    const find = (seq: number) => kept.get(seq)!;
    let resumed: RunState | null = null;
    for (const frame of log.read()) {
      state.fold(frame, log.table, last);
      resumed?.fold(frame, log.table, last);
      if (next() > 0.012) continue;
      const { seq } = state.data;
      if (resumed !== null) expect(digestOf(resumed)).toBe(digestOf(state));
      kept.set(seq, new Snapshot(snapshotBytes(encodeState(state), { run: null, link: null })));
      resumed = find(seq).state(find);
      expect(digestOf(resumed)).toBe(digestOf(state));
    }
    expect(kept.size).toBeGreaterThan(20);
    expect(digestOf(resumed!)).toBe(digestOf(state));
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at]! ^= 1;
  return bytes;
}

/** Makes two runs look like one to whoever only reads names. */
function writeManifestOf(folder: string, from: string): void {
  const path = join(folder, 'manifest.json');
  const { run: name } = JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...manifest, run: name }));
}
