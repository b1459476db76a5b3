/**
 * One run as the inspector's questions see it: its log with what was found out about it so far.
 *
 * It reads through the port of the log only, so that it runs where the log is: in a server over files, beside a
 * running session, and in a page that was exported with its facts.
 */
import type { Calendar } from '../../domain/calendar/calendar.ts';
import { isoInZone } from '../../domain/calendar/display.ts';
import { UsageError } from '../../domain/errors.ts';
import type { Fact } from '../../domain/facts.ts';
import type { SessionData } from '../../domain/sessionData.ts';
import { measuresQuality } from '../../domain/sessionJson.ts';
import { SessionView } from '../../domain/sessionView.ts';
import type { MarketTime } from '../../domain/time.ts';
import type { LogReader } from '../../store/eventLog.ts';
import { factAt } from '../factFilter.ts';
import type { Damage, FactRow } from '../protocol/basics.ts';
import type { RunStatus } from '../protocol/run.ts';
import type { RunState } from '../stateAt.ts';
import { ChartsByActor, chartsOfEngine } from './chartTree.ts';
import { Hits } from './hits.ts';
import { type JsonObject, lazyState } from './lazyState.ts';
import { rowOf } from './rows.ts';
import { RunIndex } from './runIndex.ts';
import { States } from './states.ts';
import { SymbolTracks } from './symbolTracks.ts';
import { Turns } from './turns.ts';

/** Where a run comes from. */
export interface RunSource {
  readonly log: LogReader;
  readonly calendar: Calendar;
  /** Name of its folder, or what else to call it. */
  readonly folder: string;
  /** The way to its folder from where the inspector was started, as it was given. */
  readonly path: string;
  /** As `manifest.json` has it now; empty for a log in memory. */
  manifest(): Readonly<Record<string, unknown>>;
  status(): RunStatus;
  /** True while more may be appended. */
  live(): boolean;
  bytes(): number;
  /** Null unless the log can be read to its end. */
  readonly damage: Damage | null;
  /** What an export says of the program that makes it. */
  readonly system: Readonly<Record<string, string>>;
}

export class InspectedRun {
  readonly source: RunSource;
  readonly index = new RunIndex();
  readonly hits: Hits;
  readonly tracks: SymbolTracks;
  readonly charts = chartsOfEngine();
  readonly chartsByActor = new ChartsByActor(this.charts);
  readonly #states: States;
  #json: { of: RunState; seq: number; json: JsonObject } | null = null;
  #growing: Promise<void> | null = null;
  /** Neighbours mostly share their time. */
  #time: { at: MarketTime; text: string } = { at: Number.NaN, text: '' };

  constructor(source: RunSource) {
    this.source = source;
    this.#states = new States(source.log);
    this.hits = new Hits(this);
    this.tracks = new SymbolTracks(source.log);
  }

  get log(): LogReader {
    return this.source.log;
  }

  get zone(): string {
    return this.source.calendar.zone;
  }

  /** True if the index knows all of the log as far as that is known. */
  get indexed(): boolean {
    return this.index.position >= this.log.position;
  }

  /** Brings the index up to the present end of the log, in pieces: others get their turn. */
  grow(onProgress: () => void = () => {}): Promise<void> {
    this.#growing ??= this.#grow(onProgress).finally(() => {
      this.#growing = null;
    });
    return this.#growing;
  }

  /** Takes in the first frames at once: config and symbols. */
  begin(): void {
    for (const frame of this.log.read({ from: this.index.position + 1, to: 1, reuse: true })) {
      this.index.add(frame);
    }
  }

  async #grow(onProgress: () => void): Promise<void> {
    const { index, log } = this;
    const turns = new Turns();
    // Whoever looks for more in a log of files has it look at the files.
    for (const frame of log.read({ from: index.position + 1, reuse: true })) {
      if (frame.firstSeq > index.position) index.add(frame);
      if (!turns.due()) continue;
      onProgress();
      await turns.next();
    }
  }

  /** @throws {UsageError} if the log does not hold fact `seq`; 0 is before the first */
  check(seq: number): number {
    const { position } = this.log;
    if (seq <= position) return seq;
    throw new UsageError(`the log has no fact ${seq}: choose one up to ${position}`);
  }

  fact(seq: number): Fact {
    if (seq < 1) throw new UsageError('facts are numbered from 1');
    return factAt(this.log, this.check(seq));
  }

  row(fact: Fact): FactRow {
    return rowOf(fact, this.clock);
  }

  /** Exchange time, such as `2024-01-02 09:31:00`. */
  readonly clock = (at: MarketTime): string => {
    if (at !== this.#time.at) {
      this.#time = { at, text: isoInZone(at, this.zone).slice(0, 19).replace('T', ' ') };
    }
    return this.#time.text;
  };

  /** The folded state after fact `seq`: to be read at once. */
  state(seq: number): RunState {
    return this.#states.at(this.check(seq));
  }

  /** The export of that state: to be read at once, for symbols are made as they are looked at. */
  stateJson(seq: number): JsonObject {
    const state = this.state(seq);
    // A state that was folded on is another one.
    if (this.#json?.of !== state || this.#json.seq !== seq) {
      this.#json = { of: state, seq, json: lazyState(state, this.#context()) };
    }
    return this.#json.json;
  }

  /** What strategies could read of a state. */
  viewOf(data: SessionData): SessionView {
    return new SessionView(data, { qualityEnabled: measuresQuality(this.index.config ?? {}) });
  }

  #context() {
    const { calendar, system } = this.source;
    return { calendar, system, config: this.index.config ?? {} };
  }
}
