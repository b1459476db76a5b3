/** Verifies a recorded run: executes it again from its inputs and compares every frame with the recorded one. */
import { DataNotGiven, LogCorrupted, sentenceOf } from '../domain/errors.ts';
import { foldFrame } from '../domain/fold.ts';
import { SessionData } from '../domain/sessionData.ts';
import { isKnownData } from '../feeds/knownData.ts';
import { memoryFeed } from '../feeds/memory.ts';
import { type FieldDifference, fieldDifferences } from '../inspect/fieldDiff.ts';
import { checkLog } from '../store/checkLog.ts';
import { ComparedLog } from '../store/comparedLog.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FileLog } from '../store/fileLog.ts';
import { goodFramesOf } from '../store/goodFrames.ts';
import { KeptBatches } from '../store/keptBatches.ts';
import { readKnownData } from '../store/knownDataFile.ts';
import { type Manifest, readManifest } from '../store/manifest.ts';
import { SnapshotCheck } from '../store/snapshotCheck.ts';
import { isWritten } from '../store/writerLock.ts';
import {
  changedModules,
  changedText,
  type Divergence,
  divergenceOf,
  type HostReading,
  type Suspects,
} from './divergence.ts';
import { HostReadings } from './hostReadings.ts';
import { prepare, type SessionOptions, sessionOn } from './openSession.ts';
import { type Inputs, RecordedFeed } from './recordedFeed.ts';
import { pastOf, type RecordedPast } from './recordedPast.ts';
import type { CommittedFrame } from './recorder.ts';
import { Replay } from './replay.ts';
import { RunFailedError } from './session.ts';
import { atSpeed, successionOf, turnsOf } from './succession.ts';
import { VERSIONS } from './versions.ts';

/** Decompressed bytes of the log that are kept from checking to comparing: of some 800,000 bars. */
const KEPT_BYTES = 32 * 2 ** 20;

export interface VerifyOptions
  extends Pick<
    SessionOptions,
    'data' | 'folder' | 'strategies' | 'scanners' | 'indicators' | 'calendars' | 'inspect'
  > {
  /** The config, where that of the manifest is not to be used. */
  readonly config?: unknown;
  /**
   * `data`: only the data as it is now counts; `log`: it is not asked, the bars that the log holds are fed again.
   * Default: the data, and the log where that is gone.
   */
  readonly inputs?: Inputs | undefined;
  /** Times real time at which it happens again; default 0: no waiting. */
  readonly speed?: number;
  /** Called with every frame that came out the same. */
  readonly onFrame?: (frame: CommittedFrame) => void;
  /** Told now and then how many facts of how many are compared. */
  readonly onProgress?: (progress: { readonly facts: number; readonly of: number }) => void;
}

export interface VerifyReport {
  /** True if nothing is damaged and nothing came out differently. */
  readonly ok: boolean;
  /**
   * `execution`: executed again; `fold`: only checksums, chain and fold were checked, for the reason in `note`.
   */
  readonly checked: 'execution' | 'fold';
  /** Where the bars came from: `log` if of any symbol they did; null if it was not executed. */
  readonly inputs: Inputs | null;
  /** Facts and frames found to be the same, or to fold. */
  readonly facts: number;
  readonly frames: number;
  /** Of everything checked. */
  readonly chainHash: string;
  /**
   * How the recorded run ended; `interrupted` if it did not. `running`: a process still writes it, and what it had
   * written is checked.
   */
  readonly ended: 'completed' | 'failed' | 'stopped' | 'interrupted' | 'running';
  /** The first fact in which the re-execution differs; null if it does in none. */
  readonly divergence: Divergence | null;
  /** Where the log itself is damaged: the first fact that cannot be trusted. */
  readonly damage: { readonly seq: number; readonly reason: string } | null;
  /** Versions in which this engine differs from the one that recorded the run: `a` recorded, `b` here. */
  readonly versions: readonly FieldDifference[];
  /** In what the config given differs from the recorded one. */
  readonly config: readonly FieldDifference[];
  /** Strategies and scanners that read the host's clock or chance, even if it made no difference. */
  readonly readings: readonly HostReading[];
  /** What else is to be known; empty if nothing. */
  readonly note: string;
}

/**
 * Checks the log in `folder` byte by byte, then executes the run again and compares every frame.
 *
 * @throws {UsageError} if `folder` holds no run, or its strategies or data cannot be found
 */
export async function verifyLog(
  folder: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const manifest = readManifest(folder);
  const versions = fieldDifferences(manifest.versions, VERSIONS);
  const config =
    options.config === undefined ? [] : fieldDifferences(manifest.config, options.config);
  // Asked first: a run that ends meanwhile has its end in the log by then.
  const isRunning = isWritten(folder);
  const kept = new KeptBatches(KEPT_BYTES);
  const { log: past, recorded, ...checked } = await checkedLog(folder, kept);
  const { damage, position: facts, frames, chainHash } = checked;
  const broken = damage && { seq: damage.lastGoodSeq + 1, reason: damage.message };
  const base = { versions, config, damage: broken, divergence: null, readings: [] };
  const unread = { ...base, checked: 'fold' as const, inputs: null, facts, frames, chainHash };
  try {
    const ended = endingOf(recorded, isRunning);
    const note = whyOnlyFolded(manifest, recorded, ended);
    if (note !== '') {
      const reason = damage === null ? unfoldable(past) : null;
      const fault = broken ?? reason;
      return { ...unread, damage: fault, ok: fault === null, ended, note };
    }
    const isChecked = damage === null;
    const found = await execute(folder, { manifest, past, recorded, isChecked, kept, options });
    return { ...base, ...found, ok: damage === null && found.ok, ended };
  } finally {
    await past.close();
  }
}

/** What is good of a log, with what it holds of the world outside. */
async function checkedLog(folder: string, kept: KeptBatches) {
  // What every frame holds shows when it is compared, byte by byte.
  const report = checkLog(folder, { decode: false, kept });
  if (report.damage === null) {
    const log = await FileLog.read(folder);
    try {
      return { ...report, log, recorded: pastOf(log, folder) };
    } catch (error) {
      await log.close();
      if (!(error instanceof LogCorrupted)) throw error;
    }
  }
  // Where a frame does not even say what it holds, the log is good up to there.
  const decoded = report.damage === null ? checkLog(folder) : report;
  const log = goodFramesOf(folder);
  return { ...decoded, log, recorded: pastOf(log, folder) };
}

function endingOf({ ending }: RecordedPast, isRunning: boolean): VerifyReport['ended'] {
  if (ending === null) return isRunning ? 'running' : 'interrupted';
  if (ending.type === 'RunCompleted') return 'completed';
  return ending.type === 'RunFailed' ? 'failed' : 'stopped';
}

/** Why a run cannot be executed again; empty if it can. */
function whyOnlyFolded(
  { versions }: Manifest,
  { started, streams }: RecordedPast,
  ended: VerifyReport['ended'],
): string {
  if (versions.behaviour !== VERSIONS.behaviour) {
    return (
      `the run was recorded with behaviour version ${versions.behaviour}, this engine has ` +
      `${VERSIONS.behaviour}: only checksums, chain and fold were checked`
    );
  }
  if (started !== null && streams !== null) return '';
  const what =
    ended === 'running'
      ? 'the run has not looked at its data yet'
      : 'the run ended before its data was looked at';
  return `${what}: there is nothing to execute again`;
}

/** The first fact that does not fold; null if all do. */
function unfoldable(log: LogReader): VerifyReport['damage'] {
  const data = new SessionData();
  try {
    for (const frame of log.read({ reuse: true })) foldFrame(data, frame, log.table);
    return null;
  } catch (error) {
    return { seq: data.seq + 1, reason: sentenceOf(error) };
  }
}

interface Execution {
  readonly manifest: Manifest;
  readonly past: LogReader;
  readonly recorded: RecordedPast;
  readonly isChecked: boolean;
  readonly kept: KeptBatches;
  readonly options: VerifyOptions;
}

async function execute(folder: string, execution: Execution) {
  const { manifest, past, recorded, isChecked, kept, options } = execution;
  const { onProgress, onFrame, speed = 0, inputs, ...given } = options;
  const { prepared, isGiven } = await preparedAgain(
    {
      config: manifest.config,
      ...(manifest.folder !== undefined && { folder: manifest.folder }),
      ...given,
    },
    inputs,
  );
  const to = past.position;
  const isWhole = recorded.ending !== null;
  const snapshots = new SnapshotCheck(folder, past);
  const log = new ComparedLog({
    ...{ folder, past, to, isWhole, isChecked, kept, goOn: null },
    onState: (data, tally) => snapshots.check(data, tally),
  });
  const { successors, modules } = await successionOf(prepared, manifest.changes ?? []);
  const changed = changedModules(manifest.modules, modules);
  const { messages } = recorded;
  const replay = new Replay({ messages, world: recorded, to, turns: turnsOf(successors) });
  const feed = new RecordedFeed({
    feed: isGiven ? prepared.feed : null,
    log: past,
    fingerprints: recorded.started?.data ?? {},
    known: readKnownData(folder, isKnownData),
    inputs,
  });
  const readings = new HostReadings();
  try {
    const { session, engine } = sessionOn(
      { ...atSpeed(prepared, speed), feed },
      {
        run: manifest.run,
        log,
        close: async () => {},
        replay,
        successors,
        around: readings.around,
      },
    );
    if (onProgress !== undefined) {
      engine.recorder.listen(({ lastSeq }) => onProgress({ facts: lastSeq, of: to }));
    }
    if (onFrame !== undefined) engine.recorder.listen(onFrame);
    await session.finish().catch((error: unknown) => {
      if (!(error instanceof RunFailedError)) throw error;
    });
  } finally {
    readings.close();
  }
  const found = resultOf(log, past, { readings: readings.found, changed });
  const notes = [
    replay.failure ?? '',
    changed.length > 0 ? changedText(changed) : '',
    ...notesOf(feed, found.ok, isGiven),
    ...notesOnSnapshots(snapshots),
  ];
  return {
    ...found,
    inputs: feed.fromLog.size > 0 ? ('log' as const) : ('data' as const),
    note: notes.filter((note) => note !== '').join('\n\n'),
  };
}

/** A run whose data a program handed over can do without it, unless it is asked for. */
async function preparedAgain(options: SessionOptions, inputs: Inputs | undefined) {
  try {
    return { prepared: await prepare(options), isGiven: true };
  } catch (error) {
    if (!(error instanceof DataNotGiven) || inputs === 'data') throw error;
    return { prepared: await prepare({ ...options, data: memoryFeed({}) }), isGiven: false };
  }
}

/** What is to be known of the data. */
function notesOf(feed: RecordedFeed, ok: boolean, isGiven: boolean): string[] {
  const notes: string[] = [];
  const { changed, gone } = feed;
  if (changed.length > 0) {
    notes.push(`the data of ${changed.join(', ')} has changed since the run was recorded`);
  }
  if (gone.length > 0 && isGiven) {
    notes.push(
      `the data of ${gone.join(', ')} cannot be read any more: the bars of the log were fed`,
    );
  }
  if (feed.isGuessing && !ok) {
    notes.push(
      'what else its data had is not recorded with this run: where it differs, give the data to tell why',
    );
  }
  return notes;
}

function notesOnSnapshots({ wrong }: SnapshotCheck): string[] {
  if (wrong.length === 0) return [];
  const which = wrong.length === 1 ? 'the snapshot' : `${wrong.length} snapshots, the first`;
  return [
    `${which} at fact ${wrong[0]}, beside the log, is not the state there: make them anew (openbell index)`,
  ];
}

function resultOf(log: ComparedLog, past: LogReader, suspects: Required<Suspects>) {
  const { readings } = suspects;
  const { end, frames, position: facts } = log;
  const done = { checked: 'execution' as const, readings, frames, chainHash: log.chainHash() };
  if (end?.kind === 'parted') {
    const divergence = divergenceOf(end.parting, past, suspects);
    return { ...done, ok: false, facts: end.parting.seq - 1, divergence };
  }
  if (end?.kind === 'damaged') {
    const damage = { seq: end.seq, reason: end.what };
    return { ...done, ok: false, facts: end.seq - 1, damage };
  }
  return { ...done, ok: log.isCompared, facts };
}
