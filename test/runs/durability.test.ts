import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FileLog, factsOf, type LogReader } from '../../src/index.ts';
import { Terminal } from '../cli/terminal.ts';
import { configOf, random } from '../support.ts';

/** `KILLS=50` kills more of them. */
const KILLS = Number(process.env.KILLS ?? 6);
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

/** Starts a run and kills it some milliseconds after it has begun its log. */
async function killRun(log: string, afterMs: number): Promise<void> {
  const child = terminal.start('run', config, '--log', log, '--quiet');
  const exited = once(child, 'exit');
  while (!existsSync(terminal.path(`${log}/manifest.json`)) && child.exitCode === null)
    await wait(2);
  await wait(afterMs);
  child.kill('SIGKILL');
  await exited;
}

describe('a run that is killed', () => {
  it(`leaves a log that begins as that of the whole run does, ${KILLS} times`, async () => {
    const { code } = await terminal.openbell('run', config, '--log', 'whole', '--quiet');
    expect(code).toBe(0);
    const reader = await FileLog.read(terminal.path('whole'));
    const whole = [...linesOf(reader)];
    const next = random(performance.now());
    const found: number[] = [];
    for (let i = 0; i < KILLS; i++) {
      await killRun(`killed-${i}`, Math.floor(next() * 500));
      const log = await FileLog.read(terminal.path(`killed-${i}`));
      const facts = [...linesOf(log)];
      expect(facts).toHaveLength(log.position);
      expect(facts).toEqual(whole.slice(0, facts.length));
      found.push(facts.length);
    }
    expect(found.some((length) => length > 0 && length < whole.length)).toBe(true);
  });
});
