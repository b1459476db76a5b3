import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { configOf } from '../support.ts';
import { Terminal } from './terminal.ts';

const root = join(import.meta.dirname, '../..');
const terminal = new Terminal();
const times = [{ start: '09:31', end: '09:33', interval: '1m' }];

function config(scanners: object[]): object {
  const data = { type: 'synthetic', seed: 7 };
  return configOf({ session: { data, scanners } });
}

describe('examples/scanners', () => {
  const file = join(root, 'examples/scanners/config.yaml');

  it('is valid, and says which scanners look when', async () => {
    const { code, stdout } = await terminal.openbell('config', 'check', file);
    expect(code).toBe(0);
    const [line] = stdout.match(/^scanners .*$/m) ?? [];
    expect(line?.replace(/^scanners +/, '').split(', ')).toEqual([
      'gap before the session and 09:31 to 09:31 every 1m',
      'momentum 10:00 to 15:30 every 30m',
      'myScanner.ts 10:15 to 11:45 every 15m',
    ]);
  });

  it('runs, every scanner every day, and its scans can be read', async () => {
    const summary = await terminal.json('run', file, '--json', '--quiet', '--log', 'runs/example');
    expect(summary).toMatchObject({ status: 'completed', sessions: 3 });
    // Before the session, at 09:31, 12 half hours and 7 quarters of an hour.
    expect(summary.facts).toMatchObject({
      ScanStarted: 3 * 21,
      ScanCompleted: 3 * 21,
      UniverseRead: 9,
    });
    expect(summary.facts).not.toHaveProperty('ScanFailed');
    expect(summary.facts).not.toHaveProperty('MessageRefused');
    const scans = await terminal.jsonLines(
      'log',
      'runs/example',
      '--type',
      'ScanCompleted',
      '--json',
    );
    const found = (name: string) =>
      scans.filter(({ scanner }) => scanner === name).flatMap(({ symbols }) => symbols);
    for (const name of ['gap', 'momentum', 'myScanner'])
      expect(found(name).length).toBeGreaterThan(3);
    const { stdout } = await terminal.openbell(
      'log',
      'runs/example',
      '--type',
      'Scan*',
      '--limit',
      '2',
    );
    expect(stdout).toMatch(/ScanStarted +gap, pre_session +session\/scanner\/gap ← \d+\n/);
    expect(stdout).toMatch(/ScanCompleted +gap found nothing +session\/scanner\/gap ← \d+\n/);
  });
});

describe('a config with scanners', () => {
  beforeAll(() =>
    cpSync(join(root, 'examples/scanners/universe.txt'), terminal.path('universe.txt')),
  );

  it('is checked with their settings, universe files and modules', async () => {
    const scanners = [
      { module: 'gap', config: { universe: 'universe.txt' } },
      { module: 'gapp' },
      { module: 'momentum', config: { minuts: 5, top: 0 } },
      { module: 'relative_volume', config: { universe: 'gone.txt' } },
      { module: 'gone.ts' },
      { module: 'gone.ts', enabled: false },
    ];
    const file = terminal.write('wrong.json', config(scanners));
    const { valid, problems } = await terminal.json('config', 'check', file, '--json');
    expect(valid).toBe(false);
    const at = (i: number, message: string) => ({
      path: `session_data_config.scanners[${i}]`,
      message: expect.stringContaining(message),
    });
    expect(problems).toEqual([
      at(1, 'no scanner "gapp" is registered, did you mean "gap"?'),
      at(2, 'scanner "momentum": config.minuts: unknown key: '),
      at(3, 'scanner "relative-volume": there is no universe file "gone.txt": '),
      at(4, 'scanner module "gone.ts" could not be loaded'),
    ]);
    expect(problems[1].message).toContain(
      '; config.top: found 0: write a whole number of at least 1',
    );
    const run = await terminal.openbell('run', file);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(
      /^error: the config has 4 mistakes:\n.*no scanner "gapp" is registered/,
    );
  });

  it('shows in the summary how many scans there were, and that one failed', async () => {
    terminal.write(
      'bad.mjs',
      'export const bad = () => ({ scan() { throw new Error("boom"); } });',
    );
    const scanners = [
      { module: 'gap', regular_session: times, config: { universe: 'universe.txt' } },
      { module: 'bad.mjs', regular_session: times },
    ];
    const file = terminal.write('bad.json', config(scanners));
    const { code, stdout } = await terminal.openbell('run', file, '--quiet', '--log', 'runs/bad');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^scans +4, 1 failed: see ScanFailed in the log$/m);
    const log = await terminal.openbell('log', 'runs/bad', '--type', 'ScanFailed');
    expect(log.stdout).toMatch(/ScanFailed +bad in scan: boom +session\/scanner\/bad ← \d+\n/);
  });

  it('fails in phase 2 with a scan before the session that fails', async () => {
    const file = terminal.write('fatal.json', config([{ module: 'bad.mjs', pre_session: true }]));
    const { code, stderr } = await terminal.openbell('run', file, '--quiet', '--log', 'runs/fatal');
    expect(code).toBe(3);
    expect(stderr).toContain(
      'error: the run failed in phase 2: scanner "bad" failed in scan: boom',
    );
  });
});
