/**
 * Forks a recorded run: a run of its own with the same past, and another future. The past is copied and executed
 * again, so that strategies and indicators are as they were; then the changes act.
 */
import { rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { findCalendar } from '../domain/calendar/calendars.ts';
import { UsageError } from '../domain/errors.ts';
import { seqAt } from '../inspect/position.ts';
import { ComparedLog } from '../store/comparedLog.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FileLog } from '../store/fileLog.ts';
import { copyPast } from '../store/forking.ts';
import { noteKnownData } from '../store/knownDataFile.ts';
import { type ForkChange, type Manifest, readManifest } from '../store/manifest.ts';
import { WriterLock } from '../store/writerLock.ts';
import { bringToEnd } from './bringBack.ts';
import { changedModules } from './divergence.ts';
import { type Prepared, prepare, sessionOn } from './openSession.ts';
import { pastOf, type RecordedPast } from './recordedPast.ts';
import { type OutsideMessage, Replay } from './replay.ts';
import type { ResumeOptions } from './resumeSession.ts';
import type { Session } from './session.ts';
import {
  atSpeed,
  messagesFor,
  refuseNewIntervals,
  type Succession,
  successionOf,
  turnsOf,
} from './succession.ts';
import { VERSIONS } from './versions.ts';

export interface ForkOptions extends Omit<ResumeOptions, 'log'> {
  /** Folder of the run to fork. */
  readonly from: string;
  /** The last fact that both share: a seq, an ISO time, or `HH:MM[:SS]` of the run's last session. */
  readonly at: number | string;
  /** Folder of the fork, made here. */
  readonly log: string;
  /** New values of the config by path, such as `{'session_data_config.strategies[0].config.fast': 5}`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** The module that takes the place of the run's only strategy. */
  readonly strategy?: string;
  /** False: what the parent was told from outside after that fact is not told to the fork. Default true. */
  readonly messages?: boolean;
}

/**
 * Makes the fork and brings it to the fact where its own future begins; from there it goes on as far as asked.
 *
 * Without changes it comes to the log of its parent, byte for byte. What the parent was told from outside later is
 * told to the fork as well: exactly there if nothing is changed, else at the same market time.
 *
 * @throws {UsageError} for a place that is not in the run, or a change that acts on the past
 * @throws {NotResumable} if the past does not come out as it was recorded
 */
export async function forkSession(options: ForkOptions): Promise<Session> {
  const parent = resolve(options.from);
  const manifest = readManifest(parent);
  const past = await FileLog.read(parent);
  const recorded = pastOf(past, parent);
  const seq = placeOf({ manifest, past, recorded }, options);
  const { from: _, at: __, log, set, strategy, messages: ___, onProgress, ...given } = options;
  const prepared = await prepare({
    config: manifest.config,
    ...(manifest.folder !== undefined && { folder: manifest.folder }),
    ...given,
    log: resolve(log),
    ...(onProgress && { onProgress }),
  });
  const earlier = (manifest.changes ?? []).filter((change) => change.seq <= seq);
  const own = changesOf(prepared, set ?? {}, strategy);
  const changes = Object.keys(own).length === 0 ? earlier : [...earlier, { seq, set: own }];
  const before = await successionOf(prepared, earlier);
  const after = await successionOf(prepared, changes);
  refuseNewIntervals(after.successors, intervalsOf(recorded));
  const told = [
    ...messagesFor(before.config, after.config, seq + 1),
    ...laterMessages(recorded, seq, { ...options, isChanged: changes.length > earlier.length }),
  ];
  return await begin({ parent, manifest, past, recorded, seq, prepared, changes, after, told });
}

interface Parent {
  readonly manifest: Manifest;
  readonly past: LogReader;
  readonly recorded: RecordedPast;
}

interface Fork extends Parent {
  /** Folder of the parent. */
  readonly parent: string;
  readonly seq: number;
  readonly prepared: Prepared;
  readonly changes: readonly ForkChange[];
  readonly after: Succession;
  readonly told: readonly OutsideMessage[];
}

/** The last fact of the last whole frame at or before the place that is named. */
function placeOf({ manifest, past, recorded }: Parent, { at, calendars }: ForkOptions): number {
  const { run, versions } = manifest;
  if (versions.behaviour !== VERSIONS.behaviour) {
    throw new UsageError(
      `the run "${run}" was recorded with behaviour version ${versions.behaviour}, this engine has ` +
        `${VERSIONS.behaviour}: fork it with openbell ${versions.engine}`,
    );
  }
  if (recorded.started === null) {
    throw new UsageError(`the run "${run}" ended before its first fact: run it anew instead`);
  }
  const exchange = String(recorded.started.config.exchange_group);
  const calendar = findCalendar(exchange, calendars);
  if (calendar === undefined) throw new UsageError(`calendar "${exchange}" is not known here`);
  const wanted = seqAt(past, String(at), calendar);
  let seq = 0;
  for (const { firstSeq, count } of past.read({ to: wanted, from: wanted })) {
    seq = firstSeq + count - 1 <= wanted ? firstSeq + count - 1 : firstSeq - 1;
  }
  const { ending, stop, streams } = recorded;
  if (streams === null || seq < streams.seq) {
    throw new UsageError(`at fact ${seq} the run "${run}" has not begun: run it anew instead`);
  }
  const end = stop?.before ?? (ending === null ? past.position : ending.seq - 1);
  if (seq <= end) return seq;
  throw new UsageError(`the run "${run}" has ended by fact ${seq}: choose one up to ${end}`);
}

function intervalsOf({ streams }: RecordedPast): ReadonlySet<string> {
  return new Set([streams!.base, ...streams!.derived]);
}

/** The changes by path; a strategy by name is one of them. */
function changesOf(
  { config }: Prepared,
  set: Readonly<Record<string, unknown>>,
  strategy: string | undefined,
): Readonly<Record<string, unknown>> {
  if (strategy === undefined) return set;
  const { strategies } = config.session_data_config;
  const [index = 0, ...others] = [...strategies.keys()].filter((i) => strategies[i]!.enabled);
  if (strategies.length === 0) {
    return { 'session_data_config.strategies': [{ module: strategy }], ...set };
  }
  if (others.length > 0) {
    throw new UsageError(
      `the run has ${others.length + 1} strategies: say which by ` +
        `--set session_data_config.strategies[${index}].module=${strategy}`,
    );
  }
  return { [`session_data_config.strategies[${index}].module`]: strategy, ...set };
}

/** What the parent was told after the fork, but for its stop. */
function laterMessages(
  { messages }: RecordedPast,
  seq: number,
  { messages: wanted = true, isChanged }: { messages?: boolean; isChanged: boolean },
): OutsideMessage[] {
  if (!wanted) return [];
  const later = messages.filter((told) => told.seq > seq && told.message !== 'session.stop');
  if (!isChanged) return later;
  return later.map((told) => ({ ...told, seq: seq + 1, byTime: true, opens: false }));
}

async function begin(fork: Fork): Promise<Session> {
  const { parent, manifest, past, recorded, seq, changes, told } = fork;
  const { successors, config, modules } = fork.after;
  const folder = fork.prepared.options.log!;
  const run = basename(folder);
  const { config: given, folder: start, seed, data } = manifest;
  copyPast(parent, folder, {
    seq,
    manifest: {
      ...{ run, config: given, seed, data, versions: { ...VERSIONS }, modules },
      ...(start !== undefined && { folder: start }),
      parent: { run: manifest.run, seq },
      ...(changes.length > 0 && { changes }),
    },
  });
  const lock = WriterLock.claim(folder, 0);
  let file: FileLog | null = null;
  const log = new ComparedLog({
    folder,
    past,
    to: seq,
    isWhole: false,
    goOn: () => {
      file = FileLog.goOn(folder, lock, seq, { isFork: true });
      return file;
    },
  });
  const messages = [...recorded.messages.filter((message) => message.seq <= seq), ...told];
  const turns = turnsOf(successors);
  const replay = new Replay({ messages, world: recorded, to: seq, turns });
  const prepared = atSpeed(fork.prepared, config.backtest_config.speed_multiplier);
  const opened = sessionOn(prepared, {
    run,
    log,
    replay,
    successors,
    journal: (entry) => file?.journal(entry),
    indexed: (known) => file && noteKnownData(folder, known),
    close: async (status) => {
      await log.close();
      if (file === null) lock.release();
      else await file.close(status);
    },
  });
  try {
    const changed = changedModules(manifest.modules, modules);
    await bringToEnd(opened, { log, past, run: manifest.run, changed });
    const { shadowFailure } = opened.engine.strategies;
    if (shadowFailure === null) return opened.session;
    throw new UsageError(
      `what takes over failed already in the past of the fork: ${shadowFailure}`,
    );
  } catch (error) {
    await opened.session.close().catch(() => {});
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}
