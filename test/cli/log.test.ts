import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { FileLog } from '../../src/store/fileLog.ts';
import { type Child, ended, linesOf, said, Terminal } from './terminal.ts';

const terminal = new Terminal();
const RUN = 'runs/shared';
const demo = ['demo', '--days', '2', '--symbols', '2', '--log', RUN];
let summary: { facts: Record<string, number> };
let facts: Record<string, unknown>[];

beforeAll(async () => {
  summary = await terminal.json(...demo, '--json');
  facts = await terminal.jsonLines('log', RUN, '--json');
});

describe('openbell log', () => {
  it('prints every fact, in order, the envelope first', () => {
    const counted = Object.values(summary.facts).reduce((sum, count) => sum + count, 0);
    expect(facts.map(({ seq }) => seq)).toEqual(Array.from({ length: counted }, (_, i) => i + 1));
    for (const fact of facts) {
      expect(Object.keys(fact).slice(0, 5)).toEqual(['seq', 'at', 'type', 'by', 'cause']);
      expect(fact.at).toMatch(/^2024-01-0[23]T\d\d:\d\d:00\.000Z$/);
    }
  });

  it('prints bars with their window and values with their key', () => {
    const bar = facts.find(({ type }) => type === 'BarAppended');
    expect(Object.keys(bar!).slice(5)).toEqual(
      'symbol interval opened open high low close volume count expected'.split(' '),
    );
    expect(bar).toMatchObject({
      at: '2024-01-02T14:31:00.000Z',
      symbol: 'AAPL',
      interval: '1m',
      opened: '2024-01-02T14:30:00.000Z',
    });
    const value = facts.find(({ type, valid }) => type === 'IndicatorUpdated' && valid);
    expect(Object.keys(value!).slice(5)).toEqual(['symbol', 'key', 'value', 'valid']);
  });

  it('prints one aligned line a fact for people', async () => {
    const { stdout } = await terminal.openbell('log', RUN);
    const lines = linesOf(stdout);
    expect(lines).toHaveLength(facts.length);
    const bar = facts.find(({ type }) => type === 'BarAppended')!;
    const { seq, open, high, low, close, volume } = bar;
    const gist = `1m 09:30:00 o ${open} h ${high} l ${low} c ${close} v ${volume}`;
    const width = String(facts.length).length;
    expect(lines[Number(seq) - 1]).toBe(
      `${String(seq).padStart(width)}  2024-01-02 09:31:00  BarAppended              AAPL    ` +
        `${gist.padEnd(56)}  ${bar.by}`,
    );
    const column = (text: string) => new Set(lines.map((line) => line.indexOf(text)));
    expect(column(' 2024-01-0')).toEqual(new Set([width + 1]));
    expect(lines.at(-1)).toMatch(/ RunCompleted +2 sessions +session ← \d+$/);
  });

  it.each([
    [
      ['--type', 'RunStarted', 'Run*ed'],
      ['RunStarted', 'RunCompleted'],
    ],
    [
      ['--type', 'phase*', '--limit', '3'],
      ['PhaseEntered', 'PhaseLeft', 'PhaseEntered'],
    ],
    [
      ['--from', '2', '--to', '3'],
      ['TransitionTaken', 'PhaseEntered'],
    ],
    [['--to', '1'], ['RunStarted']],
    [['--from', '9000000'], []],
    [['--tail', '--limit', '1'], ['RunCompleted']],
    [
      ['--type', 'Run*', 'Session*', '!SessionEnded', '--to', '2024-01-02T10:00'],
      ['RunStarted', 'SessionActivated'],
    ],
    [
      ['--type', '!*ed', '--limit', '2'],
      ['TransitionTaken', 'TransitionTaken'],
    ],
    [['--by', 'session/clock'], ['ClockAdvanced']],
    [
      ['--by', 'session/*', '--by', '!*/*/*', '--type', 'Run*', 'Session*ed', '!*Down'],
      ['SessionActivated', 'SessionEnded', 'SessionActivated', 'SessionEnded'],
    ],
    [['--where', 'sessions >= 1'], ['RunCompleted']],
    [
      ['--type', 'Phase*', '--where', 'phase=3', '--where', 'date = 2024-01-03'],
      ['PhaseEntered', 'PhaseLeft'],
    ],
    [['--symbol', '!A*', '--type', 'Symbol*'], []],
  ])('narrows down by %j', async (options, types) => {
    const lines = await terminal.jsonLines('log', RUN, '--json', ...options);
    expect(lines.map(({ type }) => type)).toEqual(types);
  });

  it.each([
    [['--symbol', 'AMZZN'], ': it has no bars of a symbol "AMZZN", did you mean "AMZN"?'],
    [['--symbol', 'AMZN', '--type', 'Run*'], ''],
    [['--by', 'session/nobody'], ''],
  ])('says on stderr that nothing is like %j', async (options, hint) => {
    expect(await terminal.openbell('log', RUN, ...options)).toEqual({
      code: 0,
      stdout: '',
      stderr: `no fact of the run is like that${hint}\n`,
    });
  });

  it('takes the run also behind a list of types, and a symbol in any case', async () => {
    const lines = await terminal.jsonLines(
      'log',
      '--json',
      '--symbol',
      'amzn',
      '--type',
      'Bar*',
      RUN,
    );
    const expected = facts.filter(
      ({ type, symbol }) => symbol === 'AMZN' && String(type).startsWith('Bar'),
    );
    expect(expected.length).toBeGreaterThan(900);
    expect(lines).toEqual(expected);
  });

  it.each([
    [['nowhere'], '"nowhere" holds no run, it has no "manifest.json": give the folder of a run'],
    [[], 'log needs the folder of a run, such as runs/demo-1'],
    [[RUN, '--from', '5', '--to', '3'], '--from 5 is after --to 3: swap the two'],
    [[RUN, '--from', '11:00', '--to', '10:59'], '--from 11:00 is after --to 10:59: swap the two'],
    [
      [RUN, '--from', 'noon'],
      '"noon" is no place in a run: write a seq such as 1200, a time such as 2024-01-02T09:45, ' +
        'or a clock time of its last session such as 09:45',
    ],
    [
      [RUN, '--where', 'clsoe > 5'],
      'none of these facts has a field "clsoe": did you mean "close"?',
    ],
    [
      [RUN, '--where', 'close'],
      '"close" is no condition: write a field, one of = != < <= > >= ~ !~ and a value, such as "close > 250"',
    ],
    [
      [RUN, '--type', 'SignalEmited'],
      'no type of fact is like "SignalEmited": did you mean "SignalEmitted"?',
    ],
  ])('refuses %j', async (args, sentence) => {
    const { code, stdout, stderr } = await terminal.openbell('log', ...args);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${sentence}\n`,
    });
  });

  it('ends quietly when its reader has gone', async () => {
    const child = terminal.start('log', RUN, '--json');
    const stderr = ended(child);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await stderr).toMatchObject({ code: 0, stderr: '' });
  });

  it('returns 3 for a damaged log and says where', async () => {
    const { code } = await terminal.openbell(...demo.slice(0, -1), 'damaged', '--quiet');
    expect(code).toBe(0);
    const name = readdirSync(terminal.path('damaged')).find((file) => file.endsWith('.log'))!;
    const bytes = readFileSync(terminal.path(`damaged/${name}`));
    bytes[Math.floor(bytes.length / 2)]! ^= 0xff;
    writeFileSync(terminal.path(`damaged/${name}`), bytes);
    const broken = await terminal.openbell('log', 'damaged', '--json');
    expect(broken.code).toBe(3);
    expect(broken.stderr).toMatch(/^error: [^\n]*00000001\.log[^\n]*\n$/);
    expect(broken.stderr).toMatch(
      /: restore the file, or salvage the log up to there with "npm run -s openbell -- salvage <run>"\n$/,
    );
  });
});

describe('openbell log --tail', () => {
  it('follows another process that runs, through the filter, to the end', async () => {
    const size = ['--symbols', '10', '--days', '20'];
    const child = terminal.start('demo', ...size, '--log', 'followed', '--debug');
    const end = ended(child);
    await said(child.stderr, /SessionEnded/);
    const filter = ['--type', 'Signal*', '--symbol', 'A*', '--where', 'side = buy', '--json'];
    const tail = ['--tail', '--limit', '100000'];
    const followed = await terminal.jsonLines('log', 'followed', ...filter, ...tail);
    expect((await end).code).toBe(0);
    const whole = await terminal.jsonLines('log', 'followed', ...filter);
    expect(whole.length).toBeGreaterThan(20);
    expect(followed).toEqual(whole);
    expect(new Set(whole.map(({ type, side }) => `${type} ${side}`))).toEqual(
      new Set(['SignalEmitted buy']),
    );
  });

  it('ends where it is told to', async () => {
    const options = ['--tail', '--limit', '3', '--to', '2024-01-02T10:00', '--json'];
    const lines = await terminal.jsonLines('log', RUN, '--type', 'BarDerived', ...options);
    expect(lines.map(({ at }) => at)).toEqual(Array(3).fill('2024-01-02T15:00:00.000Z'));
  });
});

describe('a run that was cut off', () => {
  it('can be read up to its last whole frame, and says where that is', async () => {
    const size = ['--symbols', '50', '--days', '200'];
    const child = terminal.start('demo', ...size, '--log', 'killed', '--debug');
    const end = ended(child);
    await said(child.stderr, /SessionEnded/);
    const alive = await terminal.openbell('log', 'killed', '--limit', '1');
    expect(alive).toMatchObject({ code: 0, stderr: '' });
    child.kill('SIGKILL');
    await end;
    const whole = await terminal.openbell('log', 'killed', '--tail', '--limit', '1');
    expect(whole).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^note: the run was in/),
    });
    const segments = readdirSync(terminal.path('killed')).filter((name) => name.endsWith('.log'));
    const last = terminal.path(`killed/${segments.sort().at(-1)}`);
    truncateSync(last, statSync(last).size - 37);
    const torn = await terminal.openbell('log', 'killed', '--tail', '--limit', '1', '--json');
    expect(torn.code).toBe(0);
    const { seq } = JSON.parse(torn.stdout);
    expect(torn.stderr).toMatch(
      /^note: the run was interrupted: its last [\d,]+ bytes are an unfinished frame; everything up /,
    );
    expect(torn.stderr).toContain(`up to fact ${seq.toLocaleString('en-US')} is whole\n`);
    const state = await terminal.openbell('export', 'killed', '--at', '10');
    expect(state).toMatchObject({ code: 0, stderr: torn.stderr });
  });

  it('has nothing to wait for if it has no facts', async () => {
    const versions = { engine: '0', chart: 1, events: 2, behaviour: 2 };
    const given = { run: 'none', config: {}, versions, seed: null, data: {}, parent: null };
    const log = await FileLog.create(terminal.path('none'), given);
    expect((await terminal.openbell('log', 'none')).stderr).toBe(
      'error: the run in "none" has no facts yet: wait until it has begun\n',
    );
    await log.close('stopped');
    expect(await terminal.openbell('log', 'none')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: the run in "none" ended before its first fact: run it again\n',
    });
    expect(await terminal.openbell('fork', 'none', '--at', '1')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: the run "none" ended before its first fact: run it anew instead\n',
    });
  });
});

describe('openbell export', () => {
  it('prints the state at the end of the run', async () => {
    const state = await terminal.json('export', RUN);
    expect(Object.keys(state)).toEqual([
      'session_data',
      'performance_metrics',
      'time_manager',
      'actors',
      'system',
      'session_config',
      '_metadata',
    ]);
    expect(Object.keys(state.session_data)).toEqual(['AAPL', 'AMZN']);
    const { bars, indicators, metrics } = state.session_data.AAPL;
    expect(Object.keys(bars)).toEqual(['1m', '5m', '15m']);
    const today = facts.filter(
      ({ type, symbol, at }) =>
        type === 'BarAppended' && symbol === 'AAPL' && String(at) >= '2024-01-03',
    );
    expect(bars['1m'].count).toBe(today.length);
    expect(bars['1m'].data[0][0]).toBe('2024-01-03T09:30:00.000-05:00');
    expect(metrics.last).toBe(today.at(-1)!.close);
    const updates = facts.filter(({ symbol, key }) => symbol === 'AAPL' && key === 'sma_10_5m');
    expect(indicators.session.sma_10_5m.current_value).toBe(updates.at(-1)!.value);
    expect(state.performance_metrics.events_by_type).toEqual(summary.facts);
    expect(state.system).toMatchObject({ status: 'completed', node: process.versions.node });
    expect(state.session_config.session_name).toBe('demo');
    expect(state.actors['session/processor']).toEqual({
      state: 'ready',
      set_up: 2,
      torn_down: 1,
      allocated: { symbols: 2, series: 6, indicators: 18 },
      last_error: null,
    });
    expect(state._metadata.seq).toBe(facts.length);
  });

  it.each([
    ['1200', (seq: number) => seq === 1200],
    ['09:45', (_: number, at: string) => at <= '2024-01-03T14:45:00.000Z'],
    ['09:45:30', (_: number, at: string) => at <= '2024-01-03T14:45:30.000Z'],
    ['2024-01-02T10:00', (_: number, at: string) => at <= '2024-01-02T15:00:00.000Z'],
    ['2024-01-02T15:00:00Z', (_: number, at: string) => at <= '2024-01-02T15:00:00.000Z'],
    ['2030-01-01T00:00', () => true],
  ])('shows the state at %s', async (place, isUpTo) => {
    const last = facts.findLast(({ seq, at }) => isUpTo(Number(seq), String(at)))!;
    const state = await terminal.json('export', RUN, '--at', place);
    expect(state._metadata.seq).toBe(last.seq);
    const now = Date.parse(String(last.at));
    expect(Date.parse(state.time_manager.current_time)).toBe(now);
    for (const symbol of Object.keys(state.session_data)) {
      const rows: string[][] = state.session_data[symbol].bars['1m'].data;
      for (const [opened] of rows) expect(Date.parse(opened!)).toBeLessThan(now);
    }
  });

  it('writes a file with --out, the same as it prints', async () => {
    const { code, stdout, stderr } = await terminal.openbell('export', RUN, '--out', 'state.json');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^wrote state.json: the state after fact [\d,]+ of [\d,]+\n$/);
    const printed = await terminal.openbell('export', RUN);
    expect(readFileSync(terminal.path('state.json'), 'utf8')).toBe(printed.stdout);
    expect(readdirSync(terminal.folder)).not.toContain('state.json.part');
  });

  it.each([
    [['--at', '0'], /^error: the log has no fact 0: choose one from 1 to \d+\n$/],
    [['--at', '9000000'], /^error: the log has no fact 9000000: choose one from 1 to \d+\n$/],
    [['--at', '25:00'], /^error: "25:00" is not a time of day: write HH:MM or HH:MM:SS\n$/],
    [['--at', 'noon'], /^error: "noon" is no place in a run: write a seq such as 1200, /],
    [
      ['--at', '2024-01-01T12:00'],
      /^error: "2024-01-01T12:00" is before the run: choose a time from /,
    ],
    [
      ['--out', 'no/such/folder.json'],
      /^error: "no\/such\/folder.json" cannot be written \(ENOENT\)/,
    ],
  ])('refuses %j', async (options, sentence) => {
    const { code, stdout, stderr } = await terminal.openbell('export', RUN, ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });

  it('ends quietly when its reader has gone', async () => {
    const child: Child = terminal.start('export', RUN);
    const end = ended(child);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await end).toMatchObject({ code: 0, stderr: '' });
  });
});
