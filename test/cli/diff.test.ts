import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { configOf } from '../support.ts';
import { linesOf, Terminal } from './terminal.ts';

const terminal = new Terminal();
const run = (name: string, note: string, seed = 3) => {
  const data = { type: 'synthetic', seed };
  const strategies = [{ module: 'sma-cross', config: { fast: 'sma_5_5m', slow: 'sma_20_5m' } }];
  const indicators = {
    session: [5, 20].map((period) => ({ name: 'sma', period, interval: '5m' })),
  };
  const session = { data, strategies, indicators };
  const config = configOf({ metadata: { note }, end: '2024-01-03', session });
  return terminal.openbell('run', terminal.write(`${name}.json`, config), '--log', name, '--quiet');
};

beforeAll(async () => {
  await Promise.all([run('a', 'x'), run('same', 'x')]);
  await Promise.all([run('noted', 'y'), run('other', 'x', 4)]);
  await terminal.openbell('demo', '--days', '1', '--symbols', '1', '--log', 'demo', '--quiet');
});

const diff = (...args: string[]) => terminal.openbell('diff', ...args);

describe('openbell diff', () => {
  it('exits with 0 for equal runs', async () => {
    const { code, stdout, stderr } = await diff('a', 'same');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^equal: [\d,]+ facts, the same to the byte\n$/);
    const json = await terminal.json('diff', 'a', 'same', '--json');
    expect(json).toMatchObject({ equal: true, same_chain: true, first: null, a: null, config: [] });
  });

  it('exits with 1 for runs that differ, and shows where and why', async () => {
    const { code, stdout, stderr } = await diff('a', 'other');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const lines = linesOf(stdout);
    expect(lines[0]).toMatch(/^a {2}a, [\d,]+ facts$/);
    expect(stdout).toMatch(/config session_data_config\.data\.seed +3 +4\n/);
    expect(stdout).toMatch(/data AAPL +[0-9a-f]{59}… +[0-9a-f]{59}…\n/);
    expect(stdout).toContain('beyond how they were started:');
    expect(stdout).toMatch(/first difference, in /);
    expect(stdout).toMatch(/\n {2}\* {2}\w+/);
    expect(stdout).toContain('what led to it in a:');
    expect(stdout).toContain('what led to it in b:');
  });

  it('shows both facts, the state before and both chains of causes as JSON', async () => {
    const ignore = ['--ignore', 'RunStarted', 'Historical*', 'QueueLoaded', 'provenance'];
    const result = await diff('a', 'other', '--json', ...ignore);
    expect(result.code).toBe(1);
    const json = JSON.parse(result.stdout);
    expect(Object.keys(json)).toEqual(
      'equal facts common same_chain first beyond a b config data code'.split(' '),
    );
    const { a, b, fields } = json.first;
    const [left, right] = await Promise.all(
      [a, b].map(async ({ seq }, i) => {
        const at = ['--from', String(seq), '--limit', '1', '--json'];
        return (await terminal.jsonLines('log', ['a', 'other'][i]!, ...at))[0];
      }),
    );
    expect([a, b]).toEqual([left, right]);
    for (const { path, a: x, b: y } of fields) {
      expect([x, y]).toEqual([a[path.split('.')[0]], b[path.split('.')[0]]]);
      expect(x).not.toEqual(y);
    }
    expect(json.a.explained.fact).toEqual(a);
    expect(json.b.explained.fact).toEqual(b);
    expect(json.a.before.symbol).toBe(a.symbol);
    expect(json.config).toEqual([{ path: 'session_data_config.data.seed', a: 3, b: 4 }]);
    expect(json.code).toEqual([]);
  });

  it('leaves out what is to be ignored', async () => {
    const noted = await diff('a', 'noted');
    expect(noted.code).toBe(1);
    expect(noted.stdout).toContain('they differ in how they were started alone');
    expect(noted.stdout).toMatch(/config metadata\.note +x +y/);
    const equal = await diff('--ignore', 'config.metadata', 'a', 'noted');
    expect(equal.code).toBe(0);
    expect(equal.stdout).toMatch(/^equal, but for what was ignored and how frames are cut: /);
  });

  it('tells versions apart', async () => {
    const path = terminal.path('same/manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    const versions = { ...manifest.versions, engine: '0.0.9', behaviour: 7 };
    writeFileSync(path, JSON.stringify({ ...manifest, versions }));
    const json = await terminal.json('diff', 'same', 'other', '--json');
    expect(json.code).toEqual([
      { path: 'engine', a: '0.0.9', b: expect.stringMatching(/^\d/) },
      { path: 'behaviour', a: 7, b: 2 },
    ]);
    writeFileSync(path, JSON.stringify(manifest));
  });

  it('compares with a run that was stopped in its middle', async () => {
    const part = await terminal.openbell('run', 'a.json', '--log', 'sealed', '--quiet');
    expect(part.code).toBe(0);
    await terminal.openbell('seal', 'sealed');
    expect((await diff('a', 'sealed')).code).toBe(0);
    expect((await diff('demo', 'a', '--json')).code).toBe(1);
  });

  it.each([
    [[], 'diff needs two runs, such as runs/demo-1 runs/demo-2'],
    [['a'], 'diff needs two runs, such as runs/demo-1 runs/demo-2'],
    [['--ignore', 'Signal*', 'a'], 'diff needs two runs, such as runs/demo-1 runs/demo-2'],
    [
      ['a', 'nowhere'],
      '"nowhere" holds no run, it has no "manifest.json": give the folder of a run',
    ],
    [
      ['a', 'same', '--ignore', 'SignalEmited'],
      'no type of fact is like "SignalEmited": did you mean "SignalEmitted"?',
    ],
  ])('refuses %j', async (args, sentence) => {
    expect(await diff(...args)).toEqual({ code: 2, stdout: '', stderr: `error: ${sentence}\n` });
  });

  it('exits with 3 for a damaged log', async () => {
    const name = readdirSync(terminal.path('noted')).find((file) => file.endsWith('.log'))!;
    const path = terminal.path(`noted/${name}`);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
    const { code, stderr } = await diff('a', 'noted');
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^error: the log is damaged in segment "00000001.log".* salvage <run>"\n$/,
    );
  });
});
