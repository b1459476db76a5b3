/**
 * One writer per log: a lock file names its owner. Readers do not look at it.
 *
 * Each claim has an epoch, one more than the one before, and its own file `lock.<epoch>`, which comes into
 * being with its content or not at all. So two processes that find the lock of a dead one cannot both take it
 * over, and removing a stale lock never removes a live one.
 */
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import { UNFINISHED } from './durableFile.ts';
import { writeFailure } from './writeFailure.ts';

interface Owner {
  readonly pid: number;
  /** What tells the process from a later one with the same id; null where the system does not say. */
  readonly started: string | null;
}

interface Claim extends Owner {
  readonly file: string;
  readonly epoch: number;
}

export class WriterLock {
  readonly epoch: number;
  readonly #file: string;
  #isHeld = true;

  private constructor(file: string, epoch: number) {
    this.#file = file;
    this.epoch = epoch;
  }

  /**
   * Claims the log in `folder`, if need be from an owner that is no more.
   *
   * @param after the last epoch known to have been given out
   * @throws {UsageError} if a living process, this one included, writes it
   * @throws {LogWriteFailed} if the lock cannot be written
   */
  static claim(folder: string, after: number): WriterLock {
    const before = readClaims(folder);
    refuseLiving(folder, before);
    const epoch = 1 + Math.max(after, ...before.map((claim) => claim.epoch));
    const file = join(folder, `lock.${epoch}`);
    try {
      createWhole(folder, file);
    } catch (error) {
      throw writeFailure(folder, error);
    }
    const others = readClaims(folder).filter((claim) => claim.epoch !== epoch);
    try {
      refuseLiving(folder, others);
    } catch (error) {
      rmSync(file, { force: true });
      throw error;
    }
    for (const { file: stale } of others) rmSync(stale, { force: true });
    return new WriterLock(file, epoch);
  }

  /** Once: who claims it next may give it the same name. */
  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    rmSync(this.#file, { force: true });
  }
}

function createWhole(folder: string, file: string): void {
  const owner: Owner = { pid: process.pid, started: startOf(process.pid) };
  const unfinished = `${file}.${process.pid}${UNFINISHED}`;
  try {
    writeFileSync(unfinished, JSON.stringify(owner));
    linkSync(unfinished, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    refuseLiving(folder, readClaims(folder));
    throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function refuseLiving(folder: string, claims: readonly Claim[]): void {
  const living = claims.find(isAlive);
  if (living === undefined) return;
  const who = living.pid === process.pid ? 'this process' : `process ${living.pid}`;
  throw new UsageError(
    `the log in "${folder}" is being written by ${who} (lock file "${living.file}"): wait until it is done, ` +
      'or stop it',
  );
}

function readClaims(folder: string): Claim[] {
  return readdirSync(folder).flatMap((name) => {
    const epoch = /^lock\.(\d{1,15})$/.exec(name)?.[1];
    if (epoch === undefined) return [];
    const file = join(folder, name);
    try {
      const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as Owner;
      return [{ pid, started, file, epoch: Number(epoch) }];
    } catch (error) {
      // Released meanwhile. A lock that cannot be read was broken from outside: nobody holds it.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      return [{ pid: 0, started: null, file, epoch: Number(epoch) }];
    }
  });
}

function isAlive({ pid, started }: Owner): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and somebody else's.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return started === null || now === null || now === started;
}

/** When a process started, as boot and clock ticks: process ids are given out again, most of all in containers. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; the start time is the 20th field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : `${boot}/${fields[19]}`;
  } catch {
    return null;
  }
}

/** True if a living process, this one included, writes the log in `folder`. */
export function isWritten(folder: string): boolean {
  return readClaims(folder).some(isAlive);
}
