/**
 * The statecharts of a run as one drawing: a card for each actor that had one, its states nested as they are. A
 * state that runs another chart names it. Which states are active is no part of it: that is a matter of style.
 */
import type { Chart, ChartState } from '../../../src/inspect/protocol.ts';

export interface Box {
  /** Of a state `actor#path`, of a chart its actor. */
  readonly id: string;
  readonly kind: 'chart' | 'state' | 'final' | 'parallel';
  readonly actor: string;
  readonly path: string;
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly hint: string;
  /** The chart that runs while it is active; empty if none does. */
  readonly runs: string;
  readonly initial: boolean;
  readonly boxes: readonly Box[];
}

export interface Arrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  /** A line for each message. */
  readonly label: readonly string[];
  readonly failure: boolean;
}

/** One chart: a box and the arrows in it. */
export interface Card {
  readonly box: Box;
  readonly arrows: readonly Arrow[];
}

export interface RunningChart {
  readonly path: string;
  readonly chart: string | null;
}

/** A card for each actor that runs a chart, outer ones first. */
export function cardsOf(charts: readonly Chart[], actors: readonly RunningChart[]): Card[] {
  const known = new Map(charts.map((chart) => [chart.id, chart]));
  return actors.flatMap(({ path, chart }) => {
    const shape = known.get(chart ?? '');
    return shape === undefined ? [] : [new Painter(path, known).card(shape)];
  });
}

class Painter {
  readonly #actor: string;
  readonly #known: ReadonlyMap<string, Chart>;
  readonly #arrows: Arrow[] = [];

  constructor(actor: string, known: ReadonlyMap<string, Chart>) {
    this.#actor = actor;
    this.#known = known;
  }

  card({ root }: Chart): Card {
    const actor = this.#actor;
    const box: Box = {
      id: actor,
      kind: 'chart',
      actor,
      path: '',
      title: actor.split('/').slice(-2).join(' › '),
      hint: root.description ?? '',
      runs: '',
      initial: false,
      boxes: root.states.map((state) => this.#state(state, root.initial)),
    };
    return { box, arrows: merged(this.#arrows) };
  }

  #state(state: ChartState, initial: string | null): Box {
    const { path, key, type, description, invokes } = state;
    this.#draw(state);
    const runs = invokes.filter(({ src }) => this.#known.has(src)).map(({ id }) => id);
    return {
      id: `${this.#actor}#${path}`,
      kind: type === 'final' || type === 'parallel' ? type : 'state',
      actor: this.#actor,
      path,
      title: key,
      hint: description ?? '',
      runs: runs.join(', '),
      initial: initial === key,
      boxes: state.states.map((each) => this.#state(each, state.initial)),
    };
  }

  #draw({ path, transitions }: ChartState): void {
    for (const [i, { event, guard, targets }] of transitions.entries()) {
      for (const target of targets) {
        if (target === path) continue;
        this.#arrows.push({
          id: `${this.#actor}#${path}!${i}>${target}`,
          from: `${this.#actor}#${path}`,
          to: `${this.#actor}#${target}`,
          label: labelOf(event, guard, target),
          failure: isFailure(event, target),
        });
      }
    }
  }
}

const isFailure = (event: string, target: string) =>
  target.split('.').at(-1) === 'failed' || event.includes('error.');

/** What is written on an arrow: messages and guards; that work is done goes without saying. */
function labelOf(event: string, guard: string | null, target: string): string[] {
  if (isFailure(event, target)) return [];
  const plain = /^(xstate|done|error)\./.test(event) ? '' : event;
  const under = guard === null || guard === 'succeeded' ? '' : `[${guard}]`;
  const text = [plain, under].filter(Boolean).join(' ');
  return text === '' ? [] : [text];
}

/** Arrows between the same two boxes are drawn as one. */
function merged(arrows: readonly Arrow[]): Arrow[] {
  const byEnds = new Map<string, Arrow>();
  for (const arrow of arrows) {
    const key = `${arrow.from}>${arrow.to}`;
    const same = byEnds.get(key);
    const label = [...(same?.label ?? []), ...arrow.label];
    byEnds.set(key, same === undefined ? arrow : { ...same, label });
  }
  return [...byEnds.values()];
}
