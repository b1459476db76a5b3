/** What a log says besides the state it folds to: how many facts of each type, and what became of each actor. */
import type { ControlFact, ControlFactOf } from './facts.ts';
import type { Frame } from './frame.ts';
import type { MarketTime } from './time.ts';

export interface ActorTally {
  /** State of its chart; null if it has none. */
  state: string | null;
  setUp: number;
  tornDown: number;
  /** What its last setup got; null once that was let go. */
  allocated: Readonly<Record<string, unknown>> | null;
  /** Why it failed last; null if it never did. */
  lastError: string | null;
}

interface Counter {
  facts: number;
  /** Who recorded the last block of the type, its last fact and when; empty and 0 before any. */
  by: string;
  seq: number;
  at: MarketTime;
}

export interface SavedTally {
  readonly frames: number;
  readonly counters: readonly (readonly [type: string, counter: Readonly<Counter>])[];
  readonly actors: readonly (readonly [path: string, actor: Readonly<ActorTally>])[];
}

export class Tally {
  frames = 0;
  readonly #counters = new Map<string, Counter>();
  /** By path, such as `session/processor`, in the order of appearance. */
  readonly actors = new Map<string, ActorTally>();

  /** How many facts of each type. O(types). */
  get facts(): Map<string, number> {
    return new Map([...this.#counters].map(([type, { facts }]) => [type, facts]));
  }

  /** How many facts of one type. */
  count(type: string): number {
    return this.#counters.get(type)?.facts ?? 0;
  }

  /** True if it is of facts 1 to `seq`. O(types). */
  isOf(seq: number): boolean {
    return [...this.#counters.values()].reduce((sum, { facts }) => sum + facts, 0) === seq;
  }

  /** The last fact that `by` recorded in a block; undefined if there is none. */
  lastInBlock(by: string): { readonly seq: number; readonly at: MarketTime } | undefined {
    const own = [...this.#counters.values()].filter((counter) => counter.by === by);
    return own.sort((a, b) => b.seq - a.seq)[0];
  }

  /** All of it as plain values, for `restore`. */
  save(): SavedTally {
    return { frames: this.frames, counters: [...this.#counters], actors: [...this.actors] };
  }

  /** The tally that `save` was asked of. */
  static restore({ frames, counters, actors }: SavedTally): Tally {
    const tally = new Tally();
    tally.frames = frames;
    for (const [type, counter] of counters) tally.#counters.set(type, { ...counter });
    for (const [path, actor] of actors) tally.actors.set(path, { ...actor });
    return tally;
  }

  /** Counts a frame. O(control facts + blocks), whatever the blocks hold. */
  add({ at, sections }: Pick<Frame, 'at' | 'sections'>): void {
    this.frames += 1;
    for (const section of sections) {
      if (section.kind === 'block') {
        const { type, facts, by, firstSeq } = section;
        const counter = this.#counter(type);
        counter.facts += facts;
        counter.by = by;
        counter.seq = firstSeq + facts - 1;
        counter.at = at;
      } else for (const fact of section.facts) this.#control(fact);
    }
  }

  #control(fact: ControlFact): void {
    this.#counter(fact.type).facts += 1;
    if (fact.type === 'TransitionTaken') this.#actor(fact.actor).state = fact.to;
    else if (fact.type === 'ActorSetUp') this.#setUp(fact);
    else if (fact.type === 'ActorTornDown') this.#tornDown(fact);
    else {
      const error = failureOf(fact);
      if (error !== null) this.#actor(fact.by).lastError = error;
    }
  }

  #setUp({ by, allocated }: ControlFactOf<'ActorSetUp'>): void {
    const actor = this.#actor(by);
    actor.setUp += 1;
    actor.allocated = allocated;
  }

  #tornDown({ by }: ControlFactOf<'ActorTornDown'>): void {
    const actor = this.#actor(by);
    actor.tornDown += 1;
    actor.allocated = null;
  }

  #counter(type: string): Counter {
    const known = this.#counters.get(type);
    if (known !== undefined) return known;
    const counter = { facts: 0, by: '', seq: 0, at: 0 };
    this.#counters.set(type, counter);
    return counter;
  }

  #actor(path: string): ActorTally {
    const known = this.actors.get(path);
    if (known !== undefined) return known;
    const actor = { state: null, setUp: 0, tornDown: 0, allocated: null, lastError: null };
    this.actors.set(path, actor);
    return actor;
  }
}

/** The reason a fact of failure gives; null for any other fact. */
export function failureOf(fact: {
  readonly type: string;
  readonly reason?: unknown;
}): string | null {
  const { type, reason } = fact;
  return type.endsWith('Failed') && typeof reason === 'string' ? reason : null;
}
