/** One run from the command line: progress while it lasts, then what came out of it. */
import { openSession, type SessionOptions } from '../actors/openSession.ts';
import type { SliceSize } from '../actors/pump.ts';
import { RunFailedError, type Session } from '../actors/session.ts';
import type { RunSummary } from '../actors/summary.ts';
import type { Calendar } from '../domain/calendar/calendar.ts';
import { findCalendar } from '../domain/calendar/calendars.ts';
import { UsageError } from '../domain/errors.ts';
import { TimeManager } from '../domain/timeManager.ts';
import type { LogReader } from '../store/eventLog.ts';
import {
  checkInspectOptions,
  type InspectOptions,
  inspectIfAsked,
  keepServing,
} from './inspectOptions.ts';
import { argument, spelled } from './invocation.ts';
import { print, say } from './output.ts';
import { Progress } from './progress.ts';
import { refuseForeignFolder } from './runFolder.ts';
import { nextCommands, type SummaryCounts, summaryText } from './summaryText.ts';

/** How a run is shown; the same for `run` and `demo`. */
export interface RunDisplay {
  readonly json?: true;
  readonly report?: true;
  readonly quiet?: true;
  readonly debug?: true;
}

/** A run that has its folder. */
interface Shown extends RunDisplay {
  readonly log: string;
  /** Folder of the run that it was forked from. */
  readonly parent?: string;
}

export interface RunRequest extends RunDisplay, InspectOptions {
  readonly config: unknown;
  /** Where relative paths of the config start. */
  readonly folder: string;
  /** The run folder to make. */
  readonly log: string;
  readonly slice?: SliceSize;
  readonly stately?: true;
}

const EXIT_FAILED = 3;
/** What a shell makes of a process that a signal ended: 128 and its number. */
const EXIT_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof EXIT_OF_SIGNAL;

/**
 * Runs to the end, or until Ctrl-C or SIGTERM, and prints the summary. Sets the exit code of the process.
 *
 * @throws {UsageError} before anything runs, for a config or option that cannot be used
 */
export async function runSession(request: RunRequest): Promise<void> {
  const { config, folder, log, slice } = request;
  refuseForeignFolder(log);
  checkInspectOptions(request);
  const stately = request.stately && (await (await import('./stately.ts')).openStately());
  const progress = new Progress();
  const session = await openRecorded({
    config,
    folder,
    log,
    ...(!request.quiet && { onProgress: (work) => progress.working(work) }),
    ...(slice !== undefined && { slice }),
    ...(stately && { inspect: stately.inspect }),
  });
  if (stately) say(`the charts of this run: ${stately.url} (the page loads stately.ai)`);
  const inspector = await inspectIfAsked(session, request);
  const { status } = await showSession(session, request, progress);
  if (stately) await keepServing(stately);
  // Who ends the run from the keyboard has seen enough.
  if (inspector && status === 'stopped') await inspector.close();
  else if (inspector) await keepServing(inspector);
}

/** Runs an opened session to its end and prints what came out. Sets the exit code of the process. */
export async function showSession(
  session: Session,
  request: Shown,
  progress: Progress,
): Promise<RunSummary> {
  if (request.debug) await diagnose(session);
  if (!request.quiet) progress.start(session, calendarOf(session).zone);
  const { failure, signal } = await finish(session);
  progress.stop();
  const summary = session.summary();
  const report = request.report ? `\n\n${session.formatReport()}` : '';
  const text = request.json ? JSON.stringify(summary) : describeRun(session, summary) + report;
  await session.close();
  process.exitCode = exitCodeOf(summary, signal);
  // A run that failed before its first bar has nothing to show but why.
  if (request.json || failure === null || session.bars > 0) await print(text);
  conclude(request, summary, failure);
  return summary;
}

/** Opens a session whose log is a folder. @throws {UsageError} if that cannot be made */
export async function openRecorded(options: SessionOptions): Promise<Session> {
  try {
    return await openSession(options);
  } catch (error) {
    // Opening touches no file but those of the run folder.
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    throw new UsageError(
      `the run folder "${options.log}" cannot be made (${error.code}): choose another with --log`,
      { cause: error },
    );
  }
}

interface Ending {
  /** Why the run failed; null if it did not. */
  readonly failure: RunFailedError | null;
  /** What it was asked to stop with. */
  readonly signal: Signal;
}

async function finish(session: Session): Promise<Ending> {
  let signal: Signal = 'SIGINT';
  const release = onInterrupt((name) => {
    signal = name;
    void session.stop();
  });
  try {
    await session.finish();
    return { failure: null, signal };
  } catch (error) {
    if (error instanceof RunFailedError) return { failure: error, signal };
    throw error;
  } finally {
    release();
  }
}

function exitCodeOf({ status }: RunSummary, signal: Signal): number {
  if (status === 'failed') return EXIT_FAILED;
  return status === 'stopped' ? EXIT_OF_SIGNAL[signal] : 0;
}

/** Says what to do now. */
function conclude(request: Shown, summary: RunSummary, failure: RunFailedError | null): void {
  for (const warning of summary.warnings) say(`warning: ${warning}`);
  if (failure !== null) {
    say(`error: the run failed in phase ${failure.phase}: ${failure.message}`);
    if (request.debug) say(stackOf(failure));
    say(`what happened until then: ${spelled(`log ${argument(request.log)} --tail`)}`);
    return;
  }
  if (summary.status === 'stopped') {
    const command = spelled(`resume ${argument(request.log)}`);
    say(`the run was stopped; its log is complete up to there, and goes on with: ${command}`);
  }
  if (!request.json && !request.quiet) say(`\n${nextCommands(summary, request.parent)}`);
}

/** Of what a strategy threw, if that is why: how the run came to its end says nothing about it. */
function stackOf({ cause, stack = '' }: RunFailedError): string {
  return cause instanceof Error ? (cause.stack ?? stack) : stack;
}

/** What has come out of a run so far, for people. */
export function describeRun(session: Session, summary = session.summary()): string {
  const { start_date, end_date, speed_multiplier: speed } = session.config.backtest_config;
  return summaryText(summary, {
    window: new TimeManager(calendarOf(session)).resolveWindow(start_date, end_date),
    ...countedIn(session.log, summary),
    speed,
    overruns: session.overruns,
  });
}

const COUNTED = ['SignalEmitted', 'BarsLeftOut', 'RowsSkipped'] as const;

/** What the facts of a run add up to, where a summary only says how many there are. */
function countedIn(log: LogReader, { facts, status }: RunSummary): SummaryCounts {
  const signalsBySide = new Map<string, number>();
  let barsLeftOut = 0;
  let rowsSkipped = 0;
  const types = new Set<string>(COUNTED.filter((type) => (facts[type] ?? 0) > 0));
  // A log that could not be written cannot be read back either.
  const frames = types.size > 0 && status !== 'failed' ? log.read({ reuse: true, types }) : [];
  for (const { sections } of frames) {
    for (const section of sections) {
      if (section.kind === 'block') continue;
      for (const fact of section.facts) {
        if (fact.type === 'BarsLeftOut') barsLeftOut += fact.bars;
        else if (fact.type === 'RowsSkipped') rowsSkipped += fact.rows;
        else if (fact.type === 'SignalEmitted')
          signalsBySide.set(fact.side, (signalsBySide.get(fact.side) ?? 0) + 1);
      }
    }
  }
  return { signalsBySide, barsLeftOut, rowsSkipped };
}

function calendarOf({ config }: Session): Calendar {
  return findCalendar(config.exchange_group)!;
}

/** The first signal ends the run cleanly, a second one the process. @returns how to stop listening */
function onInterrupt(stop: (signal: Signal) => void): () => void {
  const signals = Object.keys(EXIT_OF_SIGNAL) as Signal[];
  let stopping = false;
  const hear = (signal: Signal) => {
    if (stopping) process.exit(EXIT_OF_SIGNAL[signal]);
    stopping = true;
    say('\nstopping; Ctrl-C again ends at once');
    stop(signal);
  };
  for (const signal of signals) process.on(signal, hear);
  return () => {
    for (const signal of signals) process.off(signal, hear);
  };
}

/** Writes what happens between market frames to stderr, as JSON lines. */
async function diagnose(session: Session): Promise<void> {
  const { destination, pino } = await import('pino');
  const logger = pino({ base: null, level: 'debug' }, destination({ dest: 2, sync: true }));
  logger.debug({ run: session.run, folder: session.folder, config: session.config }, 'opened');
  session.onFrame((frame) => {
    if (frame.market) return;
    for (const fact of frame.facts()) {
      if (fact.type !== 'HistoricalBarsLoaded') logger.debug(fact, fact.type);
    }
  });
}
