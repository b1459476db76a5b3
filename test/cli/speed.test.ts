import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resumeSession } from '../../src/index.ts';
import { configOf } from '../support.ts';
import { ended, linesOf, said, Terminal } from './terminal.ts';

const terminal = new Terminal();
const session = { data: { type: 'synthetic', seed: 7 } };
const window = { start_date: '2024-01-02', end_date: '2024-01-03' };
const plain = terminal.write('plain.json', configOf({ session, backtest_config: window }));
const timed = (speed_multiplier: number) =>
  configOf({ session, backtest_config: { ...window, speed_multiplier } });

describe('openbell run, clock-driven,', () => {
  it('takes the speed of the config, and has the log of a run without', async () => {
    const whole = await terminal.json('run', plain, '--json', '--quiet');
    const config = terminal.write('fast.json', timed(90_000));
    const { chain_hash, seconds, facts } = await terminal.json('run', config, '--json', '--quiet');
    expect(chain_hash).toBe(whole.chain_hash);
    expect(facts).toEqual(whole.facts);
    // Two days of 390 minutes at 90,000 times.
    expect(seconds).toBeGreaterThanOrEqual(0.52);
  });

  it('takes --speed in place of the config, in either spelling, and tells it', async () => {
    const slow = terminal.write('slow.json', timed(0.001));
    const { backtest_config, ...rest } = timed(0);
    const backtestConfig = { ...window, speedMultiplier: 0.001 };
    const camel = terminal.write('camel.json', { ...rest, backtestConfig });
    for (const config of [slow, camel, plain]) {
      const { code, stdout } = await terminal.openbell('run', config, '--speed', '600000');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^speed +600,000× real time, \d+ overruns?$/m);
    }
    const { code, stdout } = await terminal.openbell('run', slow, '--speed', '0', '--log', 'zero');
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/^speed/m);
    const manifest = JSON.parse(readFileSync(terminal.path('zero/manifest.json'), 'utf8'));
    expect(manifest.config.backtest_config.speed_multiplier).toBe(0);
  });

  it('shows its pace as it goes', async () => {
    const { stderr } = await terminal.openbell('run', plain, '--speed', '60000');
    const lines = linesOf(stderr).filter((line) => line.startsWith('['));
    expect(lines[0]).toMatch(/ {2}60,000× real time(, [\d,]+ overruns?)?$/);
  });

  it('ends at once when it is interrupted while it waits', async () => {
    const child = terminal.start('run', plain, '--speed', '0.001', '--log', 'waiting', '--debug');
    const run = ended(child);
    await said(child.stderr, /SessionActivated/);
    child.kill('SIGINT');
    const { code, stdout } = await run;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^waiting: stopped$/m);
  });

  it('goes on at another pace with resume --speed, to the same log', async () => {
    const whole = await terminal.json('run', plain, '--json', '--quiet', '--log', 'whole');
    const resumed = await terminal.json('resume', 'waiting', '--speed', '0', '--json', '--quiet');
    expect(resumed).toMatchObject({ status: 'completed', chain_hash: whole.chain_hash });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('is not resumed at %d', async (speed) => {
    const log = terminal.path('waiting');
    await expect(resumeSession({ log, speed })).rejects.toThrow('give a number from 0 on');
  });

  it.each(['-1', 'fast', '1x'])('refuses --speed %s', async (speed) => {
    const { code, stderr } = await terminal.openbell('run', plain, `--speed=${speed}`);
    expect(code).toBe(2);
    expect(stderr).toContain('Write a number from 0 on');
  });
});
