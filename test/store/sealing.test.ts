import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { createZstdDecompress } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LogCorrupted } from '../../src/domain/errors.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { type Compressor, ZstdCompressor } from '../../src/store/compressor.ts';
import { REAL_DISK } from '../../src/store/disk.ts';
import { FileLog } from '../../src/store/fileLog.ts';
import { KeptBatches } from '../../src/store/keptBatches.ts';
import { recordsOf } from '../../src/store/records.ts';
import { Sealer } from '../../src/store/sealing.ts';
import { sealLog } from '../../src/store/sealLog.ts';
import { chainOf, completedRun, contentIn, RUN, runFolder, sampleContent } from './runFolders.ts';
import { OPEN, sampleFrames } from './sampleFrames.ts';

/** Small segments, so that a few hundred frames fill several. */
const SMALL = { segmentBytes: 40_000 };
const segmentsIn = (folder: string) => readdirSync(folder).filter((name) => /^0/.test(name));

describe('a sealed log', () => {
  it('is smaller and reads the same', async () => {
    const folder = await completedRun(1500, { segmentBytes: 100_000 });
    const plain = await FileLog.read(folder);
    const links = [...plain.links()];
    expect(await sealLog(folder)).toBe(4);
    expect(segmentsIn(folder)).toEqual([1, 2, 3, 4].map((n) => `0000000${n}.log.zst`));
    for (const log of [plain, await FileLog.read(folder)]) {
      expect(contentIn(log)).toEqual(sampleContent(1500));
      expect(contentIn(log, 9000)).toEqual(sampleContent(1500).slice(-564));
      expect(log.seek(OPEN + 1_234 * 60_000)).toBe(11_870);
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

  it('is a zstd file, which any tool turns back', async () => {
    const folder = await completedRun(500);
    const raw = readFileSync(join(folder, '00000001.log'));
    await sealLog(folder);
    const sealed = readFileSync(join(folder, '00000001.log.zst'));
    expect(sealed.length).toBeLessThan(raw.length * 0.8);
    // In small pieces: Node takes one frame from each.
    const pieces = Array.from({ length: sealed.length }, (_, i) => sealed.subarray(i, i + 1));
    const parts = await Readable.from(pieces).pipe(createZstdDecompress()).toArray();
    expect(Buffer.concat(parts).equals(raw)).toBe(true);
  });

  it('holds the same bytes whatever was kept of it, and none that were changed since', async () => {
    const folder = await completedRun(1500, { segmentBytes: 100_000 });
    await sealLog(folder);
    const bytesOf = (kept?: KeptBatches) => {
      const records = recordsOf(folder, Number.POSITIVE_INFINITY, kept);
      return Buffer.concat(Array.from(records, ({ bytes }) => Buffer.from(bytes)));
    };
    const bytes = bytesOf();
    for (const room of [0, 100_000, 1_000_000]) {
      const kept = new KeptBatches(room);
      expect(checkLog(folder, { kept }).damage).toBeNull();
      expect(bytesOf(kept).equals(bytes)).toBe(true);
    }
    const kept = new KeptBatches(1_000_000);
    checkLog(folder, { kept });
    const path = join(folder, '00000002.log.zst');
    const sealed = readFileSync(path);
    sealed[sealed.length >> 1]! ^= 1;
    writeFileSync(path, sealed);
    expect(() => bytesOf(kept)).toThrow('does not match its checksum');
  });

  it('is given up where it is damaged once nobody works on it any more', async () => {
    const folder = await completedRun(1500);
    const path = join(folder, '00000001.log');
    const raw = readFileSync(path);
    // In the second batch, while the first is being compressed.
    raw[100_000]! ^= 1;
    writeFileSync(path, raw);
    let busy = 0;
    const later = async <T>(work: Promise<T>) => {
      busy += 1;
      await setTimeout(5);
      busy -= 1;
      return work;
    };
    const compressor = (): Compressor => {
      const real = new ZstdCompressor();
      return {
        compress: (bytes) => later(real.compress(bytes)),
        holds: (frame, bytes) => later(real.holds(frame, bytes)),
        close: () => real.close(),
      };
    };
    const sealer = new Sealer({ ...REAL_DISK, compressor });
    await expect(sealer.seal(folder, 1)).rejects.toThrow(LogCorrupted);
    expect(busy).toBe(0);
    sealer.close();
    expect(readFileSync(path).equals(raw)).toBe(true);
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
