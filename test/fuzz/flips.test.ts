/** One changed byte anywhere in a log of 1 MiB. `FUZZ=100000` tries 10,000 places. */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FileLog, LogCorrupted, sealLog } from '../../src/index.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { HEADER_BYTES, readHeader } from '../../src/store/record.ts';
import { Choices } from '../choices.ts';
import { RUN } from '../store/runFolders.ts';
import { sampleFrames } from '../store/sampleFrames.ts';
import { casesOf, quickFolder } from './cases.ts';

const CASES = casesOf({ usual: 40, part: 0.1 });
const MIB = 1 << 20;

/** A record, or a batch of them. */
interface Place {
  readonly offset: number;
  readonly end: number;
  /** The last fact before it. */
  readonly lastSeq: number;
}

let raw: string;
let sealed: string;

beforeAll(async () => {
  const folder = quickFolder();
  raw = join(folder, 'raw');
  sealed = join(folder, 'sealed');
  for (const run of [raw, sealed]) {
    const log = await FileLog.create(run, RUN);
    for (const frame of sampleFrames()) {
      log.append(frame);
      if (log.bytes > MIB) break;
    }
    await log.close('completed');
  }
  await sealLog(sealed);
});

/** @param lead bytes before the header of each record, as sealed segments have them */
function placesIn(bytes: Buffer, lead: number): Place[] {
  const places: Place[] = [];
  let lastSeq = 0;
  for (let offset = 0; offset < bytes.length; ) {
    const header = readHeader(bytes.subarray(offset + lead))!;
    const end = offset + lead + HEADER_BYTES + header.payloadBytes;
    places.push({ offset, end, lastSeq });
    if (header.kind === 'frame' || header.kind === 'batch') lastSeq += header.count;
    offset = end;
  }
  return places;
}

/** Changes bytes one after the other, and has `expectTold` look at each. */
async function flipBytes(
  path: string,
  lead: number,
  expectTold: (place: Place, isLast: boolean, at: number) => Promise<void>,
): Promise<void> {
  const bytes = readFileSync(path);
  const places = placesIn(bytes, lead);
  const fd = openSync(path, 'r+');
  for (const number of CASES) {
    const choices = new Choices(number);
    const at = choices.below(bytes.length);
    const index = places.findIndex(({ end }) => at < end);
    writeSync(fd, Buffer.from([bytes[at]! ^ (1 << choices.below(8))]), 0, 1, at);
    await expectTold(places[index]!, index === places.length - 1, at);
    writeSync(fd, bytes, at, 1, at);
  }
  closeSync(fd);
}

async function openingOf(folder: string): Promise<LogCorrupted> {
  try {
    const log = await FileLog.read(folder);
    for (const _ of log.read());
  } catch (error) {
    if (error instanceof LogCorrupted) return error;
    throw error;
  }
  throw new Error('nothing was noticed');
}

describe('one changed byte of a log of 1 MiB', () => {
  const limit = 3600 * 1000;

  it(
    `is told with its record and the last good fact, at ${CASES.length} places`,
    async () => {
      await flipBytes(join(raw, '00000001.log'), 0, async ({ offset, lastSeq }, isLast, at) => {
        const { damage } = checkLog(raw);
        const told = { segment: '00000001.log', offset, lastGoodSeq: lastSeq };
        expect(damage, `byte ${at}`).toMatchObject(told);
        if (!isLast) expect(damage!.message).toContain(`at byte ${offset}: the `);
        expect(await openingOf(raw), `byte ${at}`).toMatchObject(told);
      });
    },
    limit,
  );

  it(
    `is told with its batch where the segment is sealed, at ${CASES.length} places`,
    async () => {
      const name = '00000001.log.zst';
      await flipBytes(join(sealed, name), 8, async ({ offset, lastSeq }, _isLast, at) => {
        const told = { segment: name, offset, lastGoodSeq: lastSeq };
        expect(checkLog(sealed).damage, `byte ${at}`).toMatchObject(told);
        expect(await openingOf(sealed), `byte ${at}`).toMatchObject(told);
      });
    },
    limit,
  );
});
