/** Which facts a filter picks: counted once, and on from there as the log grows. */

import { countIndicesWhile } from '../../domain/bisect.ts';
import { Column } from '../../domain/frame.ts';
import type { LogReader } from '../../store/eventLog.ts';
import type { FactFilter } from '../factFilter.ts';
import type { Clock } from '../factText.ts';
import { FACT_TYPES } from '../factTypes.ts';
import { type ParsedFilter, parseFilter } from './filterText.ts';
import type { RunIndex } from './runIndex.ts';
import { Turns } from './turns.ts';

/** Filters whose hits are kept. */
const KEPT = 12;

/** The hits of one filter so far: their seqs, ascending. */
export class HitList {
  readonly parsed: ParsedFilter;
  readonly seqs = new Column(256);
  /** The last fact that was looked at. */
  counted = 0;
  /** What counts at present. */
  counting: Promise<void> | null = null;
  /** Runs of the index that were looked at, where those are enough. */
  runs = 0;

  constructor(parsed: ParsedFilter) {
    this.parsed = parsed;
  }

  get filter(): FactFilter {
    return this.parsed.filter;
  }

  get total(): number {
    return this.seqs.length;
  }

  at(i: number): number {
    return this.seqs.data[i]!;
  }

  /** Hits with a smaller seq. */
  before(seq: number): number {
    return countIndicesWhile(this.seqs.length, (i) => this.seqs.data[i]! < seq);
  }
}

/** What it takes of a run. */
interface CountedRun {
  readonly log: LogReader;
  readonly index: RunIndex;
  readonly clock: Clock;
  readonly zone: string;
  grow(): Promise<void>;
}

export class Hits {
  readonly #run: CountedRun;
  readonly #lists = new Map<string, HitList>();

  constructor(run: CountedRun) {
    this.#run = run;
  }

  /** The list of a filter, as far as it is counted; null for the filter that picks all. */
  list(q: string): HitList | null {
    const key = q.trim();
    if (key === '') return null;
    let list = this.#lists.get(key);
    if (list === undefined) {
      const { clock, zone } = this.#run;
      list = new HitList(parseFilter(key, clock, zone));
    }
    // The one asked for last stays longest.
    this.#lists.delete(key);
    this.#lists.set(key, list);
    const [oldest] = this.#lists.keys();
    if (this.#lists.size > KEPT) this.#lists.delete(oldest!);
    return list.parsed.all ? null : list;
  }

  /** Counts to the end of the log, or for so long. @returns true if it got there */
  async count(list: HitList, { waitMs = Number.POSITIVE_INFINITY } = {}): Promise<boolean> {
    const { log } = this.#run;
    if (list.counted >= log.position) return true;
    list.counting ??= this.#count(list).finally(() => {
      list.counting = null;
    });
    if (Number.isFinite(waitMs)) {
      const late = new Promise<void>((resolve) => {
        setTimeout(resolve, waitMs);
      });
      await Promise.race([list.counting, late]);
    } else await list.counting;
    return list.counted >= log.position;
  }

  async #count(list: HitList): Promise<void> {
    if (list.parsed.coarse) {
      await this.#run.grow();
      this.#countRuns(list);
      return;
    }
    const { log } = this.#run;
    const turns = new Turns();
    const to = log.position;
    const { types: wanted } = list.filter;
    const types = wanted.size === FACT_TYPES.length ? undefined : wanted;
    for (const frame of log.read({ from: list.counted + 1, to, reuse: true, types })) {
      const last = frame.firstSeq + frame.count - 1;
      if (last <= list.counted) continue;
      for (const fact of list.filter.within(frame, log)) list.seqs.push(fact.seq);
      list.counted = last;
      if (turns.due()) await turns.next();
    }
    list.counted = Math.max(list.counted, to);
  }

  /** Type and actor are known without decoding. */
  #countRuns(list: HitList): void {
    const { index } = this.#run;
    const types = index.types.all.map((type) => list.filter.types.has(type as never));
    const actors = index.actors.all.map((actor) => list.parsed.actors.matches(actor));
    // The last run may have grown since.
    for (let i = Math.max(0, list.runs - 1); i < index.runs; i++) {
      if (!types[index.typeOf.data[i]!] || !actors[index.actorOf.data[i]!]) continue;
      const end = index.endOf(i);
      for (let seq = Math.max(index.seqs.data[i]!, list.counted + 1); seq < end; seq++) {
        list.seqs.push(seq);
      }
    }
    list.runs = index.runs;
    list.counted = index.position;
  }
}
