/** What the fuzz tests have found, each by name, and what somebody who means it would try. */
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { FileLog, InvariantViolated, LogCorrupted, MemoryLog } from '../../src/index.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { ByteWriter } from '../../src/store/bytes.ts';
import { FrameDecoder, FrameEncoder } from '../../src/store/frameCodec.ts';
import { readJournal } from '../../src/store/journal.ts';
import { HEADER_BYTES, readHeader } from '../../src/store/record.ts';
import { completedRun, filesIn, RUN, runFolder } from '../store/runFolders.ts';
import { blockOf, frameOf, OPEN, SERIES, sampleFrames } from '../store/sampleFrames.ts';
import { mend, recordsIn } from './mutations.ts';

const SMALL = { segmentBytes: 40_000 };

/** Four segments, of which the records of the second are changed. */
async function withRecords(change: (records: Buffer[]) => Buffer[]): Promise<string> {
  const folder = await completedRun(600, SMALL);
  const path = join(folder, '00000002.log');
  writeFileSync(path, Buffer.concat(change(recordsIn(readFileSync(path)))));
  return folder;
}

/** A log of one frame with one fact. */
function logOf(fact: Record<string, unknown>): MemoryLog {
  const log = new MemoryLog();
  log.append(frameOf({ firstSeq: 1, at: OPEN }, [[{ by: 'session', cause: null, ...fact }]], []));
  return log;
}

describe('reading a part of a log', () => {
  it('tells a frame that stands in it twice', async () => {
    const folder = await withRecords((records) => [...records.slice(0, 9), ...records.slice(8)]);
    const log = await FileLog.read(folder);
    expect(() => [...log.read()]).toThrow(/it begins with fact \d+, not \d+/);
  });

  it('tells a frame that has moved, also to those who look for a time', async () => {
    const folder = await withRecords((records) => [
      ...records.slice(0, 5),
      ...records.slice(9),
      ...records.slice(5, 9),
    ]);
    const log = await FileLog.read(folder);
    const last = [...sampleFrames(250)].at(-1)!;
    expect(() => log.seek(last.at)).toThrow(LogCorrupted);
  });

  it('tells segments that have changed places', async () => {
    for (const [a, b] of [
      ['1', '2'],
      ['2', '3'],
      ['1', '4'],
      ['3', '4'],
    ]) {
      const folder = await completedRun(600, SMALL);
      const [one, other] = [join(folder, `0000000${a}.log`), join(folder, `0000000${b}.log`)];
      renameSync(one, `${one}.aside`);
      renameSync(other, one);
      renameSync(`${one}.aside`, other);
      await expect(FileLog.read(folder)).rejects.toThrow(LogCorrupted);
    }
  });

  it('ends where a segment has lost its head', async () => {
    const folder = await withRecords((records) => records.slice(1));
    await expect(FileLog.read(folder)).rejects.toThrow('a frame');
    const doubled = await withRecords((records) => [...records.slice(0, 2), ...records]);
    const log = await FileLog.read(doubled);
    const seq = readHeader(recordsIn(readFileSync(join(doubled, '00000003.log')))[0]!)!.firstSeq;
    expect(() => log.linkUpTo(seq - 2)).toThrow('the segment head is out of place');
  });
});

describe('a log with a torn end', () => {
  it('has all links of the chain up to it', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN);
    for (const frame of sampleFrames(300)) log.append(frame);
    await log.durable();
    const path = join(folder, '00000001.log');
    truncateSync(path, readFileSync(path).length - 20);
    const torn = await FileLog.read(folder);
    expect(torn.tornBytes).toBeGreaterThan(0);
    const links = [...torn.links()];
    expect(torn.linkUpTo(torn.position)).toEqual({
      lastSeq: links.at(-1)!.lastSeq,
      hash: links.at(-1)!.hash,
    });
    expect(torn.linkFrom(torn.position)).toBeNull();
    await log.close();
  });
});

describe('the sidecars of a log', () => {
  it('mislead nobody: marks with other times, other shapes or none', async () => {
    const folder = await completedRun(2400, { segmentBytes: 200_000 });
    const path = join(folder, 'index.json');
    const { index, ...head } = JSON.parse(readFileSync(path, 'utf8'));
    const time = [...sampleFrames(700)].at(-1)!.at;
    const right = (await FileLog.read(folder)).seek(time);
    const marks = index.segments[0].marks as number[][];
    expect(marks.length).toBeGreaterThan(1);
    const early = marks.map(([seq, , offset, types]) => [seq, 0, offset, types]);
    const segments = [
      [{ ...index.segments[0], marks: early }],
      [{ ...index.segments[0], marks: marks.toReversed() }],
      [{ ...index.segments[0], number: [[[1]]] }],
      [null, 5, 'x', {}],
    ];
    for (const changed of segments) {
      const wrong = { ...index, segments: changed };
      const crc = crc32(JSON.stringify(wrong));
      writeFileSync(path, JSON.stringify({ ...head, crc, index: wrong }));
      expect((await FileLog.read(folder)).seek(time)).toBe(right);
    }
  });

  it('may have lines that are no entries', async () => {
    const folder = await completedRun(3);
    appendFileSync(join(folder, 'journal.ndjson'), 'null\n5\n{"type":5}\n[]\n{"seq":"x"}\n');
    expect(readJournal(folder)).toEqual([]);
  });

  it('are no locks with numbers that nobody can have given out', async () => {
    const folder = await completedRun(3);
    writeFileSync(join(folder, 'lock.99999999999999999999'), '{}');
    await (await FileLog.open(folder)).close('completed');
    expect((await FileLog.read(folder)).manifest.epoch).toBe(2);
  });
});

describe('a sealed segment beside its raw one', () => {
  it('does not replace it unless it holds the same', async () => {
    const folder = await completedRun(300, SMALL);
    const sealed = join(folder, '00000001.log.zst');
    for (const write of [
      () => writeFileSync(sealed, 'nonsense'),
      () => copyFileSync(join(folder, '00000002.log'), sealed),
    ]) {
      write();
      const before = filesIn(folder);
      await expect(FileLog.open(folder)).rejects.toThrow(
        /"00000001.log" and "00000001.log.zst" in ".*" are not the same segment/,
      );
      expect(filesIn(folder)).toEqual(before);
    }
    expect(existsSync(join(folder, '00000001.log'))).toBe(true);
  });
});

describe('what a log declares', () => {
  it('is not believed where it is more than a record can hold', async () => {
    const folder = await completedRun(300, SMALL);
    const path = join(folder, '00000001.log');
    const records = recordsIn(readFileSync(path));
    const at = records.slice(0, 5).reduce((sum, { length }) => sum + length, 0);
    const header = Buffer.from(records[5]!);
    header.writeUInt32LE(3 * 2 ** 30, 4);
    mend(header);
    const fd = openSync(path, 'r+');
    writeSync(fd, header.subarray(0, HEADER_BYTES), 0, HEADER_BYTES, at);
    closeSync(fd);
    truncateSync(path, 5 * 2 ** 30); // A hole: it takes no room.
    const log = await FileLog.read(folder);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => [...log.read()]).toThrow(`at byte ${at}: a frame`);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
  });

  it('is not kept in memory for the next frame where it is huge', () => {
    const rows = 150_000;
    const history = blockOf('HistoricalBarsLoaded', 'x', Array(rows).fill(Array(8).fill(1)));
    const writer = new ByteWriter();
    new FrameEncoder().encode(writer, frameOf({ firstSeq: 1, at: OPEN }, [history], []), null);
    const record = writer.written();
    expect(record.length).toBeLessThan(200);
    const decoder = new FrameDecoder();
    const decode = () =>
      decoder.decode(readHeader(record)!, record.subarray(HEADER_BYTES), true).sections[0];
    expect(decode()).not.toBe(decode());
  });

  it('is no more rows than it has facts', () => {
    const bars = Array.from({ length: 50 }, () => [0, 0, OPEN, 1, 1, 1, 1, 1, 1, 1]);
    const writer = new ByteWriter();
    const frame = frameOf({ firstSeq: 1, at: OPEN }, [blockOf('BarAppended', 'x', bars)], SERIES);
    new FrameEncoder().encode(writer, frame, null);
    const header = { ...readHeader(writer.written())!, count: 49 };
    const payload = writer.written().subarray(HEADER_BYTES);
    expect(() => new FrameDecoder().decode(header, payload)).toThrow('50 rows');
  });

  it('does not nest deeper than anybody can walk', async () => {
    const nested = JSON.parse(`${'['.repeat(600)}${']'.repeat(600)}`);
    expect(() => logOf({ type: 'ActorSetUp', allocated: { nested } })).toThrow('nests too deep');
    const folder = runFolder();
    await (await FileLog.create(folder, RUN)).close();
    const path = join(folder, 'manifest.json');
    const manifest = readFileSync(path, 'utf8');
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    writeFileSync(path, manifest.replace('"parent": null', `"parent": ${deep}`));
    await expect(FileLog.read(folder)).rejects.toThrow('it is not a JSON object');
  });
});

describe('folding facts that are none', () => {
  const facts: [string, Record<string, unknown>, string][] = [
    ['of no known type', { type: 'BarForgotten' }, 'fact 1: no fact is called "BarForgotten"'],
    ['of a type that every object has', { type: 'constructor' }, 'no fact is called'],
    ['without their fields', { type: 'SymbolRegistered' }, 'fact 1: it cannot be folded'],
    [
      'with what only looks like a list',
      { type: 'IndicatorRegistered', symbol: 'X', key: 'k', outputs: { length: 1e9 } },
      'fact 1: no symbol X',
    ],
  ];
  for (const [what, fact, message] of facts) {
    it(`tells facts ${what}`, () => {
      const folding = () => stateAt(logOf(fact));
      expect(folding).toThrow(InvariantViolated);
      expect(folding).toThrow(message);
    });
  }
});
