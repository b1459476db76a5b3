/** Every byte of a log is changed, one after the other, and each time that must be told. */
import { readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LogCorrupted } from '../../src/domain/errors.ts';
import type { Frame } from '../../src/domain/frame.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { FileLog } from '../../src/store/fileLog.ts';
import { HEADER_BYTES, nameOf, type RecordKind, readHeader } from '../../src/store/record.ts';
import { sealLog } from '../../src/store/sealLog.ts';
import { listSegments, segmentName } from '../../src/store/segments.ts';
import { completedRun, filesIn, RUN, runFolder } from './runFolders.ts';
import { blockOf, frameOf, OPEN, SERIES } from './sampleFrames.ts';

interface Place {
  readonly kind: RecordKind;
  readonly name: string;
  readonly offset: number;
  readonly end: number;
  /** The last fact before it. */
  readonly lastSeq: number;
}

const phase = (number: number) => [
  { type: 'PhaseEntered', by: 'session', cause: null, phase: number, name: 'active', date: null },
];

/** One frame of each kind, with links between, and one more so that none is the last. */
function* frames(volume: number): Generator<Frame> {
  const bar = [0, 0, OPEN, 187.15, 187.44, 187, 187.32, volume, 1, 1];
  const history = blockOf('HistoricalBarsLoaded', 'session/loading', [bar.slice(2)]);
  history.extra = { cause: 1, symbol: 'AAPL', interval: '1m' };
  const sections = [
    phase(0),
    history,
    blockOf('BarAppended', 'session/feed', [bar]),
    blockOf('BarDerived', 'session/processor', [bar]),
    blockOf('IndicatorUpdated', 'session/processor', [[2, 3, 1, 187.32]]),
    phase(1),
    [
      ...phase(2),
      { type: 'QueuesCleared', by: 'session', cause: 7, date: '2024-01-02', bars: volume },
    ],
  ];
  for (const [i, section] of sections.entries()) {
    yield frameOf({ firstSeq: i + 1, at: OPEN }, [section], i === 0 ? SERIES : []);
  }
}

async function writeRun(volume = 1200): Promise<string> {
  const folder = runFolder();
  const log = await FileLog.create(folder, RUN);
  for (const frame of frames(volume)) log.append(frame);
  await log.close('completed');
  return folder;
}

function placesIn(bytes: Buffer): Place[] {
  const places: Place[] = [];
  let lastSeq = 0;
  for (let offset = 0; offset < bytes.length; ) {
    const header = readHeader(bytes.subarray(offset))!;
    const end = offset + HEADER_BYTES + header.payloadBytes;
    places.push({ kind: header.kind, name: nameOf(header), offset, end, lastSeq });
    if (header.kind === 'frame') lastSeq += header.count;
    offset = end;
  }
  return places;
}

function damageIn(folder: string): LogCorrupted {
  const { damage } = checkLog(folder);
  if (damage === null) throw new Error('nothing was noticed');
  return damage;
}

describe('a changed byte', () => {
  it('is noticed in every kind of record, and the record named', async () => {
    const folder = await writeRun();
    const path = join(folder, '00000001.log');
    const bytes = readFileSync(path);
    const places = placesIn(bytes);
    expect(places.map(({ name }) => name)).toEqual([
      'the segment head',
      'a frame of control facts',
      'a frame of HistoricalBarsLoaded facts',
      'a frame of BarAppended facts',
      'a frame of BarDerived facts',
      'a frame of IndicatorUpdated facts',
      'a chain link',
      'a frame of control facts',
      'a chain link',
      'a frame of control facts',
    ]);
    const words = { head: 'the segment head', frame: 'a frame', link: 'a chain link', batch: '' };
    for (const { kind, name, offset, end, lastSeq } of places.slice(0, -1)) {
      for (let at = offset; at < end; at++) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= 1 << (at % 8);
        writeFileSync(path, changed);
        const damage = damageIn(folder);
        expect(damage).toMatchObject({ segment: '00000001.log', offset, lastGoodSeq: lastSeq });
        const what =
          at < offset + HEADER_BYTES ? `the header of ${words[kind]}` : `the payload of ${name}`;
        expect(damage.message).toBe(
          `the log is damaged in segment "00000001.log" at byte ${offset}: ${what} does not match its ` +
            `checksum; the last good fact is ${lastSeq}: restore the file, or salvage the log up to there`,
        );
      }
    }
  });

  it('is noticed at the end of a closed log', async () => {
    const folder = await writeRun();
    const path = join(folder, '00000001.log');
    const bytes = readFileSync(path);
    const { offset, end, lastSeq } = placesIn(bytes).at(-1)!;
    for (let at = offset; at < end; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 255;
      writeFileSync(path, changed);
      const damage = damageIn(folder);
      expect(damage).toMatchObject({ segment: '00000001.log', offset, lastGoodSeq: lastSeq });
      expect(damage.message).toMatch(
        /^the log was closed with fact 8, and ends with fact 6, where the .* a frame/,
      );
    }
  });

  it('is noticed in every byte of a sealed segment', async () => {
    const folder = await writeRun();
    await sealLog(folder);
    const path = join(folder, '00000001.log.zst');
    const bytes = readFileSync(path);
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << (at % 8);
      writeFileSync(path, changed);
      const damage = damageIn(folder);
      expect(damage).toMatchObject({ segment: '00000001.log.zst', offset: 0, lastGoodSeq: 0 });
      expect(damage.message).toContain('a batch of a sealed segment');
    }
  });
});

describe('a damaged log', () => {
  /** Four segments; the damage is in the second one: in a frame's payload, or in a sealed batch. */
  async function damagedRun(sealed: boolean): Promise<string> {
    const folder = await completedRun(600, { segmentBytes: 40_000 });
    const raw = join(folder, '00000002.log');
    const frame = placesIn(readFileSync(raw))[50]!;
    if (sealed) await sealLog(folder);
    const path = sealed ? `${raw}.zst` : raw;
    const bytes = readFileSync(path);
    bytes[sealed ? 5000 : frame.end - 1]! ^= 16;
    writeFileSync(path, bytes);
    return folder;
  }

  it('is not opened for writing, and nothing in it is changed', async () => {
    for (const sealed of [false, true]) {
      const folder = await damagedRun(sealed);
      const before = filesIn(folder);
      await expect(FileLog.open(folder)).rejects.toThrow(LogCorrupted);
      expect(filesIn(folder)).toEqual(before);
    }
  });

  it('is read up to the damage', async () => {
    for (const sealed of [false, true]) {
      const folder = await damagedRun(sealed);
      const before = filesIn(folder);
      const { lastGoodSeq } = damageIn(folder);
      expect(lastGoodSeq).toBeGreaterThan(1600);
      const log = await FileLog.read(folder);
      let read = 0;
      expect(() => {
        for (const { firstSeq, count } of log.read()) read = firstSeq + count - 1;
      }).toThrow(`the last good fact is ${lastGoodSeq}`);
      expect(read).toBe(lastGoodSeq);
      expect(filesIn(folder)).toEqual(before);
    }
  });

  it('tells what is good before the damaged head of its last segment', async () => {
    const folder = await completedRun(900, { segmentBytes: 30_000 });
    const last = listSegments(folder).length;
    expect(last).toBeGreaterThan(2);
    const path = join(folder, segmentName(last));
    const bytes = readFileSync(path);
    const { firstSeq } = readHeader(bytes)!;
    bytes[60]! ^= 4;
    writeFileSync(path, bytes);
    await expect(FileLog.read(folder)).rejects.toThrow(`the last good fact is ${firstSeq - 1}:`);
    expect(firstSeq).toBeGreaterThan(100);
  });

  it('is not read at all if the damage is in its last segment', async () => {
    const folder = await writeRun();
    const path = join(folder, '00000001.log');
    const bytes = readFileSync(path);
    bytes[placesIn(bytes)[3]!.offset + 50]! ^= 4;
    writeFileSync(path, bytes);
    const before = filesIn(folder);
    await expect(FileLog.read(folder)).rejects.toThrow('a frame of BarAppended facts');
    expect(filesIn(folder)).toEqual(before);
  });
});

describe('records that are intact', () => {
  it('are noticed where they are missing, doubled or out of order', async () => {
    const folder = await writeRun();
    const path = join(folder, '00000001.log');
    const bytes = readFileSync(path);
    const parts = placesIn(bytes).map(({ offset, end }) => bytes.subarray(offset, end));
    const order = (...numbers: number[]) => numbers.map((number) => parts[number]!);
    const edits: [Buffer[], string][] = [
      [order(0, 1, 3, 4, 5, 6, 7, 8, 9), 'it begins with fact 3, not 2'],
      [order(0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9), 'it begins with fact 3, not 4'],
      [order(0, 1, 2, 3, 4, 5, 7, 8, 9), 'the chain link before it is missing'],
      [order(0, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9), 'it does not cover the facts before it'],
      [order(0, 1, 6, 2, 3, 4, 5, 7, 8, 9), 'it does not cover the facts before it'],
      [order(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), 'it is out of place'],
      [order(1, 2, 3), 'it is out of place'],
      [
        order(0, 1, 2, 3, 4, 5, 6, 7, 8),
        'the log was closed with fact 8, and ends with fact 6 (segment "00000001.log", byte',
      ],
    ];
    for (const [records, message] of edits) {
      writeFileSync(path, Buffer.concat(records));
      expect(damageIn(folder).message).toContain(message);
    }
  });

  it('are noticed by the chain where they are those of another run', async () => {
    const [folder, other] = [await writeRun(), await writeRun(1300)];
    const paths = [folder, other].map((run) => join(run, '00000001.log'));
    const [bytes, others] = paths.map((path) => readFileSync(path));
    const places = placesIn(bytes!);
    const swap = (number: number) => {
      const { offset, end } = places[number]!;
      const changed = Buffer.from(bytes!);
      others!.copy(changed, offset, offset, end);
      writeFileSync(paths[0]!, changed);
      return damageIn(folder);
    };
    for (const number of [2, 3, 4, 6]) {
      const damage = swap(number);
      expect(damage).toMatchObject({ offset: places[6]!.offset, lastGoodSeq: 0 });
      expect(damage.message).toContain(
        'a chain link does not belong here: facts from 1 on were altered',
      );
    }
    expect(swap(9).message).toContain('and facts from 7 on were altered');
  });

  it('are noticed where another run had other facts', async () => {
    const folder = await completedRun(600, { segmentBytes: 40_000 });
    const other = runFolder();
    const log = await FileLog.create(other, RUN, { segmentBytes: 40_000, seals: false });
    let changed = false;
    for (const frame of (await FileLog.read(folder)).read()) {
      const [block] = frame.sections;
      if (!changed && block?.kind === 'block' && block.type === 'BarAppended') {
        block.columns[7]!.data[0]! += 1;
        changed = true;
      }
      log.append(frame);
    }
    await log.close('completed');
    for (const [name, message] of [
      [
        '00000001.log',
        'the segment head does not belong here: it does not continue the segment before',
      ],
      [
        '00000002.log',
        'the segment head does not belong here: it does not continue the segment before',
      ],
      [
        '00000004.log',
        'the segment head does not belong here: it does not continue the segment before',
      ],
    ] as const) {
      const path = join(folder, name);
      const good = readFileSync(path);
      writeFileSync(path, readFileSync(join(other, name)));
      expect(damageIn(folder).message).toContain(message);
      writeFileSync(path, good);
    }
    expect(checkLog(folder).damage).toBeNull();
  });

  it('are not enough if a segment is cut short, empty or not there', async () => {
    const folder = await completedRun(600, { segmentBytes: 40_000 });
    const path = join(folder, '00000002.log');
    const good = readFileSync(path);
    truncateSync(path, placesIn(good)[5]!.offset);
    expect(damageIn(folder)).toMatchObject({ segment: '00000003.log', offset: 0 });
    const log = await FileLog.read(folder);
    expect(() => [...log.read()]).toThrow(/"00000003.log" at byte \d+: fact \d+ is not there/);
    truncateSync(path, 0);
    expect(damageIn(folder)).toMatchObject({ segment: '00000003.log', offset: 0 });
    unlinkSync(path);
    expect(damageIn(folder).message).toContain('segment "00000002.log" is missing from the log');
    await expect(FileLog.read(folder)).rejects.toThrow(
      'segment "00000002.log" is missing from the log',
    );
  });
});
