/** Reads config files: JSON, YAML, and modules that export a config. What they say is not judged here. */
import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseDocument, type YAMLError } from 'yaml';
import { UsageError } from '../domain/errors.ts';
import { suggest } from '../domain/suggest.ts';

export interface ConfigFile {
  /** The config as it is written. */
  readonly raw: unknown;
  /** Absolute path of the file's folder, where relative paths of the config start. */
  readonly folder: string;
}

const READERS: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  '.json': async (path) => readJson(await readText(path), path),
  '.yaml': async (path) => readYaml(await readText(path), path),
  '.yml': async (path) => readYaml(await readText(path), path),
  '.ts': readModule,
  '.mjs': readModule,
  '.js': readModule,
};

/** @throws {UsageError} if there is no such file, or it is empty, misspelt or of another kind */
export async function loadConfigFile(path: string): Promise<ConfigFile> {
  const whole = resolve(path);
  const folder = dirname(whole);
  await checkExists(whole, path);
  const read = READERS[extname(whole).toLowerCase()];
  if (read === undefined) {
    throw new UsageError(
      `"${path}" is not a config file: its name must end in ${Object.keys(READERS).join(', ')}`,
    );
  }
  return { raw: await read(whole), folder };
}

async function checkExists(whole: string, path: string): Promise<void> {
  const found = await stat(whole).catch(() => null);
  if (found?.isFile()) return;
  if (found !== null) throw new UsageError(`"${path}" is not a file: name a config file`);
  const names = await readdir(dirname(whole)).catch(() => null);
  if (names === null)
    throw new UsageError(`there is no folder "${dirname(path)}" to hold a config`);
  const configs = names.filter((name) => extname(name) in READERS).toSorted();
  const byStem = new Map(configs.map((name) => [stem(name), name]));
  const meant = byStem.get(suggest(stem(path), byStem.keys()) ?? '');
  const remedy =
    meant === undefined ? '"openbell config init" writes one' : `did you mean "${meant}"?`;
  throw new UsageError(`there is no config file "${path}": ${remedy}`);
}

function stem(path: string): string {
  return basename(path, extname(path));
}

async function readText(path: string): Promise<string> {
  const text = (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  if (text.trim() === '') throw emptyFile(path);
  return text;
}

function emptyFile(path: string): UsageError {
  return new UsageError(`"${basename(path)}" is empty: "openbell config init" writes a config`);
}

function readJson(text: string, path: string): unknown {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    const end = lengthOfValid(text);
    const found = end < text.length ? `found ${JSON.stringify(text[end])}` : 'it ends too early';
    throw misspelt(path, lineAndColumn(text, end), found);
  }
  // JSON lets the last of two equal keys win without a word; YAML, which JSON is part of, does not.
  const [twice] = parseDocument(text).errors.filter(({ code }) => code === 'DUPLICATE_KEY');
  if (twice === undefined) return raw;
  throw yamlError(twice, text, path);
}

function readYaml(text: string, path: string): unknown {
  const document = parseDocument(text, { merge: true, prettyErrors: false });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw yamlError(problem, text, path);
  if (document.contents === null) throw emptyFile(path);
  try {
    return document.toJS();
  } catch (error) {
    throw new UsageError(`"${basename(path)}" cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function yamlError({ code, message, pos }: YAMLError, text: string, path: string): UsageError {
  const what = SENTENCES[code] ?? message.split('\n')[0];
  return misspelt(path, lineAndColumn(text, pos[0]), what ?? code);
}

/** For what the YAML reader says in the words of its own interface. */
const SENTENCES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'a key is there twice',
  MULTIPLE_DOCS: 'a second document begins, but a config is one',
};

async function readModule(path: string): Promise<unknown> {
  let exported: Record<string, unknown>;
  try {
    exported = await import(pathToFileURL(path).href);
  } catch (error) {
    const place = error instanceof SyntaxError ? placeOf(error, path) : null;
    if (place !== null) throw misspelt(place.file, place, messageOf(error));
    throw new UsageError(`"${basename(path)}" could not be loaded: ${messageOf(error)}`, {
      cause: error,
    });
  }
  const raw = exported.default ?? exported.config;
  if (raw !== undefined) return raw;
  const names = Object.keys(exported).join(', ') || 'nothing';
  throw new UsageError(
    `"${basename(path)}" must export a config, as default or as "config"; it exports ${names}`,
  );
}

/** Counted from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

function misspelt(path: string, { line, column }: Place, what: string): UsageError {
  return new UsageError(
    `"${basename(path)}" cannot be read at line ${line}, column ${column}: ${what}`,
  );
}

/**
 * How much of `text` can be the beginning of JSON. Not all of the engine's messages say where they apply,
 * but it always notices when a text only lacks its end. O(n log n).
 */
function lengthOfValid(text: string): number {
  let valid = 0;
  let invalid = text.length + 1;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1;
    if (canGoOn(text.slice(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

function canGoOn(json: string): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch (error) {
    const position = /at position (\d+)/.exec(messageOf(error))?.[1];
    if (position !== undefined) return Number(position) === json.length;
    return messageOf(error).startsWith('Unexpected end');
  }
}

function lineAndColumn(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

/** Where a module is misspelt: the stack says it of TypeScript, a check of the file alone of JavaScript. */
function placeOf(error: SyntaxError, path: string): (Place & { file: string }) | null {
  const check = () => spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' }).stderr;
  for (const report of [() => error.stack ?? '', check]) {
    const found = /^(\/.+|[A-Z]:.+):(\d+)\n(?:(?:.*\n)*?( *)\^)?/.exec(report());
    const [, file, line, indent = ''] = found ?? [];
    if (file !== undefined) return { file, line: Number(line), column: indent.length + 1 };
  }
  return null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
