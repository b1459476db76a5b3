/** How each actor of a running session is: read from its charts, the engine and what was recorded last. */
import type { AnyActorRef, StateValue } from 'xstate';
import { isoInZone } from '../domain/calendar/display.ts';
import { SESSION_ACTORS } from '../machines/session.machine.ts';
import type { Engine } from './engine.ts';
import { pathOfState } from './observer.ts';

export interface ActorHealth {
  /** Of its chart, as it is now, also where a pause is not recorded; null for an actor without one. */
  readonly state: string | null;
  /** What waits for it: bars for the feed, symbols asked for elsewhere. */
  readonly queue: number;
  /** Where it recorded its last fact, `at` as in exports; null before any. */
  readonly last_frame: { readonly seq: number; readonly at: string } | null;
  /** Why it failed last; null if it did not. */
  readonly last_error: string | null;
}

interface Chart {
  readonly state: string;
  readonly pending: number;
  readonly reason: string;
}

/** By path, such as `session/processor`: those there always are, and every chart that lives. */
export function healthOf(
  engine: Engine,
  root: AnyActorRef,
  running: { readonly status: string; readonly failure: string | null },
): Record<string, ActorHealth> {
  const { status, failure } = running;
  // A session that was not begun has charts that stand before their first states.
  const charts = new Map(status === 'ready' ? [] : chartsBelow(root, 'session'));
  const own = engine.named.map(({ name }) => `session/strategy/${name}`);
  const always = SESSION_ACTORS.map((name) => `session/${name}`);
  const paths = new Set(['session', 'session/loading', 'session/feed', ...always, ...own]);
  for (const path of charts.keys()) paths.add(path);
  const health: Record<string, ActorHealth> = {};
  for (const path of paths) health[path] = actorHealth(engine, path, charts.get(path));
  const session = health.session!;
  const state = status === 'running' ? session.state : status;
  health.session = { ...session, state, last_error: failure ?? session.last_error };
  return health;
}

function actorHealth(engine: Engine, path: string, chart: Chart | undefined): ActorHealth {
  const { activity, tally } = engine.recorder;
  const trace = activity.of(path);
  const inBlock = tally.lastInBlock(path);
  const last = (inBlock?.seq ?? 0) > (trace?.seq ?? 0) ? inBlock : trace;
  const { zone } = engine.time.calendar;
  const failed = trace?.error ?? (chart?.reason || null);
  return {
    state: chart?.state ?? null,
    queue: queueOf(engine, path) + (chart?.pending ?? 0),
    last_frame: last === undefined ? null : { seq: last.seq, at: isoInZone(last.at, zone) },
    last_error: path === 'session/loading' ? (failed ?? lastRetry(engine)) : failed,
  };
}

function queueOf({ tracks, inbox }: Engine, path: string): number {
  if (path === 'session/strategy') return inbox.size;
  if (path !== 'session/feed') return 0;
  return tracks.reduce((bars, { queued, cursor }) => bars + queued - cursor, 0);
}

/** Why a read was tried again; it is of the host, and noted in the journal only. */
function lastRetry({ notes }: Engine): string | null {
  const note = notes.findLast(({ type }) => type === 'LoadRetried');
  return note === undefined ? null : String(note.reason);
}

function* chartsBelow(actor: AnyActorRef, path: string): Generator<[string, Chart]> {
  const { value, context, status, children } = actor.getSnapshot() as {
    value?: StateValue;
    context?: { reason?: string; pending?: readonly unknown[] };
    status: string;
    children?: Readonly<Record<string, AnyActorRef | undefined>>;
  };
  if (value === undefined) return;
  const state = status === 'stopped' ? status : pathOfState(value);
  yield [path, { state, pending: context?.pending?.length ?? 0, reason: context?.reason ?? '' }];
  for (const [id, child] of Object.entries(children ?? {})) {
    if (child !== undefined) yield* chartsBelow(child, `${path}/${id}`);
  }
}
