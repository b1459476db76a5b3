/**
 * Who recorded what, in which order: what the host's timing has decided among those who work beside each other
 * is read from the log, so that each waits for its turn when they work again.
 */
import type { ControlFact } from '../domain/facts.ts';
import type { Frame, Section } from '../domain/frame.ts';
import type { MarketTime } from '../domain/time.ts';
import type { LogReader } from '../store/eventLog.ts';

/** Those who work beside each other: who tells the run something, the scanner at work, and the session. */
export type Party = 'outside' | 'scanner' | 'session';

/** A fact, or a block of them. */
export interface Entry {
  readonly seq: number;
  /** Of its last fact. */
  readonly lastSeq: number;
  readonly at: MarketTime;
  readonly party: Party;
  /** Null for a block. */
  readonly fact: ControlFact | null;
}

/** What a scanner's end leads to at once, in the chart that serves it. */
const ANSWERS: ReadonlySet<string> = new Set(['scanner.settle', 'actor.acknowledge', 'actor.fail']);

export class RecordedOrder {
  readonly #log: LogReader;
  /** What was read ahead, ascending and without a gap. */
  #ahead: Entry[] = [];
  #frames: Iterator<Frame> | null = null;

  constructor(log: LogReader) {
    this.#log = log;
  }

  /** Whose turn it is after fact `seq`; null if nothing is recorded there. */
  after(seq: number): Entry | null {
    return this.#from(seq).next().value ?? null;
  }

  /** The first fact after `seq` that a scanner has recorded itself, while the clock stands; null if there is none. */
  nextOfScanner(seq: number): ControlFact | null {
    const first = this.after(seq);
    for (const { at, fact } of this.#from(seq)) {
      if (at !== first!.at) return null;
      if (fact !== null && partyOf(fact.by) === 'scanner') return fact;
    }
    return null;
  }

  /** The first fact after `seq` that is of a party, while the clock stands; null if there is none. */
  next(party: Party, seq: number): Entry | null {
    const first = this.after(seq);
    for (const entry of this.#from(seq)) {
      if (entry.at !== first!.at) return null;
      if (entry.party === party) return entry;
    }
    return null;
  }

  *#from(seq: number): Generator<Entry, undefined> {
    if ((this.#ahead[0]?.seq ?? 0) <= seq + 1) {
      while (this.#ahead.length > 0 && this.#ahead[0]!.lastSeq < seq) this.#ahead.shift();
    } else this.#ahead = [];
    if (this.#ahead.length === 0) {
      this.#frames?.return?.();
      this.#frames = this.#log.read({ from: seq })[Symbol.iterator]();
    }
    for (let i = 0; ; i++) {
      while (i >= this.#ahead.length) if (!this.#read(seq)) return undefined;
      const entry = this.#ahead[i]!;
      if (entry.seq > seq) yield entry;
    }
  }

  /** Takes up another frame, but for facts before `seq`. @returns false after the last one */
  #read(seq: number): boolean {
    const { value: frame, done } = this.#frames!.next();
    if (done) return false;
    for (const section of (frame as Frame).sections) {
      for (const entry of entriesOf(section, frame.at)) {
        const before = this.#ahead.at(-1)?.fact ?? null;
        if (entry.lastSeq < seq) continue;
        this.#ahead.push(isHastened(entry, before) ? { ...entry, party: 'scanner' } : entry);
      }
    }
    return true;
  }
}

function entriesOf(section: Section, at: MarketTime): Entry[] {
  if (section.kind === 'block') {
    const { firstSeq: seq, facts, by } = section;
    return [{ seq, lastSeq: seq + facts - 1, at, party: partyOf(by), fact: null }];
  }
  return section.facts.map((fact) => {
    const { seq, by } = fact;
    const party = isFromOutside(fact) ? 'outside' : isAnswer(fact) ? 'scanner' : partyOf(by);
    return { seq, lastSeq: seq, at, party, fact };
  });
}

function partyOf(by: string): Party {
  return by.startsWith('session/scanner') ? 'scanner' : 'session';
}

export function isFromOutside(fact: ControlFact): boolean {
  if (fact.type === 'MessageReceived') return fact.cause === null;
  return fact.type === 'TransitionTaken' && isStop(fact);
}

export function isStop({ actor, message, to }: { actor: string; message: string; to: string }) {
  return actor === 'session' && message === 'session.stop' && to === 'stopped';
}

/** True where nobody has just asked for what is served now: a scanner has it served before its time. */
function isHastened({ fact }: Entry, before: ControlFact | null): boolean {
  if (fact?.type !== 'TransitionTaken' || !fact.actor.endsWith('/scanning')) return false;
  return fact.message === 'symbol.add' && before?.type !== 'MessageReceived';
}

function isAnswer(fact: ControlFact): boolean {
  return (
    fact.type === 'TransitionTaken' && fact.actor.endsWith('/scanning') && ANSWERS.has(fact.message)
  );
}
