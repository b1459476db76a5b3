/** What a log holds of the world outside the engine: what the run was told, and how it ended. */
import type { ControlFact, ControlFactOf, Fact, Fields } from '../domain/facts.ts';
import { type AwaitedSymbol, awaitedSymbols } from '../store/awaitedSymbols.ts';
import type { LogReader } from '../store/eventLog.ts';
import { isStop, RecordedOrder } from './recordedOrder.ts';
import type { OutsideMessage, RecordedLoad, RecordedWorld } from './replay.ts';

export interface RecordedPast extends RecordedWorld {
  readonly started: Fields<'RunStarted'> | null;
  /** In the order received; a stop is the last one. */
  readonly messages: readonly OutsideMessage[];
  /** The fact that ended the run; null if it was interrupted. */
  readonly ending: ControlFact | null;
  /** The stop that ended it: its first fact, and the last one of the frame before; null if none did. */
  readonly stop: { readonly seq: number; readonly before: number } | null;
  /** What Phase 0 has found; null if it did not come to that. */
  readonly streams: ControlFactOf<'StreamsValidated'> | null;
  /** Why the run failed; null if it did not. */
  readonly failure: { readonly reason: string; readonly phase: number } | null;
}

const LOOKED_AT: ReadonlySet<string> = new Set([
  'RunStarted',
  'StreamsValidated',
  'MessageReceived',
  'MessageRefused',
  'TransitionTaken',
  'RunCompleted',
  'RunFailed',
  'RunStopped',
]);

/** What a symbol's data is refused with when it could not be read. */
const UNREAD = /, tried \d+ times$/;

/** Goes once through the control facts of the log in `folder`. */
export function pastOf(log: LogReader, folder: string): RecordedPast {
  const past = new Past(log, awaitedSymbols(folder));
  for (const frame of log.read({ reuse: true, types: LOOKED_AT })) {
    for (const section of frame.sections) {
      if (section.kind === 'block') continue;
      for (const fact of section.facts) past.take(fact, frame.firstSeq - 1);
    }
  }
  return past;
}

class Past implements RecordedPast {
  started: RecordedPast['started'] = null;
  readonly messages: OutsideMessage[] = [];
  ending: RecordedPast['ending'] = null;
  stop: RecordedPast['stop'] = null;
  streams: RecordedPast['streams'] = null;
  failure: RecordedPast['failure'] = null;

  readonly #log: LogReader;
  readonly #refusals = new Map<number, string>();
  readonly #left = new Set<string>();

  readonly order: RecordedOrder;

  readonly awaited: readonly AwaitedSymbol[];

  constructor(log: LogReader, awaited: readonly AwaitedSymbol[]) {
    this.#log = log;
    this.awaited = awaited;
    this.order = new RecordedOrder(log);
  }

  take(fact: ControlFact, before: number): void {
    const { seq, at } = fact;
    const opens = seq === before + 1;
    if (fact.type === 'RunStarted') this.started = fact;
    else if (fact.type === 'StreamsValidated') this.streams = fact;
    else if (fact.type === 'MessageReceived' && fact.cause === null) {
      this.messages.push({ seq, at, opens, message: fact.message, detail: fact.detail });
    } else if (fact.type === 'MessageRefused' && fact.by === 'session/active') {
      this.#refusals.set(fact.cause ?? 0, fact.reason);
    } else if (fact.type === 'MessageRefused' && fact.by === 'session') {
      this.#left.add(`${fact.message} ${fact.cause}`);
    } else if (fact.type === 'SymbolRemoved' && fact.by === 'session') {
      this.#left.add(`SymbolRemoved ${fact.cause}`);
    } else if (fact.type === 'TransitionTaken' && isStop(fact)) {
      this.stop = { seq, before };
      this.messages.push({ seq, at, opens, message: 'session.stop', detail: {} });
    } else if (fact.type === 'RunFailed') {
      this.failure = { reason: fact.reason, phase: fact.phase };
      this.ending = fact;
    } else if (fact.type === 'RunCompleted' || fact.type === 'RunStopped') this.ending = fact;
  }

  wasLeft(what: string, received: number): boolean {
    return this.#left.has(`${what} ${received}`);
  }

  refusalOf(received: number): string | undefined {
    return this.#refusals.get(received);
  }

  loadAfter(seq: number): RecordedLoad {
    const unread = new Map<string, string>();
    const load = { unread, cause: 0 };
    const types = new Set(['SymbolRefused', 'TransitionTaken']);
    for (const { sections } of this.#log.read({ from: seq + 1, types })) {
      for (const section of sections) {
        if (section.kind === 'block') continue;
        for (const fact of section.facts) {
          if (fact.seq <= seq) continue;
          if (endsCheck(fact)) return load;
          if (fact.type !== 'SymbolRefused' || fact.by !== 'session/loading') continue;
          load.cause ||= fact.cause ?? 0;
          if (UNREAD.test(fact.reason)) unread.set(fact.symbol, fact.reason);
        }
      }
    }
    return load;
  }
}

/** True where the load whose data was read goes on, or the run does without it. */
function endsCheck(fact: Fact): boolean {
  if (fact.type !== 'TransitionTaken') return false;
  return fact.actor === 'session' || (fact.actor.endsWith('/loading') && fact.from === 'checking');
}
