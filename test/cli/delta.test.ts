import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();
const RUN = 'runs/demo-1';
const read = (name: string) => JSON.parse(readFileSync(terminal.path(name), 'utf8'));

beforeAll(async () => {
  await terminal.openbell('demo', '--days', '2', '--symbols', '2', '--quiet');
  await terminal.openbell('export', RUN, '--at', '1200', '--out', 'base.json');
  await terminal.openbell('export', RUN, '--since', '1200', '--at', '09:45', '--out', 'first.json');
  await terminal.openbell('export', RUN, '--since', '09:45', '--out', 'second.json');
});

describe('openbell export --since', () => {
  it('prints what changed since a fact, up to another', async () => {
    const { code, stdout, stderr } = await terminal.openbell(
      ...['export', RUN, '--since', '1200', '--at', '09:45'],
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { _metadata, session_config } = JSON.parse(stdout);
    const { seq } = read('second.json')._metadata;
    expect(_metadata).toMatchObject({ mode: 'delta', from_seq: 1200 });
    expect(_metadata.seq).toBeLessThan(seq);
    expect(read('second.json')._metadata.from_seq).toBe(_metadata.seq);
    expect(_metadata.changed_paths).toContain('time_manager.current_time');
    expect(session_config).toBeUndefined();
    expect(JSON.parse(stdout)).toEqual(read('first.json'));
  });

  it('says what it has written', async () => {
    const { stderr } = await terminal.openbell(
      ...['export', RUN, '--since', '1200', '--at', '1300', '--out', 'said.json'],
    );
    expect(stderr).toMatch(
      /^wrote said.json: what changed since fact 1,200, up to fact 1,300 of [\d,]+\n$/,
    );
  });

  it('takes 0 for before the first fact', async () => {
    const delta = await terminal.json('export', RUN, '--since', '0', '--at', '3');
    expect(delta._metadata).toMatchObject({ from_seq: 0, seq: 3 });
    expect(delta.performance_metrics.events).toBe(3);
  });

  it.each([
    [['--since', '90000000'], /^error: the log has no fact 90000000: choose one from 1 to \d+\n$/],
    [
      ['--since', '1300', '--at', '1200'],
      /^error: --since is fact 1300, after --at, which is fact 1200: give an earlier one\n$/,
    ],
  ])('refuses %j', async (options, sentence) => {
    const { code, stdout, stderr } = await terminal.openbell('export', RUN, ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
});

describe('openbell export --apply', () => {
  it('brings an export up to date by its deltas', async () => {
    const files = ['base.json', 'first.json', 'second.json'];
    const state = await terminal.json('export', '--apply', ...files);
    expect(state).toEqual(await terminal.json('export', RUN));
    const written = await terminal.openbell('export', '--apply', ...files, '--out', 'all.json');
    expect(written.stderr).toMatch(/^wrote all.json: the state after fact [\d,]+\n$/);
    expect(read('all.json')).toEqual(state);
  });

  it.each([
    [['base.json'], /^error: --apply needs a complete export and a delta: --apply BASE.json DELTA/],
    [
      ['base.json', 'second.json'],
      /^error: "second.json" cannot be applied: the delta says what changed since fact \d+, /,
    ],
    [['base.json', 'base.json'], /^error: "base.json" cannot be applied: this is no delta but a /],
    [
      ['none.json', 'first.json'],
      /^error: "none.json" cannot be read \(ENOENT\): name a file that /,
    ],
    [
      ['text.json', 'first.json'],
      /^error: "text.json" is no JSON: name a file that "export --out"/,
    ],
    [['other.json', 'first.json'], /^error: "other.json" is no export of a run: name a file that /],
    [
      ['base.json', 'first.json', '--at', '3'],
      /^error: --apply reads files and no run: leave out "--at"/,
    ],
  ])('refuses %j', async (words, sentence) => {
    terminal.write('text.json', 'no json');
    terminal.write('other.json', { some: 'thing' });
    const { code, stdout, stderr } = await terminal.openbell('export', '--apply', ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });

  it('writes no file when it refuses', async () => {
    await terminal.openbell('export', '--apply', 'base.json', 'base.json', '--out', 'not.json');
    expect(readdirSync(terminal.folder)).not.toContain('not.json');
  });

  it('wants a run where there is none', async () => {
    expect((await terminal.openbell('export')).stderr).toBe(
      'error: export needs a run: give its folder, such as runs/demo-1\n',
    );
  });
});

describe('openbell demo --report', () => {
  it('adds what the run did and where the time went', async () => {
    const { code, stdout } = await terminal.openbell(
      ...['demo', '--days', '2', '--symbols', '1', '--quiet', '--report', '--log', 'reported'],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^chain hash +[0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^backtest report of reported: completed, 2024-01-02 to 2024-01-03$/m);
    expect(stdout).toMatch(/^sessions ended +2$/m);
    expect(stdout).toMatch(/^bars processed +77\d$/m);
    expect(stdout).toMatch(/^log bytes +\d[\d,]+$/m);
    expect(stdout).toMatch(/^active +2( +[\d,]+\.\d{3,6}){4}$/m);
  });

  it('is not for --json', async () => {
    const { code, stderr } = await terminal.openbell('demo', '--json', '--report');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: option "--report" cannot be used with option "--json"\n/);
  });
});
