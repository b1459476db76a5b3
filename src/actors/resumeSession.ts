/**
 * Resumes an interrupted run: executes it again up to the last fact that is on stable storage, without writing
 * anything, and goes on from there. What comes of it is the log that an uninterrupted run has.
 */
import { resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import { ComparedLog } from '../store/comparedLog.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FileLog } from '../store/fileLog.ts';
import { noteKnownData } from '../store/knownDataFile.ts';
import { type Manifest, readManifest } from '../store/manifest.ts';
import { WriterLock } from '../store/writerLock.ts';
import { bringToEnd, NotResumable } from './bringBack.ts';
import { changedModules, changedText } from './divergence.ts';
import { prepare, type SessionOptions, sessionOn } from './openSession.ts';
import { pastOf, type RecordedPast } from './recordedPast.ts';
import { Replay } from './replay.ts';
import type { Session } from './session.ts';
import { atSpeed, successionOf, turnsOf } from './succession.ts';
import { VERSIONS } from './versions.ts';

export interface ResumeOptions
  extends Pick<
    SessionOptions,
    | 'data'
    | 'folder'
    | 'strategies'
    | 'scanners'
    | 'indicators'
    | 'calendars'
    | 'inspect'
    | 'slice'
    | 'handshakeTimeoutMs'
    | 'logOptions'
  > {
  /** Folder of the run. */
  readonly log: string;
  /** The config, where that of the manifest cannot be used, such as when files have moved. */
  readonly config?: unknown;
  /** Times real time, as `speed_multiplier`; default that of the run. The log is the same at any. */
  readonly speed?: number;
  /** Told now and then how many facts of how many were executed again. */
  readonly onProgress?: (progress: { what: string; done: number; total: number }) => void;
}

/**
 * Brings an interrupted run back to where its log ends; from there it goes on as a session that was never
 * interrupted, as far as it is asked to. A stop at the end is taken back.
 *
 * @throws {NotResumable} if the run is completed, failed, or recorded by another engine, config or data
 * @throws {UsageError} if `log` holds no run, or another process writes it
 * @throws {LogCorrupted} if the log is damaged
 */
export async function resumeSession(options: ResumeOptions): Promise<Session> {
  requireSpeed(options.speed);
  const folder = resolve(options.log);
  const manifest = readManifest(folder);
  const lock = WriterLock.claim(folder, manifest.epoch);
  try {
    const past = await FileLog.read(folder);
    const recorded = pastOf(past, folder);
    if (recorded.ending?.type === 'RunCompleted' && manifest.closed === null) {
      // Interrupted after its last fact: all that is missing is that it says so.
      const { logOptions } = options;
      await FileLog.goOn(folder, lock, past.position, logOptions).close('completed');
    }
    refuse(manifest, recorded);
    return await bringBack({ folder, manifest, lock, past, recorded, options });
  } catch (error) {
    lock.release();
    throw error;
  }
}

function requireSpeed(speed = 0): void {
  if (speed >= 0 && speed < Number.POSITIVE_INFINITY) return;
  throw new UsageError(`speed ${speed} is none: give a number from 0 on`);
}

function refuse({ run, versions }: Manifest, { ending, failure }: RecordedPast): void {
  if (ending?.type === 'RunCompleted') {
    throw new NotResumable(`the run "${run}" is completed: there is nothing to resume`, true);
  }
  if (failure !== null) {
    throw new NotResumable(
      `the run "${run}" failed in phase ${failure.phase} (${failure.reason}), and would again: mend the cause ` +
        'and run it anew, or fork it before',
    );
  }
  if (versions.behaviour === VERSIONS.behaviour) return;
  throw new NotResumable(
    `the run "${run}" was recorded with behaviour version ${versions.behaviour}, this engine has ` +
      `${VERSIONS.behaviour}: resume it with openbell ${versions.engine}`,
  );
}

/** What other code came to would not be the log of an uninterrupted run. */
function changedSince(run: string, changed: readonly string[]): NotResumable {
  return new NotResumable(
    `${changedText(changed)}, and the run "${run}" goes on in it: put back what it was, or fork the run where its ` +
      'log ends, to go on with what it is now; its log is as it was',
  );
}

interface Interrupted {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly lock: WriterLock;
  readonly past: LogReader;
  readonly recorded: RecordedPast;
  readonly options: ResumeOptions;
}

/** The last fact of the past that stays: what followed from a stop is taken back. */
function lastOf(past: LogReader, { stop, streams }: RecordedPast): number {
  // Before the data was looked at nothing is recorded that a run would not record anew.
  if (streams === null) return 0;
  return stop === null ? past.position : stop.before;
}

async function bringBack(interrupted: Interrupted): Promise<Session> {
  const { folder, manifest, lock, past, recorded, options } = interrupted;
  const { log: _, onProgress, speed: wanted, ...given } = options;
  const prepared = await prepare({
    config: manifest.config,
    ...(manifest.folder !== undefined && { folder: manifest.folder }),
    ...given,
    log: folder,
    ...(onProgress && { onProgress }),
  });
  const to = lastOf(past, recorded);
  let file: FileLog | null = null;
  const log = new ComparedLog({
    folder,
    past,
    to,
    isWhole: false,
    goOn: () => {
      file = FileLog.goOn(folder, lock, to, options.logOptions);
      return file;
    },
  });
  const messages = recorded.messages.filter(({ message }) => message !== 'session.stop');
  const { successors, config, modules } = await successionOf(prepared, manifest.changes ?? []);
  const changed = changedModules(manifest.modules, modules);
  if (changed.length > 0) {
    await prepared.feed.close();
    throw changedSince(manifest.run, changed);
  }
  const turns = turnsOf(successors);
  const replay = new Replay({ messages, world: recorded, to, turns });
  const speed = wanted ?? config.backtest_config.speed_multiplier;
  const opened = sessionOn(atSpeed(prepared, speed), {
    run: manifest.run,
    log,
    replay,
    successors,
    journal: (entry) => file?.journal(entry),
    indexed: (known) => file && noteKnownData(folder, known, options.logOptions?.disk),
    started: (data) => file?.noteData(data),
    close: async (status) => {
      await log.close();
      if (file === null) lock.release();
      else await file.close(status);
    },
  });
  await bringToEnd(opened, { log, past, run: manifest.run, changed: [] });
  return opened.session;
}
