/** The engine's statecharts as plain JSON, read from the machines themselves: what is drawn is what runs. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { scannerId } from '../../machines/scanning.machine.ts';
import { sessionMachine } from '../../machines/session.machine.ts';
import type { Chart, ChartState } from '../protocol/run.ts';

const SPAWNED = 'scanner';

/** Every chart that can come up in a run, the session's first, each before those it starts. */
export function chartsOfEngine(): Chart[] {
  return [...machinesOf(sessionMachine)].map(([id, machine]) => {
    return { id, root: stateJson(machine.root, machine) };
  });
}

function machinesOf(
  machine: AnyStateMachine,
  found = new Map<string, AnyStateMachine>(),
): Map<string, AnyStateMachine> {
  if (found.has(machine.id)) return found;
  found.set(machine.id, machine);
  for (const logic of Object.values(machine.implementations.actors ?? {})) {
    if (isMachine(logic)) machinesOf(logic, found);
  }
  return found;
}

function isMachine(logic: unknown): logic is AnyStateMachine {
  return typeof logic === 'object' && logic !== null && 'root' in logic && 'id' in logic;
}

function stateJson(node: AnyStateNode, machine: AnyStateMachine): ChartState {
  const meta = (node.meta ?? {}) as { phase?: number; description?: string };
  const transitions = [...node.transitions.values()].flat();
  return {
    path: node.path.join('.'),
    key: node.key,
    type: node.type,
    initial: initialOf(node),
    description: meta.description ?? null,
    phase: meta.phase ?? null,
    tags: [...node.tags],
    invokes: node.invoke.map(({ id, src }) => ({ id, src: srcOf(src, machine) })),
    transitions: [...(node.always ?? []), ...transitions].map(transitionJson),
    states: Object.values(node.states).map((state) => stateJson(state, machine)),
  };
}

function initialOf(node: AnyStateNode): string | null {
  if (node.type !== 'compound') return null;
  return node.initial.target?.[0]?.key ?? null;
}

/** The id of the chart that is started, else the name of the step. */
function srcOf(src: unknown, machine: AnyStateMachine): string {
  const logic = typeof src === 'string' ? machine.implementations.actors?.[src] : src;
  return isMachine(logic) ? logic.id : String(src);
}

function transitionJson({ eventType, target, guard, actions }: AnyTransitionDefinition) {
  return {
    event: eventType,
    targets: (target ?? []).map(({ path }) => path.join('.')),
    guard: guard === undefined ? null : nameOf(guard),
    actions: actions.map(nameOf),
  };
}

function nameOf(part: unknown): string {
  if (typeof part === 'string') return part;
  const { type, name } = part as { type?: string; name?: string };
  return type ?? name ?? '';
}

/** Which chart an actor runs, by its path; null for plain code. */
export class ChartsByActor {
  readonly #charts: ReadonlyMap<string, Chart>;
  readonly #known = new Map<string, string | null>();

  constructor(charts: readonly Chart[]) {
    this.#charts = new Map(charts.map((chart) => [chart.id, chart]));
  }

  chart(id: string): Chart | undefined {
    return this.#charts.get(id);
  }

  of(actor: string): string | null {
    const known = this.#known.get(actor);
    if (known !== undefined) return known;
    const found = this.#find(actor);
    this.#known.set(actor, found);
    return found;
  }

  /** The state of the parent's chart that starts the actor; empty if the parent has it all along. */
  startedIn(actor: string): string | null {
    const { parent, id } = split(actor);
    const chart = parent === '' ? null : this.of(parent);
    if (chart === null) return null;
    return invoking(this.#charts.get(chart)!.root, id)?.path ?? null;
  }

  #find(actor: string): string | null {
    const { parent, id } = split(actor);
    if (parent === '') return this.#charts.has(id) ? id : null;
    const chart = this.of(parent);
    if (chart === null) return null;
    if (id.startsWith(scannerId(''))) return SPAWNED;
    const src = invoking(this.#charts.get(chart)!.root, id)?.src;
    return src !== undefined && this.#charts.has(src) ? src : null;
  }
}

/** Names of scanners' charts have a slash in them. */
export function split(actor: string): { parent: string; id: string } {
  const spawned = actor.indexOf(`/${scannerId('')}`);
  const cut = spawned === -1 ? actor.lastIndexOf('/') : spawned;
  return { parent: actor.slice(0, Math.max(0, cut)), id: actor.slice(cut + 1) };
}

function invoking(state: ChartState, id: string): { path: string; src: string } | undefined {
  const found = state.invokes.find((invoked) => invoked.id === id);
  if (found !== undefined) return { path: state.path, src: found.src };
  for (const inner of state.states) {
    const deeper = invoking(inner, id);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/**
 * The active states that a recorded value such as `running.scans.done+insertion.idle` names, by dotted path,
 * outer ones first.
 */
export function activeStates(root: ChartState, value: string): string[] {
  const active: string[] = [];
  descend(root, value, active);
  return active;
}

function descend(state: ChartState, value: string, active: string[]): void {
  if (state.type === 'parallel') {
    for (const part of regionsOf(state, value)) enter(state, part, active);
  } else enter(state, value, active);
}

function enter(state: ChartState, value: string, active: string[]): void {
  const inner = state.states.find(({ key }) => value === key || value.startsWith(`${key}.`));
  if (inner === undefined) return;
  active.push(inner.path);
  if (value.length > inner.key.length) descend(inner, value.slice(inner.key.length + 1), active);
}

/** `scans.done+insertion.idle` as one text a region. */
function regionsOf({ states }: ChartState, value: string): string[] {
  const starts = states
    .map(({ key }) => (value.startsWith(`${key}.`) ? 0 : value.indexOf(`+${key}.`) + 1))
    .filter((start, i) => start > 0 || value.startsWith(`${states[i]!.key}.`))
    .sort((a, b) => a - b);
  return starts.map((start, i) => {
    const next = starts[i + 1];
    return value.slice(start, next === undefined ? undefined : next - 1);
  });
}
