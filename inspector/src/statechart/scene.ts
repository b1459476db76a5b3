/**
 * The statecharts of a run as one drawing: a chart that a state invokes is drawn inside that state, so that what
 * runs at a moment is one nest of boxes. Which of them are active is no part of it: that is a matter of style.
 */

import type { Chart, ChartState } from '../../../src/inspect/protocol.ts';

export interface Box {
  /** Of a state `actor#path`, of a chart its actor. */
  readonly id: string;
  readonly kind: 'chart' | 'state' | 'final' | 'parallel';
  readonly actor: string;
  readonly path: string;
  readonly title: string;
  /** A line under the title: of a chart its kind, of a state nothing. */
  readonly hint: string;
  readonly initial: boolean;
  readonly boxes: readonly Box[];
}

export interface Arrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly failure: boolean;
}

export interface Scene {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

/** More charts in one another than any run has: a chart that invokes itself ends here. */
const DEPTH_MAX = 8;

export interface RunningChart {
  readonly path: string;
  readonly chart: string | null;
}

/** Draws the outermost actor's chart with all that it invokes, and the charts of actors that it starts otherwise. */
export function sceneOf(charts: readonly Chart[], actors: readonly RunningChart[]): Scene {
  const painter = new Painter(charts);
  const outer = actors.filter(({ path, chart }) => !path.includes('/') && chart !== null);
  const boxes = outer.flatMap(({ path, chart }) => painter.chart(path, chart!, 0) ?? []);
  const others = actors.flatMap(({ path, chart }) =>
    chart === null || painter.painted.has(path) ? [] : (painter.chart(path, chart, 1) ?? []),
  );
  return { boxes: [...boxes, ...others], arrows: merged(painter.arrows) };
}

class Painter {
  readonly painted = new Set<string>();
  readonly arrows: Arrow[] = [];
  readonly #charts: ReadonlyMap<string, Chart>;

  constructor(charts: readonly Chart[]) {
    this.#charts = new Map(charts.map((chart) => [chart.id, chart]));
  }

  /** Null where the id is of no chart: what is invoked there is plain code. */
  chart(actor: string, id: string, depth: number): Box | null {
    const root = this.#charts.get(id)?.root;
    if (root === undefined || depth > DEPTH_MAX) return null;
    this.painted.add(actor);
    return {
      id: actor,
      kind: 'chart',
      actor,
      path: '',
      title: actor.split('/').at(-1)!,
      hint: root.description ?? '',
      initial: false,
      boxes: this.#inside(actor, root, depth),
    };
  }

  #state(actor: string, state: ChartState, initial: string | null, depth: number): Box {
    const { path, key, type, description, transitions } = state;
    for (const [i, { event, guard, targets }] of transitions.entries()) {
      for (const target of targets) {
        if (target === path) continue;
        this.arrows.push({
          id: `${actor}#${path}!${i}>${target}`,
          from: `${actor}#${path}`,
          to: `${actor}#${target}`,
          label: labelOf(event, guard, target),
          failure: isFailure(event, target),
        });
      }
    }
    return {
      id: `${actor}#${path}`,
      kind: type === 'final' || type === 'parallel' ? type : 'state',
      actor,
      path,
      title: key,
      hint: description ?? '',
      initial: initial === key,
      boxes: this.#inside(actor, state, depth),
    };
  }

  #inside(actor: string, state: ChartState, depth: number): Box[] {
    return [
      ...state.states.map((each) => this.#state(actor, each, state.initial, depth)),
      ...state.invokes.flatMap(({ id, src }) => this.chart(`${actor}/${id}`, src, depth + 1) ?? []),
    ];
  }
}

const isFailure = (event: string, target: string) =>
  target.split('.').at(-1) === 'failed' || event.includes('error.');

/** What is written on an arrow: messages and guards; that work is done goes without saying. */
function labelOf(event: string, guard: string | null, target: string): string {
  if (isFailure(event, target)) return '';
  const plain = /^(xstate|done|error)\./.test(event) ? '' : event;
  return [plain, guard === null || guard === 'succeeded' ? '' : `[${guard}]`]
    .filter(Boolean)
    .join(' ');
}

/** Arrows between the same two boxes are drawn as one. */
function merged(arrows: readonly Arrow[]): Arrow[] {
  const byEnds = new Map<string, Arrow>();
  for (const arrow of arrows) {
    const key = `${arrow.from}>${arrow.to}`;
    const same = byEnds.get(key);
    const label = [same?.label, arrow.label].filter(Boolean).join(', ');
    byEnds.set(key, same === undefined ? arrow : { ...same, label });
  }
  return [...byEnds.values()];
}
