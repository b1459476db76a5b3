import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LogCorrupted, LogWriteFailed, UsageError } from '../../src/domain/errors.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { FileLog } from '../../src/store/fileLog.ts';
import { readJournal } from '../../src/store/journal.ts';
import { readManifest } from '../../src/store/manifest.ts';
import { HEADER_BYTES, type RecordHeader, readHeader } from '../../src/store/record.ts';
import { salvageLog } from '../../src/store/salvage.ts';
import { sealLog } from '../../src/store/sealLog.ts';
import { random } from '../support.ts';
import { chainOf, completedRun, contentIn, filesIn, RUN, sampleContent } from './runFolders.ts';
import { sampleFrames } from './sampleFrames.ts';

const FRAMES = 600;
const frames = [...sampleFrames(FRAMES)];
const content = sampleContent(FRAMES);
/** Facts of the first so many frames. */
const factsOf = (count: number) =>
  frames.slice(0, count).reduce((sum, frame) => sum + frame.count, 0);
const LAST = factsOf(FRAMES);

/** Four segments. */
const newRun = () => completedRun(FRAMES, { segmentBytes: 40_000 });

function change(folder: string, name: string, edit: (bytes: Buffer) => Buffer | undefined): void {
  const path = join(folder, name);
  const bytes = readFileSync(path);
  writeFileSync(path, edit(bytes) ?? bytes);
}

interface Place {
  readonly header: RecordHeader;
  readonly offset: number;
  readonly end: number;
}

function recordsIn(bytes: Buffer): Place[] {
  const places: Place[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const header = readHeader(bytes.subarray(offset))!;
    const end = offset + HEADER_BYTES + header.payloadBytes;
    places.push({ header, offset, end });
    offset = end;
  }
  return places;
}

/** Salvages a damaged run: what is copied is a whole log, and goes on to what the run would have been. */
async function salvaged(folder: string) {
  const before = filesIn(folder);
  const into = `${folder}-salvaged`;
  const result = salvageLog(folder, into)!;
  expect(filesIn(folder)).toEqual(before);
  const count = frames.findIndex(({ firstSeq }) => firstSeq > result.position);
  const kept = count === -1 ? FRAMES : count;
  expect(result.position).toBe(factsOf(kept));
  expect(result.at).toBe(frames[kept - 1]!.at);
  expect(checkLog(into)).toMatchObject({
    damage: null,
    tornBytes: 0,
    position: result.position,
    chainHash: chainOf(kept),
  });
  expect(contentIn(await FileLog.read(into))).toEqual(content.slice(0, kept));
  const log = await FileLog.open(into);
  expect(log.recovered).toBeNull();
  for (const frame of frames.slice(kept)) log.append(frame);
  expect(log.chainHash()).toBe(chainOf(FRAMES));
  await log.close('completed');
  expect(checkLog(into).damage).toBeNull();
  rmSync(into, { recursive: true });
  return result;
}

describe('a damaged log', () => {
  it('is salvaged up to the last frame before the damage, raw and sealed', async () => {
    for (const sealed of [false, true]) {
      const folder = await newRun();
      const { end, header } = recordsIn(readFileSync(join(folder, '00000002.log')))[50]!;
      if (sealed) await sealLog(folder);
      const name = sealed ? '00000002.log.zst' : '00000002.log';
      change(folder, name, (bytes) => {
        bytes[sealed ? 5_000 : end - 1]! ^= 16;
        return undefined;
      });
      const { position, lost, damage } = await salvaged(folder);
      expect(damage).toMatchObject({ segment: name, lastGoodSeq: position });
      expect(position + lost!).toBe(LAST);
      if (!sealed) expect(position).toBe(header.firstSeq - 1);
    }
  });

  it('is salvaged where a segment is missing, cut short or empty', async () => {
    const folder = await newRun();
    const path = join(folder, '00000002.log');
    const good = readFileSync(path);
    const [head, first, second] = recordsIn(good);
    truncateSync(path, second!.offset);
    expect((await salvaged(folder)).position).toBe(
      first!.header.firstSeq + first!.header.count - 1,
    );
    truncateSync(path, 0);
    expect((await salvaged(folder)).position).toBe(head!.header.firstSeq - 1);
    rmSync(path);
    expect((await salvaged(folder)).position).toBe(head!.header.firstSeq - 1);
  });

  it('is salvaged up to the last link that holds, where intact records are not those of the run', async () => {
    const folder = await newRun();
    const links = Array.from((await FileLog.read(folder)).links(), ({ lastSeq }) => lastSeq);
    const other = `${folder}-other`;
    const log = await FileLog.create(other, RUN, { segmentBytes: 40_000, seals: false });
    for (const frame of sampleFrames(FRAMES)) {
      const [block] = frame.sections;
      if (block?.kind === 'block' && block.type === 'BarAppended') block.columns[7]!.data[0]! += 1;
      log.append(frame);
    }
    await log.close('completed');
    const others = readFileSync(join(other, '00000002.log'));
    const place = recordsIn(others)[60]!;
    change(folder, '00000002.log', (bytes) => {
      others.copy(bytes, place.offset, place.offset, place.end);
      return undefined;
    });
    const { position, damage } = await salvaged(folder);
    expect(damage.message).toContain('were altered');
    expect(position).toBe(links.findLast((lastSeq) => lastSeq < place.header.firstSeq));
    expect(position).toBeGreaterThan(0);
  });

  it('is salvaged up to the last link where its manifest does not vouch for what follows', async () => {
    const folder = await newRun();
    const links = Array.from((await FileLog.read(folder)).links(), ({ lastSeq }) => lastSeq);
    change(folder, 'manifest.json', (manifest) =>
      Buffer.from(manifest.toString().replace(/("chain_hash": ").{4}/, '$10000')),
    );
    expect((await salvaged(folder)).position).toBe(links.at(-1));
  });

  it('is salvaged where its end is gone or torn', async () => {
    const folder = await newRun();
    const path = join(folder, '00000004.log');
    const places = recordsIn(readFileSync(path));
    truncateSync(path, places.at(-3)!.offset);
    expect(await salvaged(folder)).toMatchObject({ lost: LAST - factsOf(FRAMES - 3) });
    truncateSync(path, places.at(-5)!.end - 7);
    expect((await salvaged(folder)).position).toBe(factsOf(FRAMES - 5));
  });

  it('is salvaged to a part of what it was, wherever one byte is changed', async () => {
    const folder = await newRun();
    const next = random(5);
    const names = ['00000001.log', '00000002.log', '00000003.log', '00000004.log'];
    for (let i = 0; i < 24; i++) {
      const name = names[i % 4]!;
      const good = readFileSync(join(folder, name));
      const offset = Math.floor(next() * good.length);
      // The very first records hold nothing to be salvaged.
      if (name === names[0] && offset < 2_000) continue;
      change(folder, name, (bytes) => {
        bytes[offset]! ^= 1 + Math.floor(next() * 255);
        return undefined;
      });
      const { position, damage } = await salvaged(folder);
      expect(position).toBe(damage.lastGoodSeq);
      writeFileSync(join(folder, name), good);
    }
  });

  it('leaves a copy that is a run interrupted there, with its journal', async () => {
    const folder = await newRun();
    const entries = [
      { time: '2024-01-01T00:00:00.000Z', seq: 10, type: 'Paused' },
      { time: '2024-01-01T00:00:00.000Z', seq: LAST, type: 'Resumed' },
    ];
    writeFileSync(
      join(folder, 'journal.ndjson'),
      entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    );
    truncateSync(join(folder, '00000003.log'), 20_000);
    const into = `${folder}-copy`;
    mkdirSync(into);
    const { position } = salvageLog(folder, into)!;
    const { closed, status, ...manifest } = readManifest(into);
    expect({ closed, status }).toEqual({ closed: null, status: 'running' });
    expect(manifest).toEqual({ ...readManifest(folder), closed: undefined, status: undefined });
    expect(readJournal(into)).toMatchObject([entries[0], { seq: position, type: 'Salvaged' }]);
    expect(readdirSync(into).sort()).toEqual([
      '00000001.log',
      '00000002.log',
      '00000003.log',
      'journal.ndjson',
      'manifest.json',
    ]);
  });
});

describe('nothing is salvaged', () => {
  it('of a log that is whole, or was interrupted', async () => {
    const folder = await newRun();
    expect(salvageLog(folder, `${folder}-copy`)).toBeNull();
    const log = await FileLog.open(folder);
    await log.close('completed');
    const manifest = readManifest(folder);
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, closed: null }));
    truncateSync(join(folder, '00000004.log'), 10_000);
    expect(salvageLog(folder, `${folder}-copy`)).toBeNull();
    expect(existsSync(`${folder}-copy`)).toBe(false);
  });

  it('where nothing is good, or the copy has no place', async () => {
    const folder = await newRun();
    const before = filesIn(folder);
    const first = readFileSync(join(folder, '00000001.log'));
    change(folder, '00000001.log', (bytes) => {
      bytes[45]! ^= 1;
      return undefined;
    });
    expect(() => salvageLog(folder, `${folder}-copy`)).toThrow(LogCorrupted);
    expect(existsSync(`${folder}-copy`)).toBe(false);
    writeFileSync(join(folder, '00000001.log'), first);
    truncateSync(join(folder, '00000003.log'), 20_000);
    expect(() => salvageLog(folder, folder)).toThrow(UsageError);
    expect(() => salvageLog(folder, `${folder}/../..`)).toThrow(
      /is not empty: choose another folder/,
    );
    expect(() => salvageLog(folder, `${folder}/no/such`)).toThrow(LogWriteFailed);
    expect(() => salvageLog(`${folder}/none`, `${folder}-copy`)).toThrow('holds no run');
    expect(Object.keys(filesIn(folder))).toEqual(Object.keys(before));
  });
});
