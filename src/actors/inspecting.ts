/** The inspector's page over a session of this process. */
import { isoInZone } from '../domain/calendar/display.ts';
import { openInspected } from '../inspect/openInspected.ts';
import { InspectedRun } from '../inspect/queries/inspectedRun.ts';
import type { InspectorServer } from '../inspect/server.ts';
import type { Engine } from './engine.ts';
import { type ControlledSession, SessionControl } from './sessionControl.ts';
import { VERSIONS } from './versions.ts';

export interface InspectingOptions {
  /** On 127.0.0.1; default 0: any free one. */
  readonly port?: number;
  /** Whether the page may pause and step the session and set breakpoints. Default false. */
  readonly allowControl?: boolean;
  /** Breakpoints to begin with, one line each; need `allowControl`. */
  readonly breakpoints?: readonly string[];
  /** Folder of the built page; default that of the package. */
  readonly page?: string;
}

/** What it takes of a session. */
export interface InspectingSession extends ControlledSession {
  readonly run: string;
  readonly folder: string | null;
}

/** Serves a session to a browser on this machine while it runs and after, until the server is closed. */
export async function inspectSession(
  session: InspectingSession,
  engine: Engine,
  { port = 0, allowControl = false, breakpoints = [], page }: InspectingOptions,
): Promise<InspectorServer> {
  const { serveInspector } = await import('../inspect/server.ts');
  const control = allowControl ? controlOf(session, engine) : null;
  control?.setBreakpoints(breakpoints);
  const server = await serveInspector(inspected(session, engine), {
    port,
    ...(control && { control }),
    ...(page !== undefined && { page }),
  });
  const close = async () => {
    control?.release();
    await server.close();
  };
  return { ...server, close, [Symbol.asyncDispose]: close };
}

function controlOf(session: InspectingSession, engine: Engine): SessionControl {
  const { zone } = engine.time.calendar;
  const clock = (at: number) => isoInZone(at, zone).slice(0, 19).replace('T', ' ');
  return new SessionControl({ session, clock, zone, journal: (entry) => engine.journal(entry) });
}

/** The files of the run where it has any: reading them leaves the writer alone. */
function inspected(session: InspectingSession, { time, recorder }: Engine): InspectedRun {
  const { calendar } = time;
  const { log } = recorder;
  const { folder, run } = session;
  const system = { openbell: VERSIONS.engine };
  if (folder !== null) return openInspected(folder, { calendars: [calendar], system });
  const isOver = () => session.status !== 'ready' && session.status !== 'running';
  return new InspectedRun({
    log,
    calendar,
    folder: run,
    path: run,
    manifest: () => ({}),
    status: () => (session.status === 'ready' ? 'running' : session.status),
    live: () => !isOver(),
    bytes: () => log.bytes,
    damage: null,
    system,
  });
}
