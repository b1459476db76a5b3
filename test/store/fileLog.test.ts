import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../src/domain/errors.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { FileLog } from '../../src/store/fileLog.ts';
import { readJournal } from '../../src/store/journal.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { sealLog } from '../../src/store/sealLog.ts';
import { describeEventLog } from '../contract/eventLogContract.ts';
import {
  chainOf,
  completedRun,
  contentIn,
  filesIn,
  RUN,
  runFolder,
  sampleContent,
} from './runFolders.ts';
import { frameOf, OPEN, sampleFrames } from './sampleFrames.ts';

const parent = mkdtempSync(join(tmpdir(), 'openbell-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));
let runs = 0;
const next = () => join(parent, `run-${runs++}`);

describeEventLog('a log in files', () => FileLog.create(next(), RUN));
describeEventLog('a log in many small files', () =>
  FileLog.create(next(), RUN, { segmentBytes: 1 }),
);

/** Small segments, so that a few hundred frames fill several. */
const SMALL = { segmentBytes: 40_000 };
const segmentsIn = (folder: string) => readdirSync(folder).filter((name) => /^0/.test(name));

describe("a run's folder", () => {
  it('holds what was written into it', async () => {
    const folder = await completedRun(300);
    const log = await FileLog.read(folder);
    expect(contentIn(log)).toEqual(sampleContent(300));
    expect(log.chainHash()).toBe(chainOf(300));
    expect(readdirSync(folder).sort()).toEqual([
      '00000001.log',
      'index.json',
      'journal.ndjson',
      'manifest.json',
    ]);
  });

  it('says in its manifest what the run is and how it ended', async () => {
    const folder = await completedRun(300, SMALL);
    expect(readManifest(folder)).toEqual({
      format: 1,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ...RUN,
      config_hash: '12ce1b0ec5b6ac3ba93ac0edb1cd6bb8a2e1f0d4f4c63b1e4c8a1d7d0f3cc18e',
      status: 'completed',
      epoch: 1,
      recovered: null,
      closed: {
        seq: 2765,
        chain_hash: chainOf(300),
        segments: 2,
        finished: expect.stringMatching(/Z$/),
      },
    });
  });

  it('is not made where a run is', async () => {
    const folder = await completedRun(3);
    const before = filesIn(folder);
    const message = `"${folder}" already holds a run: choose another folder`;
    await expect(FileLog.create(folder, RUN)).rejects.toThrow(new UsageError(message));
    expect(filesIn(folder)).toEqual(before);
  });

  it('is refused where none is', async () => {
    const message = /holds no run, it has no "manifest.json": give the folder of a run$/;
    await expect(FileLog.read(parent)).rejects.toThrow(message);
    await expect(FileLog.open(parent)).rejects.toThrow(UsageError);
    await expect(FileLog.open(join(parent, 'nowhere'))).rejects.toThrow(message);
  });

  it('keeps what depends on the host in its journal', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN);
    for (const frame of sampleFrames(2)) log.append(frame);
    log.journal({ type: 'Paused', by: 'user' });
    await log.close('stopped');
    appendFileSync(join(folder, 'journal.ndjson'), '{"type":"Pau');
    const again = await FileLog.open(folder);
    again.journal({ type: 'Resumed' });
    await again.close();
    const time = expect.stringMatching(/Z$/);
    expect(readJournal(folder)).toEqual([
      { time, seq: 11, type: 'Paused', by: 'user' },
      { time, seq: 11, type: 'Resumed' },
    ]);
  });

  it('keeps its manifest whole when parts of it change', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN);
    log.updateManifest({ status: 'failed', data: { AAPL: 'cd34' } });
    expect(readManifest(folder)).toMatchObject({
      run: 'run-1',
      status: 'failed',
      data: { AAPL: 'cd34' },
    });
    await log.close();
    expect(readManifest(folder)).toMatchObject({ status: 'failed', closed: { seq: 0 } });
  });

  it('says what is wrong with its manifest', async () => {
    const folder = await completedRun(3);
    const path = join(folder, 'manifest.json');
    const text = readFileSync(path, 'utf8');
    const broken: [string, string, string][] = [
      ['"format": 1', '"format": 2', 'its format is "2", this version reads "1"'],
      ['"completed"', '"done"', '"status" is "done"'],
      ['"epoch": 1', '"epoch": -1', '"epoch" is -1'],
      ['"AAPL"\n', '"TSLA"\n', '"config" does not have the hash "config_hash"'],
      ['"seq"', '"sequence"', '"closed" is incomplete'],
      ['}\n', '', 'it is not a JSON object'],
    ];
    for (const [good, bad, message] of broken) {
      expect(text).toContain(good);
      writeFileSync(path, text.replace(good, bad));
      await expect(FileLog.read(folder)).rejects.toThrow(message);
    }
  });
});

describe('a log that is opened again', () => {
  it('goes on as if it had never been closed', async () => {
    const folder = runFolder();
    const frames = [...sampleFrames(400)];
    for (let from = 0; from < 400; from += 80) {
      const log =
        from === 0 ? await FileLog.create(folder, RUN, SMALL) : await FileLog.open(folder, SMALL);
      expect(log.recovered).toBeNull();
      for (const frame of frames.slice(from, from + 80)) log.append(frame);
      await log.close();
    }
    const log = await FileLog.read(folder);
    expect(log.chainHash()).toBe(chainOf(400));
    expect(contentIn(log)).toEqual(sampleContent(400));
    expect(log.manifest.epoch).toBe(5);
    expect(checkLog(folder)).toMatchObject({ frames: 400, damage: null });
  });

  it('remembers the ids of its last 1,024 appends', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN, { segmentBytes: 1 });
    for (const frame of sampleFrames(1500)) log.append(frame, { id: `frame ${frame.firstSeq}` });
    await log.close();
    const again = await FileLog.open(folder);
    const [first, second] = again.read({ from: 12_000 });
    expect(again.append(first!, { id: `frame ${first!.firstSeq}` })).toBe(second!.firstSeq - 1);
    const [oldest] = again.read();
    expect(() => again.append(oldest!, { id: 'frame 1' })).toThrow('fact 1: follows 13789');
    await again.close();
  });

  it('has the same chain whatever the size of its segments', async () => {
    for (const segmentBytes of [1, 20_000, 1_000_000]) {
      const folder = await completedRun(300, { segmentBytes });
      expect((await FileLog.read(folder)).chainHash()).toBe(chainOf(300));
      expect(checkLog(folder)).toMatchObject({ position: 2765, damage: null });
    }
  });

  it('is running until it is closed', async () => {
    const folder = await completedRun(3);
    const log = await FileLog.open(folder);
    expect(readManifest(folder)).toMatchObject({ status: 'running', closed: null, epoch: 2 });
    await log.close('stopped');
    expect(readManifest(folder)).toMatchObject({ status: 'stopped', closed: { seq: 20 } });
  });
});

describe('segments', () => {
  it('begin with all that is needed to read them', async () => {
    const folder = await completedRun(600, SMALL);
    expect(segmentsIn(folder)).toEqual(['00000001.log', '00000002.log', '00000003.log']);
    const log = await FileLog.read(folder);
    expect(log.table.entries).toHaveLength(12);
    expect([log.position, log.chainHash()]).toEqual([5531, chainOf(600)]);
    expect(contentIn(log)).toEqual(sampleContent(600));
  });

  it('can be read from and sought in without an index, with one, and with a wrong one', async () => {
    const folder = await completedRun(3000, { segmentBytes: 200_000 });
    const index = join(folder, 'index.json');
    const saved = readFileSync(index, 'utf8');
    expect(saved.length).toBeGreaterThan(300);
    const spoilt = saved.replaceAll(/,(\d+)\]/g, (_, offset) => `,${Number(offset) + 7}]`);
    for (const content of [
      saved,
      spoilt,
      '[]',
      saved.replace('run-1', 'run-2'),
      '{"format":1,',
      null,
    ]) {
      if (content === null) rmSync(index);
      else writeFileSync(index, content);
      const log = await FileLog.read(folder);
      const found = [1, 5000, 13_000, 27_000].map(
        (from) => [...log.read({ from, to: from })][0]!.firstSeq,
      );
      expect(found).toEqual([1, 4992, 12_993, 26_993]);
      expect(log.seek(OPEN + 1_234 * 60_000)).toBe(11_872);
    }
  });
});

describe('a sealed log', () => {
  it('is smaller and reads the same', async () => {
    const folder = await completedRun(1500, { segmentBytes: 100_000 });
    const plain = await FileLog.read(folder);
    const links = [...plain.links()];
    expect(await sealLog(folder)).toBe(4);
    expect(segmentsIn(folder)).toEqual([1, 2, 3, 4].map((n) => `0000000${n}.log.zst`));
    for (const log of [plain, await FileLog.read(folder)]) {
      expect(contentIn(log)).toEqual(sampleContent(1500));
      expect(contentIn(log, 9000)).toEqual(sampleContent(1500).slice(-519));
      expect(log.seek(OPEN + 1_234 * 60_000)).toBe(11_872);
      expect([...log.links()]).toEqual(links);
      expect(log.chainHash()).toBe(chainOf(1500));
    }
    expect(checkLog(folder)).toMatchObject({
      frames: 1500,
      segments: 4,
      damage: null,
      tornBytes: 0,
    });
    expect(await sealLog(folder)).toBe(4);
  });

  it('is turned back by any zstd tool', async () => {
    const { zstdDecompressSync } = await import('node:zlib');
    const folder = await completedRun(500);
    const raw = readFileSync(join(folder, '00000001.log'));
    await sealLog(folder);
    const sealed = readFileSync(join(folder, '00000001.log.zst'));
    expect(sealed.length).toBeLessThan(raw.length * 0.8);
    expect(zstdDecompressSync(sealed).equals(raw)).toBe(true);
  });

  it('can be written on', async () => {
    const folder = await completedRun(500, SMALL);
    await sealLog(folder);
    const log = await FileLog.open(folder, SMALL);
    for (const frame of [...sampleFrames(700)].slice(500)) log.append(frame);
    expect(contentIn(log)).toEqual(sampleContent(700));
    await log.close();
    expect((await FileLog.read(folder)).chainHash()).toBe(chainOf(700));
    expect(checkLog(folder).damage).toBeNull();
  });

  it('is not made of one that is being written, or was not closed', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN);
    await expect(sealLog(folder)).rejects.toThrow('is being written by this process');
    await log.close();
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...manifest, closed: null }));
    await expect(sealLog(folder)).rejects.toThrow('was not closed: resume the run, then seal it');
  });

  it('is finished after a crash in the middle of sealing', async () => {
    const folder = await completedRun(500, SMALL);
    const raw = readFileSync(join(folder, '00000001.log'));
    await sealLog(folder);
    writeFileSync(join(folder, '00000001.log'), raw);
    writeFileSync(join(folder, '00000002.log.zst.tmp'), 'unfinished');
    expect(contentIn(await FileLog.read(folder))).toEqual(sampleContent(500));
    const log = await FileLog.open(folder);
    await log.close();
    expect(segmentsIn(folder)).toEqual(['00000001.log.zst', '00000002.log.zst', '00000003.log']);
  });
});

describe('the end of a log that was not closed', () => {
  /** Leaves the folder as a killed writer would, with `bytes` more or fewer at the end. */
  async function torn(change: (path: string, size: number) => void): Promise<string> {
    const folder = await completedRun(600, SMALL);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    writeFileSync(
      join(folder, 'manifest.json'),
      JSON.stringify({ ...manifest, status: 'running', closed: null }),
    );
    const path = join(folder, '00000003.log');
    change(path, readFileSync(path).length);
    return folder;
  }

  const endings: [string, (path: string, size: number) => void, number, number][] = [
    ['in the middle of a frame', (path, size) => truncateSync(path, size - 10), 208, 5522],
    ['after a piece of a header', (path) => appendFileSync(path, 'FRM1xyz'), 7, 5531],
    ['in nothing but zeros', (path) => appendFileSync(path, Buffer.alloc(5000)), 5000, 5531],
    ['in a frame with wrong bytes', (path, size) => spoil(path, size - 1), 218, 5522],
  ];
  for (const [where, change, bytesCut, atSeq] of endings) {
    it(`is cut off where it ends ${where}, and that is reported`, async () => {
      const folder = await torn(change);
      const reader = await FileLog.read(folder);
      expect([reader.position, reader.tornBytes]).toEqual([atSeq, bytesCut]);
      expect(checkLog(folder)).toMatchObject({
        position: atSeq,
        tornBytes: bytesCut,
        damage: null,
      });
      const log = await FileLog.open(folder, SMALL);
      expect(log.recovered).toEqual({ bytesCut, atSeq });
      expect(log.manifest).toMatchObject({
        status: 'recovered',
        recovered: { bytes_cut: bytesCut, seq: atSeq },
      });
      for (const frame of sampleFrames(800)) if (frame.firstSeq > atSeq) log.append(frame);
      await log.close('completed');
      expect(readJournal(folder)).toMatchObject([
        { type: 'Recovered', seq: atSeq, bytes_cut: bytesCut },
      ]);
      expect(checkLog(folder)).toMatchObject({
        frames: 800,
        damage: null,
        chainHash: chainOf(800),
      });
    });
  }

  it('is that of the segment before, if the last one was only begun', async () => {
    for (const content of ['', 'HED1\0\0']) {
      const folder = await torn((path) => writeFileSync(path.replace('3.log', '4.log'), content));
      expect((await FileLog.read(folder)).position).toBe(5531);
      const log = await FileLog.open(folder);
      expect(log.recovered).toEqual(content === '' ? null : { bytesCut: 6, atSeq: 5531 });
      await log.close();
      expect(segmentsIn(folder)).toEqual(['00000001.log', '00000002.log', '00000003.log']);
    }
  });

  it('is its beginning, if not even the first segment was begun', async () => {
    const folder = runFolder();
    await (await FileLog.create(folder, RUN)).close();
    const path = join(folder, 'manifest.json');
    writeFileSync(
      path,
      JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), closed: null }),
    );
    rmSync(join(folder, '00000001.log'));
    expect((await FileLog.read(folder)).position).toBe(0);
    const log = await FileLog.open(folder);
    for (const frame of sampleFrames(3)) log.append(frame);
    await log.close();
    expect(contentIn(await FileLog.read(folder))).toEqual(sampleContent(3));
  });

  function spoil(path: string, at: number): void {
    const bytes = readFileSync(path);
    bytes[at]! ^= 1;
    writeFileSync(path, bytes);
  }
});

describe('the lock of a log', () => {
  it('keeps a second writer out, and lets readers in', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN);
    log.append([...sampleFrames(1)][0]!);
    await log.durable();
    const message = `the log in "${folder}" is being written by this process (lock file "${join(folder, 'lock.1')}")`;
    await expect(FileLog.open(folder)).rejects.toThrow(message);
    expect((await FileLog.read(folder)).position).toBe(2);
    await log.close();
    const again = await FileLog.open(folder);
    expect(again.manifest.epoch).toBe(2);
    await again.close();
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });

  it('is taken over from a process that is no more', async () => {
    const folder = await completedRun(3);
    const stale = [
      { pid: 2 ** 22 + 1, started: null },
      { pid: process.pid, started: 'another boot/1' },
      { pid: 'none' },
    ];
    for (const [i, owner] of stale.entries()) {
      writeFileSync(join(folder, `lock.${10 + 2 * i}`), JSON.stringify(owner));
      const log = await FileLog.open(folder);
      expect(log.manifest.epoch).toBe(11 + 2 * i);
      expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([
        `lock.${11 + 2 * i}`,
      ]);
      await log.close();
    }
  });

  it('is given back when opening fails', async () => {
    const folder = await completedRun(30);
    truncateSync(join(folder, '00000001.log'), 500);
    await expect(FileLog.open(folder)).rejects.toThrow('the log was closed with fact 271');
    expect(readdirSync(folder).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

describe('a reader beside a writer', () => {
  it('sees more each time it looks, and the end when there is one', async () => {
    const folder = runFolder();
    const frames = [...sampleFrames(400)];
    const log = await FileLog.create(folder, RUN, SMALL);
    const reader = await FileLog.read(folder);
    const seen: number[] = [];
    const following = (async () => {
      for await (const frame of reader.tail()) seen.push(frame.firstSeq);
    })();
    for (const [i, frame] of frames.entries()) {
      log.append(frame);
      if (i % 100 !== 99) continue;
      await log.durable();
      expect(reader.chainHash()).toBe(chainOf(i + 1));
      expect([...reader.read()]).toHaveLength(i + 1);
    }
    expect(reader.table.entries).toHaveLength(12);
    await log.close();
    await following;
    expect(seen).toEqual(frames.map(({ firstSeq }) => firstSeq));
  });

  it('sees what a resumed run adds to a log that was closed', async () => {
    const folder = await completedRun(10);
    const reader = await FileLog.read(folder);
    const log = await FileLog.open(folder);
    const { position } = log;
    log.append(
      frameOf({ firstSeq: position + 1, at: OPEN + 1e9 }, [
        [{ type: 'RunCompleted', by: 'session', cause: null }],
      ]),
    );
    await log.close();
    reader.seek(OPEN);
    expect(reader.position).toBe(position + 1);
  });
});
