/**
 * Compares the snapshots beside a log with the states to which its run comes when it is executed again: whoever changes
 * one and mends its checksum is found out.
 */
import { canonicalJson } from '../domain/config/canonical.ts';
import type { SessionData } from '../domain/sessionData.ts';
import type { Tally } from '../domain/tally.ts';
import { ByteReader } from './bytes.ts';
import type { LogReader } from './eventLog.ts';
import { parseJson } from './json.ts';
import { RunState } from './runState.ts';
import { encodeState } from './snapshot.ts';
import { listSnapshots } from './snapshotFiles.ts';

export class SnapshotCheck {
  /** Facts after which another state is read from the snapshots than there was. */
  readonly wrong: number[] = [];
  readonly #log: LogReader;
  readonly #seqs: ReadonlySet<number>;

  /** @param log reads the log of `folder` */
  constructor(folder: string, log: LogReader) {
    this.#log = log;
    this.#seqs = new Set(listSnapshots(folder));
  }

  /** To be called after each frame, with the state after it. O(1) but where there is a snapshot. */
  check(data: SessionData, tally: Tally): void {
    const { seq } = data;
    if (!this.#seqs.has(seq) || !tally.isOf(seq)) return;
    if (this.#isOther(contentOf(data, tally), seq)) this.wrong.push(seq);
  }

  #isOther(made: Content, seq: number): boolean {
    try {
      const { data, tally } = this.#log.stateAt(seq);
      const read = contentOf(data, tally);
      return !read.columns.equals(made.columns) || !saysTheSame(read.json, made.json);
    } catch {
      // A log that cannot be read there is told of by who compares its frames.
      return false;
    }
  }
}

interface Content {
  readonly json: string;
  readonly columns: Buffer;
}

/** A state as plain values and columns. */
function contentOf(data: SessionData, tally: Tally): Content {
  const { body } = encodeState(new RunState(data, tally));
  const reader = new ByteReader(body);
  return { json: reader.text(), columns: body.subarray(reader.at) };
}

/** The order of keys says nothing. */
function saysTheSame(a: string, b: string): boolean {
  return a === b || canonicalJson(parseJson(a)) === canonicalJson(parseJson(b));
}
