import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FileLog, factsOf, type LogReader } from '../../src/index.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { Terminal } from '../cli/terminal.ts';
import { configOf, random } from '../support.ts';

/** `KILLS=200` kills more of them. */
const KILLS = Number(process.env.KILLS ?? 6);
const TIMEOUT_MS = 60_000 + KILLS * 10_000;
const terminal = new Terminal();
const config = terminal.write(
  'config.json',
  configOf({
    symbols: ['AAPL', 'MSFT', 'TSLA'],
    start: '2024-01-02',
    end: '2024-01-31',
    streams: ['1m', '5m', '1d', '1w'],
    session: {
      data: { type: 'synthetic', seed: 7, missing: 0.01 },
      indicators: { session: [{ name: 'ema', period: 20, interval: '1m' }] },
    },
  }),
);

function* linesOf(log: LogReader): Generator<string> {
  for (const frame of log.read()) {
    for (const fact of factsOf(frame, log.table)) yield JSON.stringify(fact);
  }
}

/** The run that nobody kills. */
async function runWhole() {
  if (!existsSync(terminal.path('whole'))) {
    const { code } = await terminal.openbell('run', config, '--log', 'whole', '--quiet');
    expect(code).toBe(0);
  }
  return { chainHash: checkLog(terminal.path('whole')).chainHash };
}

/** Starts a command that writes a log and kills it some milliseconds after it has begun with that. */
async function kill(log: string, afterMs: number, ...command: readonly string[]): Promise<void> {
  const locksBefore = locksIn(log);
  const child = terminal.start(...command, '--quiet');
  const exited = once(child, 'exit');
  const hasRun = existsSync(terminal.path(`${log}/manifest.json`));
  const isBegun = () =>
    hasRun ? locksIn(log) !== locksBefore : existsSync(terminal.path(`${log}/manifest.json`));
  while (!isBegun() && child.exitCode === null) await wait(2);
  await wait(afterMs);
  child.kill('SIGKILL');
  await exited;
}

function locksIn(log: string): string {
  const folder = terminal.path(log);
  if (!existsSync(folder)) return '';
  return readdirSync(folder)
    .filter((name) => name.startsWith('lock.'))
    .join();
}

describe('a run that is killed', { timeout: TIMEOUT_MS }, () => {
  it(`leaves a log that begins as that of the whole run does, ${KILLS} times`, async () => {
    await runWhole();
    const reader = await FileLog.read(terminal.path('whole'));
    const whole = [...linesOf(reader)];
    const next = random(performance.now());
    const found: number[] = [];
    for (let i = 0; i < KILLS; i++) {
      const name = `killed-${i}`;
      await kill(name, Math.floor(next() * 500), 'run', config, '--log', name);
      const log = await FileLog.read(terminal.path(`killed-${i}`));
      const facts = [...linesOf(log)];
      expect(facts).toHaveLength(log.position);
      expect(facts).toEqual(whole.slice(0, facts.length));
      found.push(facts.length);
      rmSync(terminal.path(name), { recursive: true });
    }
    expect(found.some((length) => length > 0 && length < whole.length)).toBe(true);
  });

  it(`is whole once it is resumed, however often that is killed too, ${KILLS} times`, async () => {
    const { chainHash } = await runWhole();
    const next = random(performance.now());
    let resumed = 0;
    for (let i = 0; i < KILLS; i++) {
      const name = `resumed-${i}`;
      await kill(name, Math.floor(next() * 900), 'run', config, '--log', name);
      while (next() < 0.3) {
        await kill(name, Math.floor(next() * 900), 'resume', name);
        resumed += 1;
      }
      const last = await terminal.openbell('resume', name, '--quiet');
      // A run that was killed after its last fact has nothing left to be resumed.
      expect([0, 1], last.stderr).toContain(last.code);
      const { damage, chainHash: chain } = checkLog(terminal.path(name));
      expect(damage).toBeNull();
      expect(chain, last.stderr).toBe(chainHash);
      rmSync(terminal.path(name), { recursive: true });
    }
    expect(resumed).toBeGreaterThanOrEqual(KILLS > 50 ? 1 : 0);
  });
});
