/**
 * Puts every change of every chart on the record, so that the charts of a run can be drawn from its log alone.
 *
 * Slices and pauses leave no trace: they depend on the host's timing. A chart that another one starts is
 * recorded after the transition that started it, although XState reports it before.
 */
import type { AnyActorRef, InspectionEvent, StateValue } from 'xstate';

export interface Transition {
  /** Path such as `session/active`. */
  readonly actor: string;
  readonly message: string;
  /** Null when the chart starts. */
  readonly from: string | null;
  readonly to: string;
  /** Phase number of the states left and entered, where the chart says so. */
  readonly fromPhase: number | null;
  readonly toPhase: number | null;
}

interface ChartSnapshot {
  readonly value: StateValue;
  getMeta?(): Record<string, { phase?: number } | undefined>;
}

interface Known {
  readonly value: string;
  readonly phase: number | null;
}

/** States that are recorded as another one: standing still is no change of the market. */
const RECORDED_AS: Readonly<Record<string, string>> = { paused: 'streaming' };
/** States that are passed through, or entered because something on the host failed: not recorded. */
const UNRECORDED: ReadonlySet<string> = new Set(['turning', 'backingOff']);

export function createObserver(record: (transition: Transition) => void) {
  const known = new WeakMap<AnyActorRef, Known>();
  const held = new WeakMap<AnyActorRef, (() => void)[]>();

  const look = (actor: AnyActorRef, message: string, snapshot: ChartSnapshot) => {
    const before = known.get(actor) ?? null;
    const value = pathOfState(snapshot.value);
    if (UNRECORDED.has(value)) return;
    const recorded = RECORDED_AS[value] ?? value;
    if (before?.value !== recorded) {
      const now = { value: recorded, phase: phaseOf(snapshot) };
      known.set(actor, now);
      record({
        actor: pathOfActor(actor),
        message,
        from: before?.value ?? null,
        to: now.value,
        fromPhase: before?.phase ?? null,
        toPhase: now.phase,
      });
    }
    const waiting = held.get(actor);
    if (waiting === undefined) return;
    held.delete(actor);
    for (const later of waiting) later();
  };

  return (inspected: InspectionEvent): void => {
    if (inspected.type !== '@xstate.microstep' && inspected.type !== '@xstate.snapshot') return;
    const actor = inspected.actorRef as AnyActorRef;
    // Only charts have states.
    if (!('value' in inspected.snapshot)) return;
    const snapshot = inspected.snapshot as ChartSnapshot;
    const parent = (actor as { _parent?: AnyActorRef })._parent;
    const starts = !known.has(actor) && parent !== undefined;
    if (!starts) {
      look(actor, inspected.event.type, snapshot);
      return;
    }
    const waiting = held.get(parent) ?? [];
    waiting.push(() => look(actor, inspected.event.type, snapshot));
    held.set(parent, waiting);
  };
}

function pathOfActor(actor: AnyActorRef): string {
  const parent = (actor as { _parent?: AnyActorRef })._parent;
  return parent === undefined ? actor.id : `${pathOfActor(parent)}/${actor.id}`;
}

/** Nested states dotted, parallel ones joined by `+`. */
export function pathOfState(value: StateValue): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([state, inner]) => (inner === undefined ? state : `${state}.${pathOfState(inner)}`))
    .join('+');
}

function phaseOf(snapshot: ChartSnapshot): number | null {
  for (const meta of Object.values(snapshot.getMeta?.() ?? {})) {
    if (meta?.phase !== undefined) return meta.phase;
  }
  return null;
}
