/** What is active at a fact: the state of every chart, and of every actor. */

import { countIndicesWhile } from '../../domain/bisect.ts';
import type { ActorTally } from '../../domain/tally.ts';
import type { ActorsAnswer, ChartsAnswer } from '../protocol/run.ts';
import { activeStates, split } from './chartTree.ts';
import type { InspectedRun } from './inspectedRun.ts';
import type { IndexedTransition } from './runIndex.ts';

/** The charts at a fact; those that have ended with what started them are left out. */
export function chartsAt(run: InspectedRun, at: number): ChartsAnswer {
  run.check(at);
  const { index, chartsByActor } = run;
  const living = new Living(run, at);
  const charts = [...index.transitionsOf.keys()].sort().flatMap((actor) => {
    const last = living.last(actor);
    const chart = chartsByActor.of(actor);
    if (last === undefined || chart === null || !living.has(actor)) return [];
    const { root } = chartsByActor.chart(chart)!;
    return [{ actor, chart, active: activeStates(root, last.to), value: last.to, since: last.seq }];
  });
  const before = countIndicesWhile(
    index.transitions.length,
    (i) => index.transitions[i]!.seq <= at,
  );
  const last = index.transitions[before - 1];
  const taken = last === undefined ? null : { ...last, chart: chartsByActor.of(last.actor) };
  return { at, charts, taken };
}

class Living {
  readonly #run: InspectedRun;
  readonly #at: number;
  readonly #known = new Map<string, boolean>();

  constructor(run: InspectedRun, at: number) {
    this.#run = run;
    this.#at = at;
  }

  /** The last transition of an actor's chart; undefined if it has none yet. */
  last(actor: string): IndexedTransition | undefined {
    return this.#transition(actor, this.#count(actor) - 1);
  }

  /** True if the actor is there: its parent is, and has not left the state that started it. */
  has(actor: string): boolean {
    const known = this.#known.get(actor);
    if (known !== undefined) return known;
    const lives = this.#lives(actor);
    this.#known.set(actor, lives);
    return lives;
  }

  #lives(actor: string): boolean {
    if (this.last(actor) === undefined) return false;
    const { parent } = split(actor);
    if (parent === '') return true;
    if (!this.has(parent)) return false;
    const startedIn = this.#run.chartsByActor.startedIn(actor);
    if (startedIn === null || startedIn === '') return true;
    const entered = this.#enteredSince(parent, startedIn);
    return entered !== null && this.#startOf(actor) >= entered;
  }

  /** The fact with which a chart got into a state that it is still in; null if it is not in it. */
  #enteredSince(actor: string, state: string): number | null {
    const chart = this.#run.chartsByActor.of(actor);
    if (chart === null) return null;
    const { root } = this.#run.chartsByActor.chart(chart)!;
    let entered: number | null = null;
    for (let i = this.#count(actor) - 1; i >= 0; i--) {
      const { to, seq, from } = this.#transition(actor, i)!;
      if (!activeStates(root, to).includes(state)) break;
      entered = seq;
      // A chart that started anew is another one.
      if (from === null) break;
    }
    return entered;
  }

  #startOf(actor: string): number {
    for (let i = this.#count(actor) - 1; i >= 0; i--) {
      const { from, seq } = this.#transition(actor, i)!;
      if (from === null) return seq;
    }
    return 0;
  }

  #count(actor: string): number {
    const { transitions, transitionsOf } = this.#run.index;
    const own = transitionsOf.get(actor) ?? [];
    return countIndicesWhile(own.length, (i) => transitions[own[i]!]!.seq <= this.#at);
  }

  #transition(actor: string, i: number): IndexedTransition | undefined {
    const { transitions, transitionsOf } = this.#run.index;
    const position = transitionsOf.get(actor)?.[i];
    return position === undefined ? undefined : transitions[position];
  }
}

const NOTHING_YET: ActorTally = {
  state: null,
  setUp: 0,
  tornDown: 0,
  allocated: null,
  lastError: null,
};

/** The actors that had recorded anything, or whose chart had moved. */
export function actorsAt(run: InspectedRun, at: number): ActorsAnswer {
  const { data, tally } = run.state(at);
  const living = new Living(run, at);
  const recorded = recordedUpTo(run, at);
  const paths = new Set([...recorded.keys(), ...tally.actors.keys()]);
  const { phase } = data;
  return {
    at,
    phase: phase && { phase: phase.number, name: phase.name, date: phase.date },
    actors: [...paths].sort().map((path) => {
      const chart = run.chartsByActor.of(path);
      const own = tally.actors.get(path) ?? NOTHING_YET;
      const { facts, last } = recorded.get(path) ?? { facts: 0, last: null };
      return {
        path,
        chart,
        state: own.state,
        done: own.state !== null && chart !== null && !living.has(path),
        facts,
        lastSeq: last,
        setUp: own.setUp,
        tornDown: own.tornDown,
        allocated: own.allocated,
        lastError: own.lastError,
      };
    }),
  };
}

/** How many facts each actor had recorded, and the last of them. */
function recordedUpTo({ index }: InspectedRun, at: number) {
  const facts: number[] = [];
  const last: number[] = [];
  for (let i = 0; i < index.runs && index.seqs.data[i]! <= at; i++) {
    const actor = index.actorOf.data[i]!;
    const end = Math.min(at + 1, index.endOf(i));
    facts[actor] = (facts[actor] ?? 0) + end - index.seqs.data[i]!;
    last[actor] = end - 1;
  }
  return new Map(
    index.actors.all.flatMap((path, actor) => {
      const count = facts[actor];
      return count === undefined ? [] : [[path, { facts: count, last: last[actor]! }] as const];
    }),
  );
}
