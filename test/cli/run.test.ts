import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf } from '../support.ts';
import { ended, linesOf, said, Terminal } from './terminal.ts';

const terminal = new Terminal();
const synthetic = { data: { type: 'synthetic', seed: 7 } };
const config = terminal.write('config.json', configOf({ session: synthetic }));

describe('openbell demo', () => {
  it('runs several symbols over several days, says how it went and what to do next', async () => {
    const { code, stdout, stderr } = await terminal.openbell('demo', '--days', '3', '--quiet');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^demo-1: completed\n/);
    expect(stdout).toMatch(/^symbol +base bars +derived +quality$/m);
    expect(stdout).toMatch(/^TSLA +1,158 +312 +98.97 %$/m);
    expect(stdout).toMatch(/^sessions +3 of 3, 2024-01-02 to 2024-01-04$/m);
    expect(stdout).toMatch(/^signals +\d+ \((buy|sell) \d+, (buy|sell) \d+\)$/m);
    expect(stdout).toMatch(/^chain hash +[0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^log +runs\/demo-1$/m);
    expect(stderr).toBe('');
  });

  it('shows progress, then the next commands, unless it is to be quiet', async () => {
    const { stderr } = await terminal.openbell(
      'demo',
      '--days',
      '1',
      '--symbols',
      '1',
      '--log',
      'next',
    );
    // A run as short as this may be over before anyone looks.
    const progress = /^(\[#+\.*\] {2}day 1\/1 {2}2024-01-02 \d\d:\d\d {2}[\d,]+ bars .*\n)*/;
    expect(stderr.replace(progress, '')).toBe(
      '\nNext:\n' +
        '  npm run -s openbell -- inspect next\n' +
        '  npm run -s openbell -- log next --type SignalEmitted\n' +
        '  npm run -s openbell -- export next --out next.json\n',
    );
  });

  it('is the same market for the same seed, another one for another', async () => {
    const hashOf = async (seed: string, log: string) => {
      const size = ['--days', '1', '--symbols', '1'];
      return (await terminal.json('demo', ...size, '--seed', seed, '--log', log, '--json'))
        .chain_hash;
    };
    const first = await hashOf('1', 'seed/a');
    expect(await hashOf('1', 'seed/b')).toBe(first);
    expect(await hashOf('2', 'seed/c')).not.toBe(first);
  });

  it.each([
    ['--days', '100000'],
    ['--symbols', '501'],
  ])('refuses %s %s', async (option, value) => {
    expect((await terminal.openbell('demo', option, value)).code).toBe(2);
  });
});

describe('openbell run', () => {
  it('prints the summary as one JSON object with --json', async () => {
    const run = await terminal.openbell('run', config, '--json', '--quiet', '--log', 'json/mine');
    const { seconds, bars_per_second, chain_hash, facts, ...rest } = JSON.parse(run.stdout);
    expect(rest).toEqual({
      run: 'mine',
      status: 'completed',
      sessions: 1,
      symbols: { AAPL: { bars: 390, derived: 78, quality: 100 } },
      signals: 0,
      log: 'json/mine',
      reason: null,
      warnings: [],
    });
    expect(facts).toMatchObject({
      RunStarted: 1,
      BarAppended: 390,
      BarDerived: 78,
      RunCompleted: 1,
    });
    expect(chain_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(seconds).toBeGreaterThan(0);
    expect(bars_per_second).toBeGreaterThan(0);
    expect(run.stderr).toBe('');
    const manifest = JSON.parse(readFileSync(terminal.path('json/mine/manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ status: 'completed', closed: { chain_hash } });
  });

  it('records the same whatever the slices', async () => {
    const hashes = new Set<string>();
    for (const slice of ['1', '7', 'auto']) {
      const log = `slices/${slice}`;
      const { chain_hash } = await terminal.json(
        'run',
        config,
        '--slice',
        slice,
        '--log',
        log,
        '--json',
      );
      hashes.add(chain_hash);
    }
    expect(hashes.size).toBe(1);
  });

  it('makes a new folder for every run, named after the config', async () => {
    await terminal.openbell('run', config, '--quiet');
    const { stdout } = await terminal.openbell('run', config, '--quiet');
    expect(stdout).toMatch(/^test-2: completed\n/);
    expect(existsSync(terminal.path('runs/test-1/manifest.json'))).toBe(true);
  });

  it('never writes into a folder that holds a run', async () => {
    await terminal.openbell('run', config, '--log', 'taken', '--quiet');
    const before = readFileSync(terminal.path('taken/00000001.log'));
    const again = await terminal.openbell('run', config, '--log', 'taken', '--quiet');
    expect(again).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: "taken" already holds a run: choose another folder\n',
    });
    expect(readFileSync(terminal.path('taken/00000001.log')).equals(before)).toBe(true);
  });

  it('leaves a folder alone that holds something else, and takes an empty one', async () => {
    mkdirSync(terminal.path('mine'));
    expect((await terminal.openbell('run', config, '--log', 'mine', '--quiet')).code).toBe(0);
    mkdirSync(terminal.path('notes'));
    terminal.write('notes/today.txt', 'buy milk');
    expect(await terminal.openbell('run', config, '--log', 'notes')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: "notes" is not empty and holds no run: choose another folder with --log\n',
    });
    expect(readdirSync(terminal.path('notes'))).toEqual(['today.txt']);
  });

  it('takes the folder of a run that was killed before it began', async () => {
    mkdirSync(terminal.path('begun'));
    terminal.write('begun/lock.1', { pid: 2 ** 22 + 1, started: null });
    terminal.write('begun/lock.1.77.tmp', '');
    expect((await terminal.openbell('run', config, '--log', 'begun', '--quiet')).code).toBe(0);
    mkdirSync(terminal.path('held'));
    terminal.write('held/lock.1', { pid: process.pid, started: null });
    const { code, stderr } = await terminal.openbell('run', config, '--log', 'held', '--quiet');
    expect(code).toBe(2);
    expect(stderr).toContain(`is being written by process ${process.pid} `);
  });

  it('says when its folder cannot be made', async () => {
    const run = await terminal.openbell('run', config, '--log', 'config.json');
    expect(run).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: the run folder "config.json" cannot be made (EEXIST): choose another with --log\n',
    });
  });

  it('runs the example from a checkout', async () => {
    const example = resolve(import.meta.dirname, '../../examples/sma-cross/config.yaml');
    const summary = await terminal.json('run', example, '--json', '--log', 'example');
    expect(summary).toMatchObject({ status: 'completed', sessions: 4, signals: 35 });
    const signals = await terminal.jsonLines('log', 'example', '--type', 'SignalEmitted', '--json');
    expect(signals[0]).toMatchObject({
      strategy: 'smaCross',
      by: 'session/strategy/smaCross',
      reason: 'sma_10_5m crossed sma_30_5m',
    });
  });

  it('ends with 3 when a strategy throws, its log readable and its cause named', async () => {
    terminal.write('broken.mjs', 'export class Broken { onBar() { throw new Error("no idea"); } }');
    const session = { ...synthetic, strategies: [{ module: 'broken.mjs' }] };
    const file = terminal.write('broken.json', configOf({ session }));
    const run = await terminal.openbell('run', file, '--json', '--log', 'broken');
    expect(run.code).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({
      status: 'failed',
      reason: 'strategy "broken" failed in onBar: no idea',
    });
    expect(run.stderr).toBe(
      'error: the run failed in phase 3: strategy "broken" failed in onBar: no idea\n' +
        'what happened until then: npm run -s openbell -- log broken --tail\n',
    );
    const last = await terminal.jsonLines('log', 'broken', '--tail', '--limit', '1', '--json');
    expect(last).toMatchObject([
      { type: 'RunFailed', phase: 3, reason: 'strategy "broken" failed in onBar: no idea' },
    ]);
  });

  it('prints the summary with --json also when it fails before the first bar', async () => {
    terminal.write('early.mjs', 'export class Early { setup() { throw new Error("too early"); } }');
    const session = { ...synthetic, strategies: [{ module: 'early.mjs' }] };
    const file = terminal.write('early.json', configOf({ session }));
    const run = await terminal.openbell('run', file, '--json', '--log', 'early');
    expect(run.code).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/strategy "early" failed in setup: too early$/),
      sessions: 0,
    });
  });

  it('warns of what a strategy waits for in vain', async () => {
    const code = `export class Deaf {
      subscribe() { return { indicators: ['sma_5_1m', 'sma_2_5m', 'close'] }; }
      onIndicator() {}
      onBars() {}
      onlyMine() {}
      setups = [];
      get indicator() { return 1; }
    }`;
    terminal.write('deaf.mjs', code);
    const indicators = { session: [{ name: 'sma', period: 5, interval: '1m' }] };
    const session = { ...synthetic, indicators, strategies: [{ module: 'deaf.mjs' }] };
    const file = terminal.write('deaf.json', configOf({ session }));
    const run = await terminal.openbell('run', file, '--quiet', '--log', 'deaf');
    expect(run.code).toBe(0);
    expect(run.stderr.trim().split('\n')).toEqual([
      'warning: strategy "deaf" has "onBars", which nothing calls, did you mean "onBar"?',
      'warning: strategy "deaf" subscribes to the indicator "sma_2_5m", which no symbol has, did you mean "sma_5_1m"?',
      'warning: strategy "deaf" subscribes to the indicator "close", which no symbol has',
    ]);
  });

  it('warns of no indicators where there are no symbols yet', async () => {
    const cross = { module: 'sma-cross', config: { fast: 'sma_5_1m', slow: 'sma_9_1m' } };
    const data = { type: 'csv', path: 'gone.csv', interval: '1m', stamp: 'open' };
    const file = terminal.write('gone.json', configOf({ session: { data, strategies: [cross] } }));
    const { code, stderr } = await terminal.openbell('run', file, '--quiet', '--log', 'no-data');
    expect(code).toBe(3);
    expect(stderr).not.toContain('warning');
  });

  it('shows where a strategy threw with --debug only', async () => {
    terminal.write('late.mjs', 'export class Late {\n  onBar() { this.gone(); }\n}');
    const session = { ...synthetic, strategies: [{ module: 'late.mjs' }] };
    const file = terminal.write('late.json', configOf({ session }));
    const run = (...options: string[]) => terminal.openbell('run', file, '--quiet', ...options);
    expect((await run('--log', 'late')).stderr).not.toContain('late.mjs:');
    const { code, stderr } = await run('--log', 'late-debug', '--debug');
    expect(code).toBe(3);
    expect(stderr).toContain('strategy "late" failed in onBar: this.gone is not a function\n');
    expect(stderr).toMatch(/\n {4}at .*late\.mjs:2:18\)\n/);
  });

  it('says which strategy module is missing, and nothing of its own files', async () => {
    const session = { ...synthetic, strategies: [{ module: 'gone.mjs' }] };
    const file = terminal.write('gone.json', configOf({ session }));
    const { code, stdout, stderr } = await terminal.openbell('run', file, '--log', 'gone');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('mistake:\n  session_data_config.strategies[0]: strategy module');
    expect(stderr).toMatch(
      /"gone\.mjs" could not be loaded: Cannot find module '[^']+gone\.mjs'\n$/,
    );
  });

  it('writes diagnostics as JSON lines on stderr with --debug', async () => {
    const { stderr } = await terminal.openbell('run', config, '--debug', '--quiet');
    const entries = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries[0]).toMatchObject({
      level: 20,
      msg: 'opened',
      config: { session_name: 'test' },
    });
    expect(entries.at(-1)).toMatchObject({ msg: 'RunCompleted', sessions: 1 });
  });

  it('is wrong use without a config, or with one that is not there', async () => {
    const none = await terminal.openbell('run');
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: run needs a config/),
    });
    const absent = await terminal.openbell('run', 'confg.json');
    expect(absent.code).toBe(2);
    expect(absent.stderr).toBe(
      'error: there is no config file "confg.json": did you mean "config.json"?\n',
    );
  });
});

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, exitCode) => {
  it(`ends a run cleanly with ${exitCode} and a log that says so`, async () => {
    const log = `long/${signal}`;
    const child = terminal.start(
      'demo',
      '--symbols',
      '50',
      '--days',
      '200',
      '--log',
      log,
      '--debug',
    );
    const end = ended(child);
    await said(child.stderr, /SessionEnded/);
    child.kill(signal);
    const { code, stdout, stderr } = await end;
    expect(code).toBe(exitCode);
    expect(stdout).toMatch(new RegExp(`^${signal}: stopped\n`));
    expect(stderr).toContain(
      'the run was stopped; its log is complete up to there, and goes on with: ',
    );
    const manifest = JSON.parse(readFileSync(terminal.path(`${log}/manifest.json`), 'utf8'));
    expect(manifest.status).toBe('stopped');
    expect(readdirSync(terminal.path(log)).filter((name) => name.startsWith('lock'))).toEqual([]);
    const last = await terminal.jsonLines('log', log, '--tail', '--limit', '1', '--json');
    expect(last).toMatchObject([{ type: 'RunStopped', seq: manifest.closed.seq }]);
  });
});

describe('Ctrl-C', () => {
  it('ends following a run; without it, following ends with the run', async () => {
    const run = terminal.start(
      'demo',
      '--symbols',
      '50',
      '--days',
      '200',
      '--log',
      'followed',
      '--debug',
    );
    const runEnd = ended(run);
    await said(run.stderr, /SessionEnded/);
    const follow = ['log', 'followed', '--tail', '--type', 'SessionEnded', 'RunStopped', '--json'];
    const [impatient, patient] = [terminal.start(...follow), terminal.start(...follow)];
    const patientEnd = ended(patient);
    await Promise.all([said(impatient.stdout, /\n.*\n/), said(patient.stdout, /\n.*\n/)]);
    impatient.kill('SIGINT');
    expect((await ended(impatient)).code).toBe(130);
    run.kill('SIGINT');
    expect((await runEnd).code).toBe(130);
    const { code, stdout } = await patientEnd;
    expect(code).toBe(0);
    const types = linesOf(stdout).map((line) => JSON.parse(line).type);
    expect(types.at(-1)).toBe('RunStopped');
    expect(new Set(types.slice(0, -1))).toEqual(new Set(['SessionEnded']));
  });
});
