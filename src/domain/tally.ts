/** What a log says besides the state it folds to: how many facts of each type, and what became of each actor. */
import type { ControlFact, ControlFactOf } from './facts.ts';
import type { Frame } from './frame.ts';

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

export class Tally {
  frames = 0;
  readonly facts = new Map<string, number>();
  /** By path, such as `session/processor`, in the order of appearance. */
  readonly actors = new Map<string, ActorTally>();

  /** Counts a frame. O(control facts + blocks), whatever the blocks hold. */
  add(frame: Pick<Frame, 'sections'>): void {
    this.frames += 1;
    for (const section of frame.sections) {
      if (section.kind === 'block') this.#count(section.type, section.facts);
      else for (const fact of section.facts) this.#control(fact);
    }
  }

  #control(fact: ControlFact): void {
    this.#count(fact.type, 1);
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

  #count(type: string, facts: number): void {
    this.facts.set(type, (this.facts.get(type) ?? 0) + facts);
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
