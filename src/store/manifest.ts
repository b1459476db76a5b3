/** `manifest.json`: what a run is, beside the facts of its log. Host time, paths and versions live here only. */
import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LogCorrupted, UsageError } from '../domain/errors.ts';
import type { Disk } from './disk.ts';
import { writeFileDurably, writeFileSoon } from './durableFile.ts';
import { parseJson } from './json.ts';
import { LOG_FORMAT } from './segmentHead.ts';

const MANIFEST_NAME = 'manifest.json';

/** `recovered`: running again after a crash whose torn tail was cut. */
export type RunStatus = 'running' | 'completed' | 'failed' | 'stopped' | 'recovered';
const STATUSES: readonly unknown[] = ['running', 'completed', 'failed', 'stopped', 'recovered'];

export interface Versions {
  readonly engine: string;
  /** Of the statecharts. */
  readonly chart: number;
  /** Of the facts' shapes. */
  readonly events: number;
  /** Runs are re-executed to the same log within one. */
  readonly behaviour: number;
}

/** How a log was closed; what is found later must agree with it. */
export interface Closing {
  /** Seq of the last fact. */
  readonly seq: number;
  readonly chain_hash: string;
  readonly segments: number;
  /** Host time, ISO 8601. */
  readonly finished: string;
}

/** From fact `seq` on these values of the config are other ones, by path. */
export interface ForkChange {
  readonly seq: number;
  readonly set: Readonly<Record<string, unknown>>;
}

export interface Manifest {
  /** Version of the folder's files. */
  readonly format: number;
  /** Id of the run. */
  readonly run: string;
  /** Host time, ISO 8601. */
  readonly created: string;
  /** As it was given. */
  readonly config: unknown;
  /** Where relative paths of the config start; absent in runs of early versions. */
  readonly folder?: string;
  /** SHA-256 of the config with its keys sorted, hex. */
  readonly config_hash: string;
  readonly versions: Versions;
  readonly seed: number | null;
  /** Fingerprints of the data, by symbol or source. */
  readonly data: Readonly<Record<string, string>>;
  /** Fingerprints of the files of strategies and scanners, by module as the config has it; absent if there are none. */
  readonly modules?: Readonly<Record<string, string>>;
  /** The run this one was forked from, the last fact they share, and the chain up to there. */
  readonly parent: {
    readonly run: string;
    readonly seq: number;
    readonly chain_hash?: string;
  } | null;
  /** What of the config is otherwise after some fact, in forks and forks of forks; absent if nothing is. */
  readonly changes?: readonly ForkChange[];
  readonly status: RunStatus;
  /** How often the log was opened for writing. */
  readonly epoch: number;
  /** The last recovery from a crash: how many bytes of a torn tail were cut, after which fact. */
  readonly recovered: { readonly bytes_cut: number; readonly seq: number } | null;
  /** Null while the log is being written, and after a crash. */
  readonly closed: Closing | null;
}

/** What the creator of a run has to say; the log knows the rest. */
export type NewManifest = Pick<
  Manifest,
  'run' | 'config' | 'folder' | 'versions' | 'seed' | 'data' | 'modules' | 'parent' | 'changes'
>;

/** What may change after the creation of a run. */
export type ManifestPatch = Partial<
  Pick<Manifest, 'data' | 'status' | 'epoch' | 'recovered' | 'closed'>
>;

export function newManifest(given: NewManifest): Manifest {
  const { run, config, folder, versions, seed, data, modules = {}, parent, changes } = given;
  return {
    format: LOG_FORMAT,
    run,
    created: new Date().toISOString(),
    config,
    ...(folder !== undefined && { folder }),
    config_hash: configHash(config),
    versions,
    seed,
    data,
    ...(Object.keys(modules).length > 0 && { modules }),
    parent,
    ...(changes !== undefined && { changes }),
    status: 'running',
    epoch: 0,
    recovered: null,
    closed: null,
  };
}

/** SHA-256 of a config, hex; the order of keys does not count. */
function configHash(config: unknown): string {
  return hash('sha256', JSON.stringify(config, sortedKeys) ?? 'null');
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);
  return Object.fromEntries(Object.entries(value).sort(byName));
}

/** On return it is on stable storage. */
export function writeManifest(folder: string, manifest: Manifest, disk?: Disk): void {
  writeFileDurably(join(folder, MANIFEST_NAME), textOf(manifest), disk);
}

/** The same in the background, unless it is not `wanted` any more when it has been written. */
export function writeManifestSoon(
  folder: string,
  manifest: Manifest,
  disk: Disk,
  wanted: () => boolean,
): Promise<void> {
  return writeFileSoon(join(folder, MANIFEST_NAME), Buffer.from(textOf(manifest)), {
    disk,
    wanted,
  });
}

function textOf(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/**
 * @throws {UsageError} if the folder holds no run
 * @throws {LogCorrupted} if its manifest cannot be understood
 */
export function readManifest(folder: string): Manifest {
  const text = readText(folder);
  const parsed = parse(text);
  const problem = parsed === null ? 'it is not a JSON object' : problemOf(parsed);
  if (problem === null) return parsed as unknown as Manifest;
  throw new LogCorrupted(
    `the manifest "${join(folder, MANIFEST_NAME)}" cannot be used, ${problem}: restore it`,
    { segment: MANIFEST_NAME, offset: 0, lastGoodSeq: 0 },
  );
}

/** Changes with every change of the manifest; null if there is none. */
export function manifestStamp(folder: string): string | null {
  const stat = statSync(join(folder, MANIFEST_NAME), { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.ino}/${stat.mtimeNs}/${stat.size}`;
}

function readText(folder: string): string {
  try {
    return readFileSync(join(folder, MANIFEST_NAME), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    throw new UsageError(
      `"${folder}" holds no run, it has no "${MANIFEST_NAME}": give the folder of a run`,
    );
  }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** What is wrong with a manifest; null if nothing is. */
function problemOf(manifest: Record<string, unknown>): string | null {
  const { format, config, config_hash, closed } = manifest;
  if (format !== LOG_FORMAT) return `its format is "${format}", this version reads "${LOG_FORMAT}"`;
  const wrong = Object.entries(RULES).find(([key, holds]) => !holds(manifest[key]));
  if (wrong !== undefined) return `"${wrong[0]}" is ${JSON.stringify(manifest[wrong[0]])}`;
  if (configHash(config) !== config_hash) return '"config" does not have the hash "config_hash"';
  return closed === null || isClosing(closed) ? null : '"closed" is incomplete';
}

const RULES: Readonly<Record<string, (value: unknown) => boolean>> = {
  run: isText,
  created: isText,
  config_hash: isText,
  versions: isObject,
  seed: (value) => value === null || typeof value === 'number',
  data: isObject,
  parent: (value) => value === null || (isObject(value) && isText(value.run) && isWhole(value.seq)),
  status: (value) => STATUSES.includes(value),
  epoch: isWhole,
};

function isClosing(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { seq, chain_hash, segments, finished } = value;
  return isWhole(seq) && isText(chain_hash) && isWhole(segments) && isText(finished);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
