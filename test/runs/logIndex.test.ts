import {
  cpSync,
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
import {
  FactFilter,
  FileLog,
  LogCorrupted,
  type LogReader,
  openSession,
  sealLog,
} from '../../src/index.ts';
import { HEADER_BYTES, readHeader } from '../../src/store/record.ts';
import { digestOf } from '../store/plainState.ts';
import { barsOf, configOf } from '../support.ts';

const DATES = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
const SYMBOLS = Array.from({ length: 12 }, (_, i) => `S${i}`);
const parent = mkdtempSync(join(tmpdir(), 'openbell-'));
const raw = join(parent, 'run');
const sealed = join(parent, 'sealed');
let size = 0;
/** How many facts of each type there are, counted one by one. */
const counts = new Map<string, number>();

beforeAll(async () => {
  const periods = Array.from({ length: 12 }, (_, i) => 3 + i);
  const session = await openSession({
    config: configOf({
      symbols: SYMBOLS,
      start: DATES[0]!,
      end: DATES.at(-1)!,
      session: {
        indicators: {
          session: periods.map((period) => ({ name: 'ema', period, interval: '1m' })),
        },
      },
    }),
    // One gap a day of one symbol only.
    data: Object.fromEntries(
      SYMBOLS.map((symbol, i) => {
        const missing = (minute: number) => i === 4 && minute === 200;
        return [symbol, barsOf({ dates: DATES, seed: i + 1, missing })];
      }),
    ),
    log: raw,
  });
  session.onFrame((frame) => {
    for (const { type } of frame.facts()) counts.set(type, (counts.get(type) ?? 0) + 1);
  });
  await session.finish();
  await session.close();
  size = statSync(join(raw, '00000001.log')).size;
  cpSync(raw, sealed, { recursive: true });
  await sealLog(sealed);
}, 60_000);

afterAll(() => rmSync(parent, { recursive: true, force: true }));

const factsOf = (log: LogReader, ...types: string[]) => [...new FactFilter({ types }).facts(log)];

function copyOf(folder: string, name: string): string {
  const copy = join(parent, name);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

describe.each([
  ['raw', raw],
  ['sealed', sealed],
])('the index of a %s log', (kind, folder) => {
  it('lets it be opened by its last records', async () => {
    expect(size).toBeGreaterThan(2_000_000);
    const log = await FileLog.read(folder);
    expect(log.counters.frames).toBe(0);
    expect(log.counters.bytes).toBeLessThan(200_000);
    expect(log.position).toBe([...counts.values()].reduce((a, b) => a + b));
  });

  it('finds the facts of each type, all of them', async () => {
    const log = await FileLog.read(folder);
    for (const [type, count] of counts)
      expect([type, factsOf(log, type).length]).toEqual([type, count]);
    expect(factsOf(log, 'SymbolRefused')).toEqual([]);
  });

  it('has nothing read and decoded of what holds nothing of a rare type', async () => {
    const log = await FileLog.read(folder);
    const before = { ...log.counters };
    expect(factsOf(log, 'GapDetected')).toHaveLength(DATES.length);
    const frames = log.counters.frames - before.frames;
    const bytes = log.counters.bytes - before.bytes;
    expect(frames).toBe(DATES.length);
    // Four stretches of 64 KiB, each read with a window or two more.
    expect(bytes).toBeLessThan(DATES.length * 4 * 65_536);
    const after = log.counters.bytes;
    expect(factsOf(log, 'SymbolRefused')).toEqual([]);
    expect(log.counters.bytes - after).toBeLessThan(20_000);
    expect(log.counters.frames - before.frames).toBe(DATES.length);
  });

  it('finds the same where it is missing, damaged or of another log', async () => {
    const copy = copyOf(folder, `${kind}-index`);
    const path = join(copy, 'index.json');
    const good = readFileSync(path, 'utf8');
    const wrong = [
      null,
      '',
      'null',
      good.slice(0, -20),
      good.replace('"GapDetected"', '"GapDetacted"'),
      good.replaceAll(/"hash":"./g, '"hash":"x'),
    ];
    for (const content of wrong) {
      if (content === null) rmSync(path);
      else writeFileSync(path, content);
      const log = await FileLog.read(copy);
      const gaps = factsOf(log, 'GapDetected');
      expect(gaps).toHaveLength(DATES.length);
      expect([...log.read({ from: gaps[2]!.seq, to: gaps[2]!.seq })]).toHaveLength(1);
    }
  });

  it('is not believed where its chain is not that of the log', async () => {
    const copy = copyOf(folder, `${kind}-other`);
    const path = join(copy, 'index.json');
    const saved = JSON.parse(readFileSync(path, 'utf8'));
    const { index } = saved;
    index.sets = index.sets.map(() => ['BarAppended']);
    index.checkpoint.link = index.checkpoint.link.replaceAll('a', 'b');
    const { crc32 } = await import('node:zlib');
    writeFileSync(path, JSON.stringify({ ...saved, crc: crc32(JSON.stringify(index)) }));
    expect(factsOf(await FileLog.read(copy), 'GapDetected')).toHaveLength(DATES.length);
  });

  it('hides no damage from whoever reads there', async () => {
    const copy = copyOf(folder, `${kind}-damaged`);
    const path = join(copy, kind === 'raw' ? '00000001.log' : '00000001.log.zst');
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 8;
    writeFileSync(path, bytes);
    const log = await FileLog.read(copy);
    expect(() => Array.from(log.read())).toThrow(LogCorrupted);
    await expect(FileLog.open(copy)).rejects.toThrow(LogCorrupted);
  });

  it('is no way past a damaged head', async () => {
    const copy = copyOf(folder, `${kind}-head`);
    const path = join(copy, kind === 'raw' ? '00000001.log' : '00000001.log.zst');
    const good = readFileSync(path);
    const head = HEADER_BYTES + readHeader(good.subarray(kind === 'raw' ? 0 : 8))!.payloadBytes;
    for (let at = 0; at < head; at += kind === 'raw' ? 1 : 97) {
      const bytes = Buffer.from(good);
      bytes[at]! ^= 1;
      writeFileSync(path, bytes);
      await expect(FileLog.read(copy), `byte ${at}`).rejects.toThrow(LogCorrupted);
    }
  });

  it('holds as far as it goes when the log goes on', async () => {
    const copy = copyOf(folder, `${kind}-longer`);
    const writer = await FileLog.open(copy, { segmentBytes: 1 });
    const { position } = writer;
    const reason = 'later';
    for (let i = 1; i <= 3; i++) {
      const lastAt = [...writer.read({ from: position })].at(-1)!.at;
      const fact = { seq: position + i, at: lastAt, type: 'RunFailed', by: 'session', cause: 1 };
      writer.append({
        at: lastAt,
        firstSeq: position + i,
        count: 1,
        series: [],
        sections: [{ kind: 'control', facts: [{ ...fact, reason, phase: i } as never] }],
      });
    }
    await writer.durable();
    const beside = await FileLog.read(copy);
    expect(factsOf(beside, 'RunFailed')).toHaveLength(3);
    expect(factsOf(beside, 'GapDetected')).toHaveLength(DATES.length);
    await writer.close('failed');
    const log = await FileLog.read(copy);
    expect(factsOf(log, 'RunFailed', 'GapDetected')).toHaveLength(DATES.length + 3);
  });
});

describe('the state in a log of several segments', () => {
  it('is right or refused, whatever byte of a head is another one, and with an index or without', async () => {
    const several = join(parent, 'several');
    const source = await FileLog.read(raw);
    const writer = await FileLog.create(several, source.manifest, {
      segmentBytes: 1_300_000,
      seals: false,
    });
    for (const frame of source.read()) writer.append(frame);
    await writer.close('completed');
    const names = readdirSync(several).filter((name) => name.endsWith('.log'));
    expect(names).toHaveLength(2);
    const { position } = source;
    const places = [1, Math.floor(position / 3), position - 7];
    const truth = places.map((seq) => digestOf(source.stateAt(seq)));
    const without = copyOf(several, 'several-bare');
    rmSync(join(without, 'index.json'));
    let refused = 0;
    for (const [name, folder] of names.flatMap((each) => [
      [each, several] as const,
      [each, without] as const,
    ])) {
      const path = join(folder, name);
      const good = readFileSync(path);
      const head = HEADER_BYTES + readHeader(good)!.payloadBytes;
      for (let at = 0; at < head; at += 1 + (head >> 3)) {
        const bytes = Buffer.from(good);
        bytes[at]! ^= 1;
        writeFileSync(path, bytes);
        const found = await statesOf(folder, places);
        if (found === null) refused += 1;
        else expect(found, `byte ${at} of ${name}`).toEqual(truth);
      }
      writeFileSync(path, good);
      expect(await statesOf(folder, places)).toEqual(truth);
    }
    expect(refused).toBeGreaterThan(10);
  });
});

/** Null if the log tells that it is damaged. */
async function statesOf(folder: string, places: readonly number[]): Promise<string[] | null> {
  try {
    const log = await FileLog.read(folder);
    return places.map((seq) => digestOf(log.stateAt(seq)));
  } catch (error) {
    if (error instanceof LogCorrupted) return null;
    throw error;
  }
}
