import { cpSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { beforeAll, describe, expect, it } from 'vitest';
import { FileLog } from '../../src/store/fileLog.ts';
import { configOf } from '../support.ts';
import { ended, linesOf, said, Terminal } from './terminal.ts';

const terminal = new Terminal();
const RUN = 'runs/shared';
let summary: { facts: Record<string, number>; chain_hash: string };
let total: number;

beforeAll(async () => {
  const demo = ['demo', '--days', '2', '--symbols', '2', '--log', RUN];
  summary = await terminal.json(...demo, '--json');
  total = Object.values(summary.facts).reduce((sum, count) => sum + count, 0);
});

/** A copy of the run, to be spoiled. */
function copy(name: string): string {
  cpSync(terminal.path(RUN), terminal.path(name), { recursive: true });
  return name;
}

function damage(name: string): void {
  const path = terminal.path(`${name}/00000001.log`);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}

const counted = (number: number) => number.toLocaleString('en-US');

describe('openbell stats', () => {
  it('prints what a log is made of', async () => {
    const { code, stdout, stderr } = await terminal.openbell('stats', RUN);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^run +shared, completed\n/);
    expect(stdout).toContain(`${counted(total)} in `);
    expect(stdout).toMatch(/\nsessions +2 sessions, 2 symbols\n/);
    expect(stdout).toMatch(/\non disk +[\d,]+ bytes in 1 segment: 1 raw, 0 sealed\n/);
    for (const [type, facts] of Object.entries(summary.facts)) {
      expect(stdout).toMatch(new RegExp(`\n${type} +${counted(facts)} +[\\d.]+ % `));
    }
    expect(stdout).toMatch(/\n2024-01-02 +\d+ /);
    expect(stdout).toMatch(/\nsession\/strategy\/sma-cross +\d+/);
  });

  it('prints the same as JSON', async () => {
    const json = await terminal.json('stats', RUN, '--json');
    const facts = Object.entries(json.types).map(([type, of]) => [
      type,
      (of as { facts: number }).facts,
    ]);
    expect(Object.fromEntries(facts)).toEqual(summary.facts);
    expect(json).toMatchObject({
      run: 'shared',
      status: 'completed',
      chain_hash: summary.chain_hash,
      facts: total,
      first_at: '2024-01-02T14:30:00.000Z',
      last_at: '2024-01-03T21:00:00.000Z',
      raw: 1,
      sealed: 0,
    });
    expect(json.days.map(({ date }: { date: string }) => date)).toEqual([
      ...[null, '2024-01-02', '2024-01-03'],
    ]);
    expect(json.bytes).toBe(json.segments[0].bytes);
  });

  it('counts runs that failed, and those that go on', async () => {
    const config = configOf({
      session: { data: { type: 'csv', path: 'none.csv', interval: '1m', stamp: 'open' } },
    });
    const failed = await terminal.openbell(
      'run',
      terminal.write('f.json', config),
      '--log',
      'failed',
    );
    expect(failed.code).toBe(3);
    const json = await terminal.json('stats', 'failed', '--json');
    expect(json).toMatchObject({
      status: 'failed',
      sessions: 0,
      types: { RunFailed: { facts: 1 } },
    });
    const why = await terminal.json('why', 'failed', String(json.facts), '--json');
    expect(why.fact).toMatchObject({ seq: json.facts, cause: expect.any(Number) });
    const child = terminal.start(
      'demo',
      '--symbols',
      '20',
      '--days',
      '1500',
      '--log',
      'long',
      '--debug',
    );
    const end = ended(child);
    await said(child.stderr, /SessionEnded/);
    let running = await terminal.json('stats', 'long', '--json');
    // How soon the first day is on the disk is the disk's to say.
    while (running.facts < 10_000) running = await terminal.json('stats', 'long', '--json');
    expect(running.status).toBe('running');
    const lastBar = () => terminal.json('why', 'long', '--symbol', 'AAPL', '--bar', '1m', '--json');
    let last = await lastBar();
    // Between two sessions there is none.
    while (last.fact === null) last = await lastBar();
    expect(last.fact.type).toBe('BarAppended');
    const sealed = await terminal.openbell('seal', 'long');
    expect(sealed).toMatchObject({ code: 2, stderr: expect.stringContaining('process') });
    child.kill('SIGKILL');
    await end;
    const cut = await terminal.openbell('stats', 'long');
    expect(cut.stderr).toMatch(/^note: the run was interrupted/);
    expect(cut.stdout).toMatch(/^run +long, interrupted\n/);
    expect((await terminal.openbell('seal', 'long')).stderr).toMatch(
      /^error: the log in "long" was not closed: resume the run, then seal it\n$/,
    );
    expect((await terminal.openbell('salvage', 'long')).stdout).toBe(
      'nothing of the log in long is damaged: nothing was copied\n',
    );
    expect((await terminal.openbell('diff', 'long', 'long')).code).toBe(0);
  });

  it('has nothing to count before the first fact', async () => {
    const versions = { engine: '0', chart: 1, events: 2, behaviour: 2 };
    const given = { run: 'none', config: {}, versions, seed: null, data: {}, parent: null };
    const log = await FileLog.create(terminal.path('none'), given);
    await log.close('stopped');
    for (const command of [
      ['stats', 'none'],
      ['diff', 'none', RUN],
      ['why', 'none', '1'],
    ]) {
      expect(await terminal.openbell(...command)).toEqual({
        code: 2,
        stdout: '',
        stderr: 'error: the run in "none" ended before its first fact: run it again\n',
      });
    }
    expect((await terminal.openbell('seal', 'none')).code).toBe(0);
  });
});

describe('openbell seal', () => {
  it('compresses a run, of which everything then reads the same', async () => {
    copy('sealed');
    const { code, stdout } = await terminal.openbell('seal', 'sealed');
    expect(code).toBe(0);
    const [, before, after] = /^sealed 1 segment: ([\d,]+) bytes are now ([\d,]+)\n$/.exec(stdout)!;
    expect(Number(after!.replaceAll(',', ''))).toBeLessThan(Number(before!.replaceAll(',', '')));
    expect(readdirSync(terminal.path('sealed'))).toContain('00000001.log.zst');
    const [raw, sealed] = [
      await terminal.openbell('log', RUN),
      await terminal.openbell('log', 'sealed'),
    ];
    expect(sealed).toEqual(raw);
    const again = await terminal.openbell('seal', 'sealed');
    expect(again.stdout).toMatch(/^nothing to do: 1 segment, sealed already, [\d,]+ bytes\n$/);
    const json = await terminal.json('seal', 'sealed', '--json');
    expect(json).toEqual({ segments: 1, bytes_before: json.bytes, bytes: json.bytes });
    const stats = await terminal.openbell('stats', 'sealed');
    expect(stats.stdout).toMatch(/1 segment: 0 raw, 1 sealed, 1\.\d+ times smaller than raw\n/);
  });

  it.each([
    ['nowhere', 2, /^error: "nowhere" holds no run/],
    ['damaged', 3, /^error: the log is damaged .* salvage <run>"\n$/],
  ])('refuses %s', async (name, code, sentence) => {
    if (name === 'damaged') damage(copy(name));
    const result = await terminal.openbell('seal', name);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(sentence);
  });
});

describe('openbell salvage', () => {
  it('copies what is good, says what is lost, and leaves the original alone', async () => {
    damage(copy('broken'));
    const bytes = readFileSync(terminal.path('broken/00000001.log'));
    const { code, stdout, stderr } = await terminal.openbell('salvage', 'broken');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [copied, lost, original] = linesOf(stdout);
    const [, last] = /^copied facts 1 to ([\d,]+) into broken-salvaged$/.exec(copied!)!;
    const position = Number(last!.replaceAll(',', ''));
    expect(lost).toMatch(/^the last one is of 2024-01-0\dT[\d:.]+Z; lost is /);
    expect(lost).toContain(
      `${counted(total - position)} facts after it, up to fact ${counted(total)}`,
    );
    expect(original).toMatch(
      /^the original is as it was: the log is damaged in segment "00000001.log" at byte /,
    );
    expect(readFileSync(terminal.path('broken/00000001.log'))).toEqual(bytes);
    const facts = await terminal.openbell('log', 'broken-salvaged', '--json');
    expect(facts.stderr).toBe(`note: the run was interrupted after fact ${counted(position)}\n`);
    const whole = await terminal.openbell('log', RUN, '--json', '--to', String(position));
    expect(facts.stdout).toBe(whole.stdout);
    const diff = await terminal.json('diff', 'broken-salvaged', RUN, '--json');
    expect(diff).toMatchObject({ equal: false, first: { a: null, b: { seq: position + 1 } } });
  });

  it('prints JSON, and goes where it is told to', async () => {
    damage(copy('torn'));
    const json = await terminal.json('salvage', 'torn', '--out', 'mine', '--json');
    expect(json).toMatchObject({ damaged: true, out: 'mine', lost: total - json.position });
    expect(json.damage).toMatchObject({ segment: '00000001.log', offset: expect.any(Number) });
    expect(readdirSync(terminal.path('mine'))).toContain('manifest.json');
    expect(await terminal.json('salvage', RUN, '--json')).toEqual({ damaged: false });
  });

  it.each([
    [['nowhere'], 2, /^error: "nowhere" holds no run/],
    [
      ['gone', '--out', 'runs'],
      2,
      /^error: "runs" is not empty: choose another folder for the copy\n$/,
    ],
    [
      ['gone', '--out', 'no/such/folder'],
      3,
      /^error: "no\/such\/folder" could not be written \(ENOENT/,
    ],
    [
      ['empty'],
      3,
      /^error: the log was closed with fact \d+, .*; not one fact is left to be salvaged: restore the file\n$/,
    ],
  ])('refuses %j', async (args, code, sentence) => {
    if (args[0] === 'gone') damage(copy('gone'));
    if (args[0] === 'empty') truncateSync(terminal.path(`${copy('empty')}/00000001.log`), 20);
    const result = await terminal.openbell('salvage', ...args);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(sentence);
  });
});

describe('openbell export', () => {
  it('writes four Parquet files', async () => {
    const { code, stdout, stderr } = await terminal.openbell('export', RUN, '--parquet', 'tables');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(linesOf(stderr)).toHaveLength(4);
    expect(stderr).toMatch(/^wrote tables\/bars\.parquet: [\d,]+ rows, [\d,]+ bytes\n/);
    const file = await asyncBufferFromFile(terminal.path('tables/bars.parquet'));
    const rows = await parquetReadObjects({ file, compressors });
    const base = rows.filter(({ type }) => type === 'BarAppended');
    expect(base).toHaveLength(summary.facts.BarAppended!);
    const [first] = await terminal.jsonLines(
      'log',
      RUN,
      '--type',
      'BarAppended',
      '--json',
      '--limit',
      '1',
    );
    expect(base[0]).toMatchObject({
      seq: BigInt(first.seq),
      at: new Date(first.at),
      opened: new Date(first.opened),
      close: first.close,
    });
    const { key_value_metadata } = await parquetMetadataAsync(file);
    const metadata = Object.fromEntries(key_value_metadata!.map(({ key, value }) => [key, value]));
    expect(metadata).toMatchObject({
      'openbell.schema_version': '1',
      'openbell.run': 'shared',
      'openbell.chain_hash': summary.chain_hash,
      'openbell.calendar': 'XNYS',
      'openbell.time_zone': 'America/New_York',
      'openbell.event_version': '2',
    });
  });

  it('writes facts as JSON lines, all or up to a place', async () => {
    const all = await terminal.openbell('export', RUN, '--ndjson', 'facts.ndjson');
    expect(all).toEqual({
      code: 0,
      stdout: '',
      stderr: `wrote facts.ndjson: ${counted(total)} facts\n`,
    });
    const printed = await terminal.openbell('log', RUN, '--json');
    expect(readFileSync(terminal.path('facts.ndjson'), 'utf8')).toBe(printed.stdout);
    await terminal.openbell('export', RUN, '--ndjson', 'part.ndjson', '--at', '2024-01-02T10:00');
    const part = linesOf(readFileSync(terminal.path('part.ndjson'), 'utf8'));
    expect(JSON.parse(part.at(-1)!).at).toBe('2024-01-02T15:00:00.000Z');
    await terminal.openbell('export', RUN, '--parquet', 'part', '--at', String(part.length));
    const file = await asyncBufferFromFile(terminal.path('part/bars.parquet'));
    const bars = part.filter((line) => line.includes('"type":"BarAppended"'));
    const rows = await parquetReadObjects({ file, compressors });
    expect(rows.filter(({ type }) => type === 'BarAppended')).toHaveLength(bars.length);
  });

  it.each([
    [
      ['--parquet', 'a', '--ndjson', 'b'],
      /^error: --out, --parquet and --ndjson write different things/,
    ],
    [['--parquet', 'no/such/folder'], /^error: "no\/such\/folder" cannot be written \(ENOENT\)/],
    [['--ndjson', 'no/such/file'], /^error: "no\/such\/file" cannot be written \(ENOENT\)/],
    [['--parquet', 'file.txt'], /^error: "file.txt" cannot be written \(E\w+\)/],
  ])('refuses %j', async (options, sentence) => {
    terminal.write('file.txt', 'here');
    const { code, stdout, stderr } = await terminal.openbell('export', RUN, ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });

  it('leaves nothing half written beside a damaged log', async () => {
    damage(copy('spoiled'));
    mkdirSync(terminal.path('half'));
    const good = await terminal.openbell('export', RUN, '--parquet', 'half');
    expect(good.code).toBe(0);
    const before = readdirSync(terminal.path('half')).map((name) => [
      name,
      readFileSync(terminal.path(`half/${name}`)),
    ]);
    const { code } = await terminal.openbell('export', 'spoiled', '--parquet', 'half');
    expect(code).toBe(3);
    const after = readdirSync(terminal.path('half')).map((name) => [
      name,
      readFileSync(terminal.path(`half/${name}`)),
    ]);
    expect(after).toEqual(before);
  });
});
