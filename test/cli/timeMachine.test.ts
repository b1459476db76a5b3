import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { linesOf, Terminal } from './terminal.ts';

const terminal = new Terminal();
const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const FAST = 'session_data_config.strategies[0].config.fast';
const logOf = (run: string) => readFileSync(join(terminal.path(run), '00000001.log'));

function editManifest(run: string, patch: object): void {
  const path = join(terminal.path(run), 'manifest.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...patch }));
}

beforeAll(async () => {
  await terminal.openbell('demo', '--quiet', '--log', 'demo');
});

describe('openbell verify', () => {
  it('says that the same comes out, and exits with 0', async () => {
    const { code, stdout } = await terminal.openbell('verify', 'demo', '--quiet');
    expect([code, linesOf(stdout)[0]]).toEqual([
      0,
      'demo: 43,859 facts in 2,105 frames come out again, the same to the byte',
    ]);
  });

  it.each(['52-week-range', 'crypto', 'every-indicator', 'intervals', 'one-second', 'sma-cross'])(
    'holds for the example %s',
    async (name) => {
      const config = join(EXAMPLES, name, 'config.yaml');
      expect((await terminal.openbell('run', config, '--quiet', '--log', name)).code).toBe(0);
      const report = await terminal.json('verify', name, '--quiet', '--json');
      expect(report).toMatchObject({ ok: true, checked: 'execution', divergence: null });
    },
    60_000,
  );

  it('exits with 3 and names the fact where the log is broken', async () => {
    await terminal.openbell('demo', '--quiet', '--log', 'broken');
    const bytes = logOf('broken');
    bytes[30_000]! ^= 1;
    writeFileSync(join(terminal.path('broken'), '00000001.log'), bytes);
    const { code, stdout } = await terminal.openbell('verify', 'broken', '--json', '--quiet');
    expect([code, JSON.parse(stdout).ok]).toEqual([3, false]);
    expect(JSON.parse(stdout).damage.seq).toBeGreaterThan(1);
  });

  it('exits with 1 and names the field where something differs', async () => {
    const config = terminal.write('other.json', {
      ...JSON.parse(readFileSync(join(terminal.path('demo'), 'manifest.json'), 'utf8')).config,
      session_name: 'another',
    });
    const { code, stdout } = await terminal.openbell(
      'verify',
      'demo',
      '--quiet',
      '--config',
      config,
    );
    expect([code, linesOf(stdout)[0]]).toEqual([1, 'demo: differs at fact 1']);
    expect(stdout).toContain('config.session_name');
  });

  it('exits with 2 for a folder that holds no run', async () => {
    const { code, stderr } = await terminal.openbell('verify', 'nowhere');
    expect([code, stderr]).toEqual([2, expect.stringContaining('holds no run')]);
  });
});

describe('openbell replay', () => {
  it('shows what happens again, as the log has it', async () => {
    const range = ['--from', '10:40', '--to', '10:45', '--json'];
    const shown = await terminal.jsonLines('replay', 'demo', ...range);
    expect(shown).toEqual(await terminal.jsonLines('log', 'demo', ...range));
    expect(shown.length).toBeGreaterThan(20);
  });
});

describe('openbell resume', () => {
  it('goes on with a run that was cut off, to the same log', async () => {
    await terminal.openbell('demo', '--quiet', '--log', 'killed');
    const whole = logOf('killed');
    writeFileSync(join(terminal.path('killed'), '00000001.log'), whole.subarray(0, 123_456));
    editManifest('killed', { closed: null, status: 'running' });
    const summary = await terminal.json('resume', 'killed', '--quiet', '--json');
    expect(summary).toMatchObject({ status: 'completed', sessions: 5 });
    expect(logOf('killed').equals(whole)).toBe(true);
  });

  it('says of a completed run that there is nothing to do', async () => {
    const { code, stdout } = await terminal.openbell('resume', 'demo');
    expect([code, stdout]).toEqual([
      0,
      'the run "demo" is completed: there is nothing to resume\n',
    ]);
  });
});

describe('openbell fork', () => {
  it('comes to the same log where nothing is changed', async () => {
    const fork = ['fork', 'demo', '--at', '10:42', '--log', 'same', '--quiet', '--json'];
    expect(await terminal.json(...fork)).toMatchObject({ run: 'same', status: 'completed' });
    expect(logOf('same').equals(logOf('demo'))).toBe(true);
  });

  it('differs after the fork where something is, and verifies', async () => {
    const set = [
      '--set',
      `${FAST}=sma_30_5m`,
      '--set',
      `${FAST.replace('fast', 'slow')}=sma_10_5m`,
    ];
    await terminal.openbell('fork', 'demo', '--at', '10:42', ...set, '--log', 'other', '--quiet');
    const { first } = await terminal.json('diff', 'demo', 'other', '--json');
    expect(JSON.stringify(first)).toContain('SignalEmitted');
    expect((await terminal.openbell('verify', 'other', '--quiet')).code).toBe(0);
  });

  it('is told from its parent by what it changed, and by what came of that', async () => {
    const slow = FAST.replace('fast', 'slow');
    const set = ['--set', `${slow}=sma_20_5m`, '--log', 'slower'];
    const { stderr } = await terminal.openbell('fork', 'demo', '--at', '10:42', ...set);
    expect(stderr.slice(stderr.indexOf('Next:'))).toBe(
      'Next:\n' +
        '  npm run -s openbell -- diff demo slower\n' +
        '  npm run -s openbell -- inspect demo slower\n',
    );
    const { stdout } = await terminal.openbell('diff', 'demo', 'slower');
    expect(linesOf(stdout)[1]).toBe('b  slower, 43,863 facts, a fork of demo after fact 36,833');
    expect(stdout).toMatch(
      new RegExp(`config ${slow.replace(/[[\]]/g, '\\$&')} +sma_30_5m +sma_20_5m`),
    );
    expect(stdout).toContain('\nfirst difference, BarAppended and SignalEmitted:\n');
    // The fork has a signal for AMZN there, and the parent goes on with a bar of AAPL.
    expect(stdout).toContain('\nbefore, in a, AMZN; what could be read:\n');
    const { config } = await terminal.json('diff', 'slower', 'demo', '--json');
    expect(config).toEqual([{ path: slow, a: 'sma_20_5m', b: 'sma_30_5m' }]);
  });

  it('takes a name of its own beside its parent', async () => {
    const { run, log } = await terminal.json('fork', 'demo', '--at', '15:30', '--quiet', '--json');
    expect([run, log.endsWith('demo-fork-1')]).toEqual(['demo-fork-1', true]);
  });

  it('refuses what acts on the past, with exit code 2', async () => {
    const streams = ['--set', 'session_data_config.streams=["1m"]'];
    const { code, stderr } = await terminal.openbell('fork', 'demo', '--at', '10:42', ...streams);
    expect([code, stderr]).toEqual([2, expect.stringContaining('acts on the past')]);
  });
});
