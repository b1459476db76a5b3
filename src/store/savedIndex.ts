/** `index.json`: an index as it is kept between runs, with a checksum. What is in it holds up to its checkpoint. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { MarketTime } from '../domain/time.ts';
import type { Disk } from './disk.ts';
import { writeFileWhole } from './durableFile.ts';
import { asSeries, parseJson } from './json.ts';
import type { Checkpoint } from './logState.ts';

const INDEX_FORMAT = 2;
const INDEX_NAME = 'index.json';

/** A place in a segment: from `offset` on come fact `seq`, of market time `at`, and what follows it. */
export interface Mark {
  readonly seq: number;
  readonly at: MarketTime;
  readonly offset: number;
  /** Of the facts up to the next mark; null if that is not known. */
  types: ReadonlySet<string> | null;
}

/** The marks of one segment. */
export interface MarkedSegment {
  readonly number: number;
  readonly firstSeq: number;
  /** Ascending. */
  readonly marks: readonly Mark[];
}

export interface SavedIndex {
  readonly segments: readonly MarkedSegment[];
  /** The last link of the chain when it was made: a reader may begin there. Null if there was none. */
  readonly checkpoint: Checkpoint | null;
}

/** As stored: sets of types are named by their place in a list. */
interface Stored {
  readonly run: string;
  readonly checkpoint: Checkpoint | null;
  readonly sets: readonly (readonly string[])[];
  readonly segments: readonly {
    readonly number: number;
    readonly firstSeq: number;
    readonly marks: readonly (readonly [number, MarketTime, number, number])[];
  }[];
}

export function writeIndex(folder: string, run: string, index: SavedIndex, disk?: Disk): void {
  const sets = new Map<string, number>();
  const setOf = (types: ReadonlySet<string> | null) => {
    if (types === null) return -1;
    const key = [...types].sort().join(' ');
    const known = sets.get(key) ?? sets.size;
    sets.set(key, known);
    return known;
  };
  const segments = index.segments.map(({ number, firstSeq, marks }) => ({
    number,
    firstSeq,
    marks: marks.map(({ seq, at, offset, types }) => [seq, at, offset, setOf(types)] as const),
  }));
  const { checkpoint } = index;
  const lists = [...sets.keys()].map((key) => key.split(' ').filter((type) => type !== ''));
  const stored: Stored = { run, checkpoint, sets: lists, segments };
  const text = JSON.stringify({ format: INDEX_FORMAT, crc: checksum(stored), index: stored });
  writeFileWhole(join(folder, INDEX_NAME), `${text}\n`, disk);
}

/** Null if there is none, or it is damaged, of another run or of another version. */
export function readIndex(folder: string, run: string): SavedIndex | null {
  try {
    const read = parseJson(readFileSync(join(folder, INDEX_NAME), 'utf8')) as {
      readonly format: unknown;
      readonly crc: unknown;
      readonly index: Stored;
    };
    if (read.format !== INDEX_FORMAT || read.crc !== checksum(read.index)) return null;
    return read.index.run === run ? restored(read.index) : null;
  } catch {
    return null;
  }
}

function checksum(stored: Stored): number {
  return crc32(JSON.stringify(stored));
}

/** @throws {TypeError} if it does not hold together */
function restored({ checkpoint, sets, segments }: Stored): SavedIndex {
  const known = sets.map((types) => new Set(types));
  const series = checkpoint === null ? [] : asSeries(checkpoint.series);
  return {
    checkpoint: checkpoint && { ...checkpoint, series },
    segments: segments.map(({ number, firstSeq, marks }) => ({
      number,
      firstSeq,
      marks: marks.map(([seq, at, offset, set], i) => {
        const whole = [seq, at, offset].every(Number.isSafeInteger);
        const [before = 0, , offsetBefore = -1] = marks[i - 1] ?? [];
        const ascends = seq >= before && offset > offsetBefore;
        if (!whole || !ascends) throw new TypeError('a mark is none');
        return { seq, at, offset, types: known[set] ?? null };
      }),
    })),
  };
}
