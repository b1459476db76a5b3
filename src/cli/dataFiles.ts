/** The `--data` options of `run`, as the data part of a config. */
import { existsSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { UsageError } from '../domain/errors.ts';

export interface DataOptions {
  /** Files as given: `FILE`, `SYMBOL=FILE`, or a path with `{symbol}` in it. */
  readonly data: readonly string[];
  readonly stamp?: 'open' | 'close';
  readonly interval: string;
  readonly timezone?: string;
}

type FileType = 'csv' | 'parquet';

interface DataFile {
  readonly type: FileType;
  /** Absolute. */
  readonly path: string;
  /** Whose bars it holds; null where the path names the symbol. */
  readonly symbol: string | null;
}

/**
 * `raw` with its data replaced by the files given.
 *
 * @throws {UsageError} for a file that is missing or of another kind, or whose symbol cannot be told
 */
export function withDataFiles(raw: unknown, options: DataOptions): unknown {
  const { stamp, interval, timezone } = options;
  if (stamp === undefined) {
    throw new UsageError(
      '--data needs --stamp open or --stamp close: whether a row bears the time at which its bar ' +
        'begins or ends cannot be seen in the file, and a wrong guess would show bars too early',
    );
  }
  const [config, key] = sessionPart(raw);
  const files = options.data.map((text) => dataFile(text, symbolsIn(config)));
  const rest = { interval, stamp, ...(timezone !== undefined && { timezone }) };
  const data = sourcesOf(files).map((source) => ({ ...source, ...rest }));
  return { ...(raw as object), [key]: { ...config, data } };
}

/** What the config says of the session, under the spelling it uses. A config without is refused later. */
function sessionPart(raw: unknown): [config: Readonly<Record<string, unknown>>, key: string] {
  const given = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
  const key = 'sessionDataConfig' in given ? 'sessionDataConfig' : 'session_data_config';
  const part = given[key];
  return [typeof part === 'object' && part !== null ? (part as Record<string, unknown>) : {}, key];
}

function symbolsIn({ symbols }: Readonly<Record<string, unknown>>): string[] {
  if (!Array.isArray(symbols)) return [];
  return symbols.filter((symbol) => typeof symbol === 'string').map((text) => text.toUpperCase());
}

function dataFile(text: string, symbols: readonly string[]): DataFile {
  const [, named, given] = /^(?:([^=/\\]+)=)?(.+)$/s.exec(text) ?? [];
  const path = given ?? text;
  const type = typeOf(path);
  const isPattern = /\{(symbol|date|interval)\}/.test(path);
  if (!isPattern && !existsSync(path)) {
    throw new UsageError(`there is no data file "${path}": give --data an existing file`);
  }
  const whole = resolve(path);
  if (named !== undefined) return { type, path: whole, symbol: named.toUpperCase() };
  if (path.includes('{symbol}')) return { type, path: whole, symbol: null };
  return { type, path: whole, symbol: symbolOf(path, symbols) };
}

function typeOf(path: string): FileType {
  const extension = extname(path).toLowerCase();
  if (extension === '.csv' || extension === '.parquet') return extension.slice(1) as FileType;
  throw new UsageError(`"${path}" is no data file: its name must end in .csv or .parquet`);
}

/** A file serves the only symbol there is, or the one it is named after. */
function symbolOf(path: string, symbols: readonly string[]): string {
  const name = basename(path, extname(path)).toUpperCase();
  const symbol = symbols.length === 1 ? symbols[0] : symbols.find((each) => each === name);
  if (symbol !== undefined) return symbol;
  throw new UsageError(
    `"${path}" does not say whose bars it holds: write --data SYMBOL=${path}, ` +
      'or a path with {symbol} in it',
  );
}

/** Files of one type and one symbol each are one source; every pattern is a source of its own. */
function sourcesOf(files: readonly DataFile[]): { type: FileType; path: unknown }[] {
  const sources: { type: FileType; path: unknown }[] = [];
  for (const type of ['csv', 'parquet'] as const) {
    const ofType = files.filter((file) => file.type === type);
    const bySymbol: Record<string, string> = {};
    for (const { path, symbol } of ofType) {
      if (symbol === null) sources.push({ type, path });
      else if (bySymbol[symbol] === undefined) bySymbol[symbol] = path;
      else throw new UsageError(`--data has two files of ${symbol}: give one`);
    }
    if (Object.keys(bySymbol).length > 0) sources.push({ type, path: bySymbol });
  }
  return sources;
}
