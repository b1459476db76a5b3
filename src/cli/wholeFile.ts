/** Large texts, written piece by piece. */
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { UsageError } from '../domain/errors.ts';
import { Output } from './output.ts';

export async function writePieces(pieces: Iterable<string>, output: Output): Promise<void> {
  for (const piece of pieces) {
    output.add(piece);
    if (output.full) await output.flush();
  }
  await output.flush();
}

/** Writes a file that is whole or not there. @throws {UsageError} if it cannot be written */
export async function writeWhole(pieces: Iterable<string>, path: string): Promise<void> {
  const part = `${path}.part`;
  try {
    const stream = createWriteStream(part);
    const done = finished(stream);
    await Promise.all([done, writePieces(pieces, new Output(stream)).finally(() => stream.end())]);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw unwritable(path, error);
  }
}

/** What to throw in the place of an error of the file system that came up while writing to `path`. */
export function unwritable(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error;
  return new UsageError(
    `"${path}" cannot be written (${error.code}): name a place that exists and has room`,
    { cause: error },
  );
}
