/**
 * Random schedules of everything that can be asked of a run, with scans, loads and reads that fail beside one another,
 * on hosts that are now quick and now slow: each comes out again when it is executed again on another host.
 *
 * `SEED=n` runs one, `REPLAYS=n` as many, `FROM=m` others, `HOSTS=n` executes each on so many. `KEEP=folder` keeps the
 * logs of those that failed, `AGAIN=1` beside it executes what is kept again: what is recorded hangs on this host.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { resumeSession, verifyLog } from '../../src/index.ts';
import { TroubledFeed } from '../actors/troubledFeed.ts';
import { hostLag } from './hostLag.ts';
import { Dice } from './randomProgram.ts';
import { market, modulesOf, runSchedule } from './randomSchedule.ts';
import { bytesOf, framesIn, killedAt } from './replayed.ts';

const { KEEP, AGAIN, SEED, FROM = 0, REPLAYS = 25, HOSTS = 2 } = process.env;
const folder = KEEP ?? mkdtempSync(join(tmpdir(), 'openbell-schedules-'));
if (KEEP === undefined) afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @returns false where nothing was recorded */
async function check(seed: number): Promise<boolean> {
  const log = join(folder, `${seed}`);
  if (AGAIN) {
    await verified(seed, log);
    return true;
  }
  const { facts, program } = await runSchedule(seed, log, { lag: seed + 0.5 });
  await Promise.race([Promise.allSettled(program.promises), after(20_000)]);
  if (facts.length === 0) return false;
  await verified(seed, log);
  rmSync(log, { recursive: true, force: true });
  return true;
}

/** Executes a run again, on hosts that are slow elsewhere. */
async function verified(seed: number, log: string): Promise<void> {
  for (let host = 1; host <= Number(HOSTS); host++) {
    const lag = hostLag(seed + host / 10 + 0.07);
    const data = new TroubledFeed(market);
    data.trouble = lag;
    for (const given of [{ data }, { inputs: 'log' as const }]) {
      const modules = modulesOf(seed, new Set(), lag);
      const { ok, divergence, damage, note } = await verifyLog(log, { ...given, ...modules });
      const { seq, reason } = divergence ?? damage ?? { seq: 0, reason: note };
      const from = Object.keys(given).join();
      expect(ok, `SEED=${seed}, host ${host}, by ${from}: fact ${seq}: ${reason}`).toBe(true);
    }
  }
}

/**
 * What it was told after the cut would be lost, and which of two that race comes first is the host's to say.
 *
 * @returns false where there is nothing to resume
 */
async function checkResumed(seed: number): Promise<boolean> {
  const log = join(folder, `whole-${seed}`);
  const { facts, program, session } = await runSchedule(seed, log, { calm: true });
  await Promise.race([Promise.allSettled(program.promises), after(20_000)]);
  if (session.status !== 'completed') return false;
  const told = facts.findLast((fact) => fact.type === 'MessageReceived' && fact.cause === null);
  const whole = framesIn(log).filter(({ lastSeq }) => lastSeq > (told?.seq ?? 0));
  const frames = whole.slice(0, -1);
  if (frames.length === 0) return false;
  const { end } = frames[seed % frames.length]!;
  const cut = killedAt(log, join(folder, `cut-${seed}`), end);
  const data = new TroubledFeed(market);
  const resumed = await resumeSession({ log: cut, data, ...modulesOf(seed) });
  await resumed.finish();
  expect(resumed.chainHash, `SEED=${seed}, cut at byte ${end}`).toBe(session.chainHash);
  expect(bytesOf(cut).equals(bytesOf(log)), `SEED=${seed}: bytes`).toBe(true);
  return true;
}

/**
 * Cut off anywhere, also while scanners and loads are at work: what races from there on comes as this host has it, so
 * it is not the same log, but it begins as the one cut off, and is as good as any.
 *
 * @returns false where there is nothing to resume
 */
async function checkResumedWild(seed: number): Promise<boolean> {
  const log = join(folder, `wild-${seed}`);
  const { program } = await runSchedule(seed, log, { lag: seed + 0.5 });
  await Promise.race([Promise.allSettled(program.promises), after(20_000)]);
  const frames = framesIn(log).slice(0, -1);
  if (frames.length === 0) return false;
  const { end } = new Dice(seed + 0.3).of(frames);
  const cut = killedAt(log, join(folder, `wild-cut-${seed}`), end);
  const lag = hostLag(seed + 0.6);
  const data = new TroubledFeed(market);
  data.trouble = lag;
  const resumed = await resumeSession({ log: cut, data, ...modulesOf(seed, new Set(), lag) });
  await resumed.finish();
  expect(resumed.status, `SEED=${seed}, cut at byte ${end}`).toBe('completed');
  const whole = bytesOf(log).subarray(0, end);
  expect(bytesOf(cut).subarray(0, end).equals(whole), `SEED=${seed}: bytes`).toBe(true);
  await verified(seed, cut);
  return true;
}

/** Those of `count` seeds that a check has something to do with; it must not be none. */
async function eachSeed(count: number, check: (seed: number) => Promise<boolean>): Promise<void> {
  const from = 1 + Number(FROM);
  const seeds = SEED ? [Number(SEED)] : Array.from({ length: count }, (_, i) => from + i);
  let checked = 0;
  const failures: string[] = [];
  const work = async () => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      try {
        if (await check(seed)) checked += 1;
      } catch (error) {
        failures.push(`SEED=${seed}: ${(error as Error).message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  expect(failures).toEqual([]);
  expect(checked).toBeGreaterThan(0);
}

describe('a run under a random schedule', () => {
  const count = Number(REPLAYS);
  const timeout = 120_000 + count * 1_000;

  it('comes out again when it is executed again', () => eachSeed(count, check), timeout);

  it(
    'that was cut off anywhere after what it was told comes to the same log when it is resumed',
    () => eachSeed(Math.max(8, Math.floor(count / 3)), checkResumed),
    timeout,
  );

  it(
    'that was cut off anywhere goes on from there, and comes out again when it is executed again',
    () => eachSeed(Math.max(8, Math.floor(count / 3)), checkResumedWild),
    timeout,
  );
});
