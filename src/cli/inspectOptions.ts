/** `--inspect` of commands that run sessions: the inspector's page beside the run. */
import type { Command } from 'commander';
import type { Session } from '../actors/session.ts';
import { findCalendar } from '../domain/calendar/calendars.ts';
import { isoInZone } from '../domain/calendar/display.ts';
import { UsageError } from '../domain/errors.ts';
import type { EngineControl } from '../inspect/control.ts';
import type { InspectorServer } from '../inspect/server.ts';
import { port as portOf } from './arguments.ts';
import { say } from './output.ts';
import { buildPageOnce } from './pageBuild.ts';
import { counted } from './table.ts';

export interface InspectOptions {
  readonly inspect?: true;
  readonly port?: number;
  readonly allowControl?: true;
  readonly break?: readonly string[];
}

export function addInspectOptions(command: Command): Command {
  return command
    .option('--inspect', 'show the run in a page on this machine while it runs, and after')
    .option('--port <n>', 'of that page; default any free one', portOf)
    .option('--allow-control', 'let the page pause and step the run and set breakpoints')
    .option(
      '--break <line...>',
      'breakpoints to begin with, such as "entering active.inserting"; implies --allow-control',
    );
}

/** @throws {UsageError} for options of a page that was not asked for */
export function checkInspectOptions(options: InspectOptions): void {
  const { inspect, port, allowControl, break: lines } = options;
  if (inspect || (!allowControl && lines === undefined && port === undefined)) return;
  throw new UsageError('--port, --allow-control and --break are of --inspect: give that too');
}

/** Serves the page and says where it is; null if it was not asked for. */
export async function inspectIfAsked(
  session: Session,
  options: InspectOptions,
): Promise<InspectorServer | null> {
  const { inspect, port, allowControl, break: lines = [] } = options;
  if (!inspect) return null;
  buildPageOnce();
  const server = await session.inspect({
    allowControl: allowControl === true || lines.length > 0,
    breakpoints: lines,
    ...(port !== undefined && { port }),
  });
  say(`inspect this run: ${server.url}`);
  const { engine } = server.inspection;
  if (engine !== null) sayWhenHeld(session, engine, server.url);
  return server;
}

/** A run that stands still looks like one that hangs. */
function sayWhenHeld(session: Session, engine: EngineControl, url: string): void {
  const { zone } = findCalendar(session.config.exchange_group)!;
  let said = 0;
  engine.onChange(() => {
    const { paused, hit } = engine.state();
    if (!paused || hit === null || hit.seq === said) return;
    said = hit.seq;
    const time = isoInZone(session.view.now, zone).slice(0, 19).replace('T', ' ');
    // Progress may have left the cursor in the middle of a line.
    say(
      `\nthe run is held by the breakpoint "${hit.on}", hit by fact ${counted(hit.seq)} at ${time}`,
    );
    say(`let it go on with "Resume" at the top of the page: ${url}`);
  });
}

/** A run is often over before the page is open. */
export async function keepServing({ url, close }: { url: string; close(): Promise<void> }) {
  say(`${url} stays up until Ctrl-C`);
  await interrupted();
  await close();
}

/** Waits for Ctrl-C. A listener for a signal does not keep a process alive. */
export async function interrupted(): Promise<void> {
  const alive = setInterval(() => {}, 2 ** 30);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
  clearInterval(alive);
}
