/** What a log says besides the state it folds to: how many facts of each type, and what became of each actor. */
import type { ControlFact } from './facts.ts';
import type { Frame } from './frame.ts';

export interface ActorTally {
  /** State of its chart; null if it has none. */
  state: string | null;
  setUp: number;
  tornDown: number;
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
    else if (fact.type === 'ActorSetUp') this.#actor(fact.by).setUp += 1;
    else if (fact.type === 'ActorTornDown') this.#actor(fact.by).tornDown += 1;
  }

  #count(type: string, facts: number): void {
    this.facts.set(type, (this.facts.get(type) ?? 0) + facts);
  }

  #actor(path: string): ActorTally {
    const known = this.actors.get(path);
    if (known !== undefined) return known;
    const actor: ActorTally = { state: null, setUp: 0, tornDown: 0 };
    this.actors.set(path, actor);
    return actor;
  }
}
