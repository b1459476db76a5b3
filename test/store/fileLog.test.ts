import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
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
const SMALL = { segmentBytes: 40_000, seals: false };
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

  it('has the size that its log counts, also after it was opened again', async () => {
    const folder = next();
    const sizes = () => segmentsIn(folder).map((name) => statSync(join(folder, name)).size);
    const frames = [...sampleFrames(300)];
    for (const half of [frames.slice(0, 150), frames.slice(150)]) {
      const log =
        half[0] === frames[0] ? FileLog.create(folder, RUN, SMALL) : FileLog.open(folder, SMALL);
      const opened = await log;
      for (const frame of half) opened.append(frame);
      await opened.close();
      expect(opened.bytes).toBe(sizes().reduce((sum, size) => sum + size, 0));
    }
    expect(sizes()).toHaveLength(2);
  });

  it('says in its manifest what the run is and how it ended', async () => {
    const folder = await completedRun(300, SMALL);
    expect(readManifest(folder)).toEqual({
      format: 1,
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      ...RUN,
      config_hash: '72436666965f6fe93512cefad5011bedfa263453d2784140f3089357a952a3d2',
      status: 'completed',
      epoch: 1,
      recovered: null,
      closed: {
        seq: 2875,
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
    expect(() => again.append(oldest!, { id: 'frame 1' })).toThrow('fact 1: follows 14419');
    await again.close();
  });

  it('has the same chain whatever the size of its segments', async () => {
    for (const segmentBytes of [1, 20_000, 1_000_000]) {
      const folder = await completedRun(300, { segmentBytes });
      expect((await FileLog.read(folder)).chainHash()).toBe(chainOf(300));
      expect(checkLog(folder)).toMatchObject({ position: 2875, damage: null });
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
    expect(segmentsIn(folder)).toEqual([
      '00000001.log',
      '00000002.log',
      '00000003.log',
      '00000004.log',
    ]);
    const log = await FileLog.read(folder);
    expect(log.table.entries).toHaveLength(12);
    expect([log.position, log.chainHash()]).toEqual([5761, chainOf(600)]);
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
      expect(found).toEqual([1, 4993, 12_999, 26_996]);
      expect(log.seek(OPEN + 1_234 * 60_000)).toBe(11_870);
    }
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
