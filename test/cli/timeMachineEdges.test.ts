import { beforeAll, describe, expect, it } from 'vitest';
import { openSession } from '../../src/index.ts';
import { configOf } from '../support.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();
const STRATEGY = 'session_data_config.strategies[0]';

const SYNTHETIC = configOf({ session: { data: { type: 'synthetic', seed: 7 } } });
const SCANNING = configOf({
  session: {
    data: { type: 'synthetic', seed: 7 },
    scanners: [
      {
        module: 'momentum',
        regular_session: [{ start: '10:00', end: '11:00', interval: '30m' }],
        config: { universe: 'universe.txt', minutes: 30, min_change_percent: 0.01 },
      },
    ],
  },
});

beforeAll(async () => {
  await terminal.openbell('demo', '--quiet', '--log', 'demo');
});

const fork = (set: string, log = 'refused') =>
  terminal.openbell('fork', 'demo', '--at', '15:30', '--set', set, '--log', log, '--quiet');

describe('openbell fork, given paths that are mistaken', () => {
  it.each([
    ['session_data_config.symbls=["AAPL"]', 'did you mean "symbols"?'],
    ['sessionDataConfig.symbols=["AAPL"]', 'did you mean "session_data_config"?'],
    [`${STRATEGY}.confg.fast=5`, 'did you mean "config"?'],
    [`${STRATEGY}.config.__proto__.x=5`, 'the config has no "__proto__" there'],
    ['metadata.__proto__={"x":5}', 'the config has no "__proto__" there'],
    ['metadata.constructor.x=5', 'the config has no "constructor" there'],
    ['session_data_config.strategies[7]={"module":"sma-cross"}', 'places 0 to 1'],
  ])('refuses %s and says what is there', async (set, hint) => {
    const { code, stderr } = await fork(set);
    expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toContain(hint);
  });
});

describe('openbell verify, of a run that is still being written', () => {
  it('says so, and verifies what there is', async () => {
    const log = terminal.path('written');
    const session = await openSession({ config: SYNTHETIC, log });
    await session.runUntil((view) => view.now >= Date.parse('2024-01-02T15:00:00Z'));
    const { code, stdout } = await terminal.openbell('verify', 'written', '--quiet');
    expect(stdout).toMatch(
      /to the byte; the run is still being written, so far that is all of it\n/,
    );
    expect(code).toBe(0);
    await session.stop();
    expect((await terminal.json('verify', 'written', '--json', '--quiet')).ended).toBe('stopped');
  });
});

describe('openbell diff, of a run and its fork', () => {
  beforeAll(async () => {
    await fork(`${STRATEGY}.config.fast=sma_30_5m`, 'unsuitable');
    await fork('session_data_config.symbols=["AAPL"]', 'fewer');
  });

  it('names the settings that the fork changed, which its log does not hold', async () => {
    const { config } = await terminal.json('diff', 'demo', 'fewer', '--json');
    expect(config).toEqual([
      { path: 'session_data_config.symbols', a: expect.any(Array), b: ['AAPL'] },
    ]);
    const { stdout } = await terminal.openbell('diff', 'demo', 'fewer');
    expect(stdout).toContain('config session_data_config.symbols');
  });

  it('prints times of differing fields as those of the facts', async () => {
    const { first } = await terminal.json('diff', 'demo', 'fewer', '--json');
    const at = first.fields.find(({ path }: { path: string }) => path === 'at');
    expect(at).toEqual({ path: 'at', a: first.a.at, b: first.b.at });
    expect(first.a.at).toMatch(/^2024-.*Z$/);
  });
});

describe('openbell resume --json, of a completed run', () => {
  it('prints what the run came to', async () => {
    const { code, stdout } = await terminal.openbell('resume', 'demo', '--json');
    expect(code).toBe(0);
    const { chain_hash } = await terminal.json('stats', 'demo', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      run: 'demo',
      chain_hash,
      status: 'completed',
      sessions: 5,
      reason: null,
    });
  });
});

describe('openbell log --to 0', () => {
  it('says that facts count from 1', async () => {
    const { code, stderr } = await terminal.openbell('log', 'demo', '--to', '0');
    expect([code, stderr]).toEqual([
      2,
      'error: --to 0 is before the first fact: facts count from 1\n',
    ]);
  });
});

describe('openbell verify, of scanners that ask for symbols while they scan', () => {
  it('does not take what the engine measures meanwhile for a reading of theirs', async () => {
    terminal.write('universe.txt', 'AAPL\nMSFT\n');
    terminal.write('scanners.json', SCANNING);
    await terminal.openbell('run', 'scanners.json', '--quiet', '--log', 'scanners');
    const report = await terminal.json('verify', 'scanners', '--quiet', '--json');
    expect(report).toMatchObject({ ok: true, checked: 'execution', readings: [] });
  });
});
