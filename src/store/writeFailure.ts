/** What to say where a log could not be written, and what to do about it. */
import { LogWriteFailed } from '../domain/errors.ts';

const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const NO_RIGHT = ['EACCES', 'EPERM', 'EROFS'];

/**
 * What a failure of the system means; any other error as it is.
 * @param place what was written, with its article: `"runs/a/00000001.log"`
 */
export function writeFailure(place: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof LogWriteFailed || typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) {
    return error;
  }
  const text = `the log cannot be written, ${place}: ${message}: ${remedyOf(code)}`;
  return new LogWriteFailed(text, { cause: error });
}

function remedyOf(code: string): string {
  if (NO_ROOM.includes(code)) return 'make room, then resume the run';
  if (NO_RIGHT.includes(code)) return 'choose a folder that can be written';
  return 'look after the disk, then resume the run';
}

/** @throws {LogWriteFailed} in place of what the system says */
export function written<T>(folder: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw writeFailure(`"${folder}"`, error);
  }
}
