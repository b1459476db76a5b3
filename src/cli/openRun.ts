/** A recorded run, opened for reading. */
import type { Calendar } from '../domain/calendar/calendar.ts';
import { findCalendar } from '../domain/calendar/calendars.ts';
import { UsageError } from '../domain/errors.ts';
import { startOf } from '../inspect/stateAt.ts';
import type { LogReader } from '../store/eventLog.ts';
import { FileLog } from '../store/fileLog.ts';
import type { Manifest } from '../store/manifest.ts';
import { cutOffNote, wasCutOff } from './cutOff.ts';
import { say } from './output.ts';

export interface RecordedRun extends AsyncDisposable {
  readonly log: LogReader;
  readonly manifest: Manifest;
  /** As in `RunStarted`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly calendar: Calendar;
  /** True if it never ended and nothing writes it any more: no fact will follow. */
  readonly cutOff: boolean;
  /** Looks again whether that is so; says so if it is. */
  isCutOffNow(): boolean;
}

/**
 * Says so if the run was cut off.
 *
 * @throws {UsageError} if `folder` holds no run, one without facts, or one of a calendar not known here
 * @throws {LogCorrupted} if its log is damaged
 */
export async function openRun(folder: string): Promise<RecordedRun> {
  const log = await FileLog.read(folder);
  const cutOff = wasCutOff(log);
  const config = startOf(log)?.config;
  if (config === undefined) {
    await log.close();
    const ended = cutOff || log.manifest.closed !== null;
    throw new UsageError(
      ended
        ? `the run in "${folder}" ended before its first fact: run it again`
        : `the run in "${folder}" has no facts yet: wait until it has begun`,
    );
  }
  const exchange = String(config.exchange_group);
  const calendar = findCalendar(exchange);
  if (calendar === undefined) {
    await log.close();
    throw new UsageError(
      `the run in "${folder}" is of the calendar "${exchange}", which is not built in: ` +
        'read its log with a program that has it',
    );
  }
  if (cutOff) say(cutOffNote(log));
  const { manifest } = log;
  const isCutOffNow = () => {
    const isCutOff = wasCutOff(log);
    if (isCutOff) say(cutOffNote(log));
    return isCutOff;
  };
  const found = { log, manifest, config, calendar, cutOff, isCutOffNow };
  return { ...found, [Symbol.asyncDispose]: () => log.close() };
}
