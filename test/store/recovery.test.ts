import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLog } from '../../src/store/checkLog.ts';
import { FileLog } from '../../src/store/fileLog.ts';
import { readJournal } from '../../src/store/journal.ts';
import { chainOf, completedRun, contentIn, RUN, runFolder, sampleContent } from './runFolders.ts';
import { sampleFrames } from './sampleFrames.ts';

/** Small segments, so that a few hundred frames fill several. */
const SMALL = { segmentBytes: 40_000 };
const segmentsIn = (folder: string) => readdirSync(folder).filter((name) => /^0/.test(name));

describe('the end of a log that was not closed', () => {
  /** Leaves the folder as a killed writer would, with `bytes` more or fewer at the end. */
  async function torn(change: (path: string, size: number) => void): Promise<string> {
    const folder = await completedRun(600, SMALL);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    writeFileSync(
      join(folder, 'manifest.json'),
      JSON.stringify({ ...manifest, status: 'running', closed: null }),
    );
    const path = join(folder, '00000004.log');
    change(path, readFileSync(path).length);
    return folder;
  }

  const endings: [string, (path: string, size: number) => void, number, number][] = [
    ['in the middle of a frame', (path, size) => truncateSync(path, size - 10), 200, 5752],
    ['after a piece of a header', (path) => appendFileSync(path, 'FRM1xyz'), 7, 5761],
    ['in nothing but zeros', (path) => appendFileSync(path, Buffer.alloc(5000)), 5000, 5761],
    ['in a frame with wrong bytes', (path, size) => spoil(path, size - 1), 210, 5752],
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
      const folder = await torn((path) => writeFileSync(path.replace('4.log', '5.log'), content));
      expect((await FileLog.read(folder)).position).toBe(5761);
      const log = await FileLog.open(folder);
      expect(log.recovered).toEqual(content === '' ? null : { bytesCut: 6, atSeq: 5761 });
      await log.close();
      expect(segmentsIn(folder)).toHaveLength(4);
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
