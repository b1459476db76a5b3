import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Disk, openSession } from '../../src/index.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { REAL_DISK } from '../../src/store/disk.ts';
import { FileLog } from '../../src/store/fileLog.ts';
import { readJournal } from '../../src/store/journal.ts';
import { Choices } from '../choices.ts';
import { DiskWorld, type Fault, layOut } from '../simulation/diskWorld.ts';
import { barsOf, configOf } from '../support.ts';
import { plainState } from './plainState.ts';
import { chainOf, completedRun, contentIn, RUN, runFolder, sampleContent } from './runFolders.ts';
import { sampleFrames } from './sampleFrames.ts';

const SMALL = { segmentBytes: 40_000, seals: true };
const segmentsIn = (folder: string) => readdirSync(folder).filter((name) => /^0/.test(name));
const SEALED = ['00000001.log.zst', '00000002.log.zst', '00000003.log.zst', '00000004.log'];

describe('a segment that is rolled', () => {
  it('is sealed by the time the log is closed, and reads the same', async () => {
    const folder = await completedRun(600, SMALL);
    expect(segmentsIn(folder)).toEqual(SEALED);
    const log = await FileLog.read(folder);
    expect([log.chainHash(), log.linkUpTo(3000)?.hash]).toEqual([
      chainOf(600),
      (await FileLog.read(await completedRun(600, { seals: false }))).linkUpTo(3000)?.hash,
    ]);
    expect(contentIn(log)).toEqual(sampleContent(600));
    expect(checkLog(folder)).toMatchObject({ frames: 600, segments: 4, damage: null });
  });

  it('stays raw where that is wanted, and is sealed by whoever goes on with the log', async () => {
    const folder = await completedRun(600, { ...SMALL, seals: false });
    expect(segmentsIn(folder)).toEqual(SEALED.map((name) => name.replace('.zst', '')));
    const log = await FileLog.open(folder, SMALL);
    for (const frame of [...sampleFrames(601)].slice(600)) log.append(frame);
    await log.close('completed');
    expect(segmentsIn(folder)).toEqual(SEALED);
    expect(contentIn(await FileLog.read(folder))).toEqual(sampleContent(601));
  });

  it('stays raw where it cannot be sealed, which the journal says and the run outlives', async () => {
    const disk: Disk = {
      ...REAL_DISK,
      open(path, flags) {
        if (!path.endsWith('00000002.log.zst.tmp')) return REAL_DISK.open(path, flags);
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      },
    };
    const folder = await completedRun(600, { ...SMALL, disk });
    expect(segmentsIn(folder)).toEqual([SEALED[0], '00000002.log', '00000003.log', SEALED[3]]);
    expect(readJournal(folder)).toMatchObject([
      { type: 'SealingFailed', segment: 2, reason: 'ENOSPC: no space left on device' },
    ]);
    const log = await FileLog.read(folder);
    expect(log.manifest.status).toBe('completed');
    expect(contentIn(log)).toEqual(sampleContent(600));
  });

  it('stays raw where what was compressed does not come back', async () => {
    const disk: Disk = {
      ...REAL_DISK,
      compressor() {
        const real = REAL_DISK.compressor();
        return {
          compress: (bytes) => real.compress(Buffer.from(bytes).fill(0, 99)),
          holds: (frame, bytes) => real.holds(frame, bytes),
          close: () => real.close(),
        };
      },
    };
    const folder = await completedRun(600, { ...SMALL, disk });
    expect(segmentsIn(folder)).toEqual(SEALED.map((name) => name.replace('.zst', '')));
    const reason = 'what was compressed does not come back as it was';
    expect(readJournal(folder)).toMatchObject([{ type: 'SealingFailed', segment: 1, reason }]);
    expect(contentIn(await FileLog.read(folder))).toEqual(sampleContent(600));
  });

  it('stays raw where nothing can be compressed', async () => {
    const disk: Disk = {
      ...REAL_DISK,
      compressor() {
        throw new Error('there is no memory for it');
      },
    };
    const folder = await completedRun(600, { ...SMALL, disk });
    expect(segmentsIn(folder)).toEqual(SEALED.map((name) => name.replace('.zst', '')));
    const reason = 'there is no memory for it';
    expect(readJournal(folder)).toMatchObject([{ type: 'SealingFailed', segment: 1, reason }]);
    expect((await FileLog.read(folder)).manifest.status).toBe('completed');
  });

  it('is read on by those who are in the middle of it', async () => {
    const folder = runFolder();
    const log = await FileLog.create(folder, RUN, SMALL);
    const frames = [...sampleFrames(600)];
    for (const frame of frames.slice(0, 200)) log.append(frame);
    const reader = await FileLog.read(folder);
    const begun = log.read({ from: 1 });
    const first = begun.next().value!;
    const followed: number[] = [];
    const following = (async () => {
      for await (const { firstSeq } of reader.tail()) followed.push(firstSeq);
    })();
    for (const frame of frames.slice(200)) {
      log.append(frame);
      if (frame.firstSeq % 50 < 10) await log.durable();
    }
    await log.close('completed');
    expect(segmentsIn(folder)).toEqual(SEALED);
    expect([first, ...begun].map(({ firstSeq }) => firstSeq)).toEqual(
      frames.slice(0, 200).map(({ firstSeq }) => firstSeq),
    );
    await following;
    expect(followed).toEqual(frames.map(({ firstSeq }) => firstSeq));
    expect(contentIn(reader)).toEqual(sampleContent(600));
  });
});

/** What is left of a log of 90 frames when the world ends, and the last fact that was acknowledged before. */
async function endedBy(
  fault: Fault,
): Promise<{ folder: string; acknowledged: number; ended: boolean }> {
  const folder = runFolder();
  mkdirSync(folder);
  const choices = new Choices(fault.at);
  const disk = new DiskWorld(folder, { choices, fault, files: new Map(), tell: () => {} });
  let acknowledged = 0;
  let ended = false;
  try {
    const log = await FileLog.create(folder, RUN, { segmentBytes: 2500, seals: true, disk });
    for (const frame of sampleFrames(90)) {
      const position = log.append(frame);
      if (frame.firstSeq % 300 > 9) continue;
      await log.durable();
      acknowledged = position;
    }
    await log.close('completed');
    ended = true;
  } catch {
    // As it is to be.
  }
  const left = disk.wreck();
  for (const name of [...left.keys()]) if (name.startsWith('lock')) left.delete(name);
  layOut(folder, left);
  return { folder, acknowledged, ended };
}

describe('a log whose writer ends at any step, sealing among them', () => {
  it.each(['kill', 'cut'] as const)(
    'opens with all that was acknowledged, after a %s',
    async (kind) => {
      const whole = sampleContent(90);
      const left = new Set<string>();
      for (let at = 4; ; at++) {
        const { folder, acknowledged, ended } = await endedBy({ at, kind });
        if (!readdirSync(folder).includes('manifest.json')) {
          expect(acknowledged).toBe(0);
          continue;
        }
        for (const name of segmentsIn(folder)) left.add(name);
        const log = await FileLog.open(folder, { segmentBytes: 2500, seals: true });
        expect(log.position).toBeGreaterThanOrEqual(acknowledged);
        const content = contentIn(log);
        expect(content).toEqual(whole.slice(0, content.length));
        for (const frame of [...sampleFrames(90)].slice(content.length)) log.append(frame);
        await log.close('completed');
        expect(segmentsIn(folder).filter((name) => name.endsWith('.log'))).toHaveLength(1);
        expect((await FileLog.read(folder)).chainHash()).toBe(chainOf(90));
        if (ended) break;
      }
      expect([...left]).toEqual(
        expect.arrayContaining(['00000001.log', '00000001.log.zst.tmp', '00000001.log.zst']),
      );
    },
    60_000,
  );
});

describe('the state at a fact, asked for beside a run that seals', () => {
  it('is that of the run', async () => {
    const folder = runFolder();
    const options = {
      config: configOf({ symbols: ['AAPL', 'MSFT'], start: '2024-01-02', end: '2024-01-03' }),
      data: {
        AAPL: barsOf({ dates: ['2024-01-02', '2024-01-03'], seed: 1 }),
        MSFT: barsOf({ dates: ['2024-01-02', '2024-01-03'], seed: 2 }),
      },
    };
    const logOptions = { segmentBytes: 8000, seals: true };
    const session = await openSession({ ...options, log: folder, logOptions });
    const reader = await FileLog.read(folder);
    const seen: [number, unknown][] = [];
    for await (const { lastSeq } of session) {
      if (lastSeq % 16 !== 0) continue;
      await (session.log as unknown as FileLog).durable();
      const seq = 1 + ((lastSeq * 7919) % lastSeq);
      seen.push([seq, plainState(reader.stateAt(seq))]);
    }
    await session.close();
    expect(segmentsIn(folder).filter((name) => name.endsWith('.zst')).length).toBeGreaterThan(2);
    await using calm = await openSession(options);
    await calm.finish();
    expect(seen.length).toBeGreaterThan(10);
    for (const [seq, state] of seen) expect(state).toEqual(plainState(calm.log.stateAt(seq)));
  });
});
