/** What to say where a log could not be written, and what to do about it. */
import { LogWriteFailed } from '../domain/errors.ts';

const ROOM = 'make room, then';
const RIGHT = 'choose a folder that can be written, then';
const DISK = 'look after the disk, then';

/** What to do, by the system's code; others are no failures of the disk. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: ROOM,
  EDQUOT: ROOM,
  EFBIG: ROOM,
  EACCES: RIGHT,
  EPERM: RIGHT,
  EROFS: RIGHT,
  EIO: DISK,
  ENODEV: DISK,
  ENXIO: DISK,
};

/**
 * What a failure of the disk means for the log at `path`; any other error as it is.
 * @param begun false if there is nothing yet to be resumed
 */
export function writeFailure(path: string, error: unknown, begun = true): unknown {
  if (error instanceof LogWriteFailed && begun) return error;
  const known = error instanceof LogWriteFailed ? error.cause : error;
  const { code = '', message } = known as NodeJS.ErrnoException;
  const remedy = REMEDIES[code];
  if (remedy === undefined) return error;
  const next = begun ? 'resume the run' : 'run it again';
  const text = `the log cannot be written, "${path}": ${message}: ${remedy} ${next}`;
  return new LogWriteFailed(text, { cause: error });
}

/** @throws {LogWriteFailed} in place of what the system says */
export function written<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw writeFailure(folder, error);
  }
}
