/**
 * The script of a re-execution: what the recorded run was told from outside, each thing given again exactly
 * where it was received. Everything else a run decides again by itself.
 */
import { sentenceOf } from '../domain/errors.ts';
import type { ControlFact } from '../domain/facts.ts';
import type { MarketTime } from '../domain/time.ts';
import type { IndicatorSpec } from '../indicators/resolution.ts';
import type { AwaitedSymbol } from '../store/awaitedSymbols.ts';
import type { AdhocBar } from './inbox.ts';
import type { Entry, Party, RecordedOrder } from './recordedOrder.ts';
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
  /** Who recorded what, in which order. */
  readonly order: RecordedOrder;
  /** Where scanners waited for what was on its way, which left no fact; in order. */
  readonly awaited: readonly AwaitedSymbol[];
  /** Of the load that begins after fact `seq`. */
  loadAfter(seq: number): RecordedLoad;
  /** True if message `received` was refused, or its symbol taken back (`SymbolRemoved`), when the run ended. */
  wasLeft(what: string, received: number): boolean;
  /** Why the change asked for by message `received` was refused; undefined if it was not. */
  refusalOf(received: number): string | undefined;
}

/** What the log tells of a load that depended on the host. */
export interface RecordedLoad {
  /** Symbols whose data could not be read, and the reasons recorded. */
  readonly unread: ReadonlyMap<string, string>;
  /** The fact it was begun after, if it has refused a symbol; else 0. */
  readonly cause: number;
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
  /** True where the second half of an instant comes next, in which strategies may decide on nothing. */
  isHalfway(): boolean;
  /** True while a scanner works beside the session. */
  isScanning(): boolean;
  /** True while something is on its way that takes the host as long as it takes. */
  isBusy(): boolean;
}

/** How often to look, with so much host time between, until whose turn it is does not come: the runs have parted. */
const LOOKS_MAX = 20;
const LOOK_MS = 100;
const NEVER = Number.POSITIVE_INFINITY;

export class Replay {
  readonly #parts: ReplayParts;
  #hands: ReplayHands | null = null;
  #next = 0;
  #turns: readonly number[];
  #delivering = false;
  /** How many of the symbols awaited are. */
  #awaited = 0;
  /** How many steps are about to begin. */
  #coming = 0;
  /** Those who wait for their turn. */
  readonly #waiters = new Set<{ readonly seq: number; end(isReached: boolean): void }>();
  /** Why a message could not be given again; null if all could. */
  failure: string | null = null;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#turns = parts.turns ?? [];
  }

  bind(hands: ReplayHands): void {
    this.#hands = hands;
    this.#turn();
    hands.recorder.isHeld = () => hands.isHalfway();
    hands.recorder.onReached = () => queueMicrotask(() => this.#reached());
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

  /** True once all that is executed again is on the record. */
  get isOver(): boolean {
    return this.#seq >= this.#parts.to;
  }

  /** What the past says of the world outside; null once it is over. */
  get world(): RecordedWorld | null {
    return this.isOver ? null : this.#parts.world;
  }

  /** True where the next message was received; no fact may be recorded before it. */
  isDue(): boolean {
    const message = this.#parts.messages[this.#next];
    if (message === undefined || this.#hands === null || this.#isAwaiting()) return false;
    const { seq, at, isPending, log } = this.#hands.recorder;
    if (message.byTime) return log.position >= message.seq - 1 && at >= message.at;
    if (seq !== message.seq - 1 || (message.opens && isPending)) return false;
    return at >= message.at && seq > 0;
  }

  /** A step is about to begin: what is told at the same fact is told when it has. */
  comes(): void {
    this.#coming += 1;
  }

  /**
   * Begins a step where it began. One that records something does all it does where that is recorded; one that
   * records nothing, but may answer somebody, begins at once, and so does one that reads first.
   *
   * @returns what is to be waited for before
   */
  begin(party: Party, { reads }: { reads: boolean }): Promise<unknown> | null {
    this.#coming -= 1;
    queueMicrotask(() => this.#reached());
    if (this.isTurn(party)) return null;
    if (reads) return this.reach(this.world?.loadAfter(this.#hands!.recorder.led).cause ?? 0);
    const isSilent = party === 'session' && this.next(party)?.fact?.type === 'TransitionTaken';
    return isSilent ? null : this.turn(party);
  }

  /** @param isOver true where those who waited for something else than a fact are to look again */
  #reached(isOver = false): void {
    if (this.#coming > 0) return;
    this.deliver();
    for (const waiter of [...this.#waiters])
      if (isOver || this.#seq >= waiter.seq) waiter.end(true);
    this.#await();
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
      // What it has led to begins before the next one is given.
      if (this.#coming > 0) break;
    }
    this.#delivering = false;
    this.#await();
  }

  /** True if nothing is recorded next, or by that party. */
  isTurn(party: Party): boolean {
    const isAlone =
      !this.#hands!.isScanning() && this.#parts.messages[this.#next]?.seq !== this.#seq + 1;
    if (isAlone) return true;
    if (this.#isAwaiting()) return party === 'scanner';
    const next = this.#after();
    return next === null || next.party === party;
  }

  /**
   * Waits until what was recorded next is of `party`: how long the host takes for one thing beside another is no
   * matter of the market. If it does not come to that, the runs have parted.
   */
  async turn(party: Party): Promise<void> {
    for (;;) {
      this.deliver();
      if (this.isTurn(party)) return;
      const mine = this.world!.order.next(party, this.#seq);
      if (await this.#reach(mine === null ? this.#parts.to : mine.seq - 1)) continue;
      // What does not come is not waited for again.
      if (!this.#isAwaiting()) return;
      this.#awaited += 1;
    }
  }

  /** True where a scanner has yet to wait for something, which leaves no fact. */
  #isAwaiting(): boolean {
    const { awaited } = this.#parts.world;
    const isHere = () => (awaited[this.#awaited]?.seq ?? NEVER) <= this.#seq;
    // One that is left over is of a scanner that decided differently.
    if (!this.#hands!.isScanning()) while (isHere()) this.#awaited += 1;
    return this.world !== null && isHere();
  }

  /** Where a scanner waits next for a symbol that is on its way; null if it does not. */
  get nextAwaited(): AwaitedSymbol | null {
    return (this.world && this.#parts.world.awaited[this.#awaited]) ?? null;
  }

  /** Waits until fact `seq` is recorded. @returns false if it does not come to that */
  reach(seq: number): Promise<boolean> | null {
    return this.#seq >= seq ? null : this.#reach(seq);
  }

  /** A scanner waits for what it waited for here. */
  awaits(): void {
    this.#awaited += 1;
    queueMicrotask(() => this.#reached(true));
  }

  /** What a party records next, while the clock stands; null if nothing is recorded. */
  next(party: Party): Entry | null {
    return this.world?.order.next(party, this.#seq) ?? null;
  }

  /** What a scanner itself records next, while the clock stands; null if nothing is recorded. */
  get nextOfScanner(): ControlFact | null {
    return this.world?.order.nextOfScanner(this.#seq) ?? null;
  }

  /** Waits for a fact more, unless it is `party` that comes next. @returns false if there is none to wait for */
  async more(party: Party): Promise<boolean> {
    const next = this.#after();
    if (next === null || next.party === party) return false;
    return this.#reach(this.#seq + 1);
  }

  #after() {
    return this.world?.order.after(this.#seq) ?? null;
  }

  get #seq(): number {
    return this.#hands?.recorder.seq ?? 0;
  }

  /** @returns false if that fact is not recorded, however long one waits */
  #reach(seq: number): Promise<boolean> {
    return new Promise((resolve) => {
      let seen = this.#seq;
      let looks = 0;
      // Counted, not timed: a host that stands still for a while takes nobody's turn away.
      const timer = setInterval(() => {
        looks = this.#seq === seen && !this.#hands!.isBusy() ? looks + 1 : 0;
        seen = this.#seq;
        if (looks >= LOOKS_MAX) waiter.end(false);
      }, LOOK_MS);
      const waiter = {
        seq,
        end: (isReached: boolean) => {
          clearInterval(timer);
          this.#waiters.delete(waiter);
          resolve(isReached);
        },
      };
      this.#waiters.add(waiter);
      this.#await();
    });
  }

  /** What was a frame before a message came is one again, unless that is for the second half of an instant to end. */
  #endFrame(): void {
    const { recorder, isHalfway } = this.#hands!;
    const message = this.#parts.messages[this.#next];
    const ends = message?.opens === true && recorder.seq === message.seq - 1;
    if (ends && this.world !== null && !isHalfway()) recorder.commit();
  }

  /** Where a frame ends and a message is due, the slice ends as well. */
  cutsHere(): boolean {
    if (!this.isDue()) return false;
    queueMicrotask(() => this.deliver());
    return true;
  }

  #await(): void {
    const before = (this.#parts.messages[this.#next]?.seq ?? NEVER) - 1;
    // Where only the time counts, whoever asks between two frames finds out.
    let awaited = this.#seq > before ? NEVER : before;
    for (const { seq } of this.#waiters) awaited = Math.min(awaited, seq);
    this.#hands!.recorder.awaited = awaited;
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
