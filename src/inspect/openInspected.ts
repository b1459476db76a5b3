/** A run's folder, opened for the inspector: also one that is damaged, still running, or without a fact. */
import { basename, resolve } from 'node:path';
import type { Calendar } from '../domain/calendar/calendar.ts';
import { findCalendar } from '../domain/calendar/calendars.ts';
import { LogCorrupted, UsageError } from '../domain/errors.ts';
import { DamagedLog } from '../store/damagedLog.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FileLogReader } from '../store/fileLogReader.ts';
import { type Manifest, readManifest } from '../store/manifest.ts';
import { bytesOfSegments } from '../store/segments.ts';
import { isWritten } from '../store/writerLock.ts';
import type { Damage } from './protocol/basics.ts';
import { InspectedRun } from './queries/inspectedRun.ts';

export interface InspectOptions {
  /** Calendars of one's own, beside the built-in ones. */
  readonly calendars?: readonly Calendar[];
  /** What exports say of the program that makes them. */
  readonly system?: Readonly<Record<string, string>>;
}

/**
 * Opens the run in `folder` to be asked about.
 *
 * @throws {UsageError} if the folder holds no run, or one of a calendar that is not known here
 */
export function openInspected(folder: string, options: InspectOptions = {}): InspectedRun {
  const { log, damage } = openLog(folder);
  return runOver(log, folder, damage, options);
}

/** The same run, cut off where its damage was found by reading. */
export function reopenDamaged(folder: string, options: InspectOptions = {}): InspectedRun {
  const log = new DamagedLog(folder);
  return runOver(log, folder, log.damage && damageOf(log.damage), options);
}

function openLog(folder: string): { log: LogReader; damage: Damage | null } {
  try {
    return { log: new FileLogReader(folder), damage: null };
  } catch (error) {
    if (!(error instanceof LogCorrupted)) throw error;
    const log = new DamagedLog(folder);
    return { log, damage: damageOf(log.damage ?? error) };
  }
}

function damageOf({ lastGoodSeq, segment, offset, message }: LogCorrupted): Damage {
  return { seq: lastGoodSeq + 1, file: segment, offset, message };
}

function runOver(
  log: LogReader,
  folder: string,
  damage: Damage | null,
  { calendars, system = {} }: InspectOptions,
): InspectedRun {
  const manifest = (): Manifest => readManifest(folder);
  return new InspectedRun({
    log,
    calendar: calendarOf(folder, manifest(), calendars),
    folder: basename(resolve(folder)),
    path: folder,
    manifest: () => ({ ...manifest() }),
    status: () => manifest().status,
    live: () => damage === null && manifest().closed === null && isWritten(folder),
    bytes: () => bytesOfSegments(folder),
    damage,
    system,
  });
}

/** @throws {UsageError} if it is not known here */
function calendarOf(
  folder: string,
  { config }: Manifest,
  calendars: readonly Calendar[] | undefined,
): Calendar {
  const given = (config ?? {}) as { exchange_group?: unknown; exchangeGroup?: unknown };
  const exchange = String(given.exchange_group ?? given.exchangeGroup ?? 'US_EQUITY');
  const calendar = findCalendar(exchange, calendars);
  if (calendar !== undefined) return calendar;
  throw new UsageError(
    `the run in "${folder}" is of the calendar "${exchange}", which is not built in: ` +
      'open it with a program that has it',
  );
}
