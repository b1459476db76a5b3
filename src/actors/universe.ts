/** Universe files: the symbols that a scanner looks at, one a line, `#` for comments. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Ticker } from '../domain/config/leaves.ts';
import { UsageError } from '../domain/errors.ts';

export interface Universe {
  /** Name of the file, without the folders it lies in. */
  readonly file: string;
  /** Hex SHA-256 of its bytes. */
  readonly fingerprint: string;
  /** Upper-cased, each once, in the file's order. */
  readonly symbols: readonly string[];
}

/**
 * Reads a universe file.
 *
 * @param path as configs write it, relative to `folder`
 * @throws {UsageError} if it cannot be read, has no symbol, or a line that is none
 */
export function readUniverse(path: string, folder: string): Universe {
  const bytes = bytesOf(path, folder);
  const fingerprint = createHash('sha256').update(bytes).digest('hex');
  return { file: basename(path), fingerprint, symbols: symbolsIn(bytes.toString('utf8'), path) };
}

function bytesOf(path: string, folder: string): Buffer {
  try {
    return readFileSync(resolve(folder, path));
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'there is no' : `${code}: cannot read the`;
    throw new UsageError(
      `${what} universe file "${path}": write one symbol a line; its path starts at the config`,
      { cause: error },
    );
  }
}

function symbolsIn(text: string, path: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const symbols = lines.flatMap((line, i) => {
    const word = line.replace(/#.*/, '').trim();
    if (word === '') return [];
    const symbol = Ticker.safeParse(word);
    if (symbol.success) return [symbol.data];
    throw new UsageError(
      `"${path}" line ${i + 1}: "${word}" is no symbol: write one symbol a line, such as "AAPL"`,
    );
  });
  if (symbols.length > 0) return [...new Set(symbols)];
  throw new UsageError(`"${path}" has no symbol: write one symbol a line`);
}
