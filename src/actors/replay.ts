/**
 * The script of a re-execution: what the recorded run was told from outside, each thing given again exactly
 * where it was received. Everything else a run decides again by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { sentenceOf } from '../domain/errors.ts';
import type { Fact } from '../domain/facts.ts';
import type { MarketTime } from '../domain/time.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { AdhocBar } from './inbox.ts';
import type { Recorder } from './recorder.ts';
import type { Verbs } from './verbs.ts';

/** One thing that a recorded run was told from outside. */
export interface OutsideMessage {
  /** Seq of the fact that puts it on the record; the earliest one where only its time counts. */
  readonly seq: number;
  /** True where only its time counts: what happens before it is not what happened when it was received. */
  readonly byTime?: boolean;
  readonly at: MarketTime;
  /** True if a frame begins with it: what was recorded before is a frame of its own. */
  readonly opens: boolean;
  /** As in `MessageReceived`; `session.stop` leaves no such fact. */
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What the log tells of the world outside, so that it is the same again. */
export interface RecordedWorld {
  /** Null after the last one. */
  factAt(seq: number): Fact | null;
  /** Symbols whose data could not be read at the load that begins after fact `seq`, and the reasons recorded. */
  unreadAfter(seq: number): ReadonlyMap<string, string>;
  /** True if message `received` was refused, or its symbol taken back (`SymbolRemoved`), when the run ended. */
  wasLeft(what: string, received: number): boolean;
  /** Why the change asked for by message `received` was refused; undefined if it was not. */
  refusalOf(received: number): string | undefined;
}

export interface ReplayParts {
  /** In the order received. */
  readonly messages: readonly OutsideMessage[];
  readonly world: RecordedWorld;
  /** The last fact that is executed again; what comes after it is new. */
  readonly to: number;
  /** Facts after which a strategy takes over from another one, ascending. */
  readonly turns?: readonly number[];
}

/** Acts on the run that is executed again. */
export interface ReplayHands {
  readonly recorder: Recorder;
  readonly verbs: Verbs;
  stop(): void;
  /** Has strategies take over whose turn comes after fact `seq`. */
  takeOver(seq: number): void;
  /** Has the session look for what is asked of it. */
  interrupt(): void;
  /** True while a scanner waits for an answer: what comes next may hang on whoever takes its turn. */
  isAwaited(): boolean;
}

/** Host time after which nobody else is expected to record anything. */
const PATIENCE_MS = 2_000;
/** How often to look where the one that would come next may itself be waiting for the caller. */
const LOOKS_MAX = 4;
const NEVER = Number.POSITIVE_INFINITY;

export class Replay {
  readonly #parts: ReplayParts;
  #hands: ReplayHands | null = null;
  #next = 0;
  #turns: readonly number[];
  #delivering = false;
  /** Why a message could not be given again; null if all could. */
  failure: string | null = null;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#turns = parts.turns ?? [];
  }

  bind(hands: ReplayHands): void {
    this.#hands = hands;
    this.#turn();
    hands.recorder.onReached = () => queueMicrotask(() => this.deliver());
    this.#await();
  }

  #turn(): void {
    const { recorder, takeOver } = this.#hands!;
    const [seq = NEVER, ...later] = this.#turns;
    recorder.turning = seq;
    recorder.onTurning = () => {
      this.#turns = later;
      this.#turn();
      takeOver(seq);
    };
  }

  /** What the past says of the world outside; null once it is over. */
  get world(): RecordedWorld | null {
    const isPast = (this.#hands?.recorder.seq ?? 0) < this.#parts.to;
    return isPast ? this.#parts.world : null;
  }

  /** True where the next message was received; no fact may be recorded before it. */
  isDue(): boolean {
    const message = this.#parts.messages[this.#next];
    if (message === undefined || this.#hands === null) return false;
    const { seq, at, isPending, log } = this.#hands.recorder;
    if (message.byTime) return log.position >= message.seq - 1 && at >= message.at;
    if (seq !== message.seq - 1 || (message.opens && isPending)) return false;
    return at >= message.at && seq > 0;
  }

  /** Gives the run every message that is due. */
  deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    this.#endFrame();
    while (this.isDue()) {
      const message = this.#parts.messages[this.#next]!;
      this.#next += 1;
      try {
        tell(message, this.#hands!);
      } catch (error) {
        // What it should have led to is missing then, which is where the runs part.
        this.failure ??= `"${message.message}" could not be given again: ${sentenceOf(error)}`;
      }
    }
    this.#delivering = false;
    this.#await();
  }

  /** True if what was recorded next is such a fact, or nothing is. */
  isTurn(isMine: (fact: Fact) => boolean): boolean {
    const next = this.world?.factAt(this.#hands!.recorder.seq + 1) ?? null;
    return next === null || isMine(next);
  }

  /**
   * Waits until what was recorded next is what the caller is about to record: how long the host takes for one
   * thing beside another is no matter of the market. If it does not come to that, the runs have parted.
   */
  async turn(isMine: (fact: Fact) => boolean): Promise<void> {
    let seen = { seq: -1, at: 0, looks: 0 };
    for (;;) {
      if (this.isTurn(isMine)) return;
      const { recorder, isAwaited } = this.#hands!;
      const { seq } = recorder;
      if (seq !== seen.seq) seen = { seq, at: performance.now(), looks: 0 };
      else if (performance.now() - seen.at > PATIENCE_MS) return;
      if (isAwaited() && seen.looks >= LOOKS_MAX) return;
      seen.looks += 1;
      await sleep(1);
    }
  }

  /** What was a frame before a message came is one again. */
  #endFrame(): void {
    const { recorder } = this.#hands!;
    const message = this.#parts.messages[this.#next];
    const ends = message?.opens === true && recorder.seq === message.seq - 1;
    if (ends && this.world !== null) recorder.commit();
  }

  /** Where a frame ends and a message is due, the slice ends as well. */
  cutsHere(): boolean {
    if (!this.isDue()) return false;
    queueMicrotask(() => this.deliver());
    return true;
  }

  #await(): void {
    const { recorder } = this.#hands!;
    const before = (this.#parts.messages[this.#next]?.seq ?? NEVER) - 1;
    // Where only the time counts, whoever asks between two frames finds out.
    recorder.awaited = recorder.seq > before ? NEVER : before;
  }
}

function tell({ message, detail }: OutsideMessage, hands: ReplayHands): void {
  const { verbs } = hands;
  const symbol = String(detail.symbol);
  if (message === 'session.stop') hands.stop();
  else if (message === 'symbol.add') verbs.addSymbol(symbol, detail.streams as string[]);
  else if (message === 'symbol.remove') verbs.removeSymbol(symbol, detail.force === true);
  else if (message === 'indicator.register') {
    verbs.registerIndicator(symbol, detail as unknown as IndicatorSpec);
  } else if (message === 'bar.add') {
    const { interval, bar, replace } = detail;
    verbs.addBar(symbol, String(interval), bar as AdhocBar, { replace: replace === true });
  }
  hands.interrupt();
}
