import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configOf } from '../support.ts';
import { ended, said, Terminal } from './terminal.ts';

const terminal = new Terminal();
const synthetic = { data: { type: 'synthetic', seed: 7 } };
const short = terminal.write(
  'short.json',
  configOf({ symbols: ['AAPL', 'MSFT'], end: '2024-01-03', session: synthetic }),
);
const long = terminal.write(
  'long.json',
  configOf({ symbols: ['AAPL', 'MSFT'], end: '2025-12-31', session: synthetic }),
);

function statusOf(log: string): string {
  return JSON.parse(readFileSync(terminal.path(`${log}/manifest.json`), 'utf8')).status;
}

describe('openbell shell with lines piped in', () => {
  const pipe = (lines: readonly string[], ...args: readonly string[]) =>
    terminal.piped(`${lines.join('\n')}\n`, 'shell', ...args);

  it('does them in order and prints nothing but their answers', async () => {
    const lines = [
      '# a comment, and an empty line',
      '',
      'system start --until 09:33',
      'data add-symbol TSLA',
      'data bars TSLA 1m 1',
      'system step 2',
      'log SessionActivated',
      'system start',
      'system wait',
    ];
    const { code, stdout, stderr } = await pipe(lines, short, '--log', 'piped');
    expect(stdout).toMatch(
      new RegExp(
        [
          '^at 2024-01-02 09:33',
          'TSLA is loaded: 3 bars up to 2024-01-02 09:33',
          '1m +open +high +low +close +volume +base bars',
          '2024-01-02 09:32 .* 1 of 1',
          'at 2024-01-02 09:35: 2 instants, \\d+ facts',
          '.*SessionActivated.*',
          'running in the background: .*',
          'completed at 2024-01-03 16:00\n$',
        ].join('\n'),
      ),
    );
    expect(stderr).toBe('piped is completed: 2 of 2 sessions, 2,340 bars\n');
    expect(code).toBe(0);
  });

  it('shows nothing after the clock', async () => {
    const lines = ['system start --until 10:00', 'data session AAPL', 'export -'];
    const { stdout } = await pipe(lines, short, '--log', 'blind');
    const [text, json] = stdout.split(/\n(?=\{"session_data")/);
    const clocks = [...text!.matchAll(/2024-\d\d-\d\d \d\d:\d\d/g)].map(([clock]) => clock);
    expect(clocks.length).toBeGreaterThan(5);
    expect(clocks.filter((clock) => clock > '2024-01-02 10:00')).toEqual([]);
    const { bars } = JSON.parse(json!).session_data.AAPL;
    expect(bars['1m'].data.at(-1)[0]).toBe('2024-01-02T09:59:00.000-05:00');
  });

  it('takes a clock time for that of the session which has it ahead', async () => {
    const times = ['09:30', '10:00', '09:45', '17:00', '16:00'];
    const lines = times.map((time) => `system start --until ${time}`);
    const { stdout, stderr } = await pipe([...lines, 'data session'], short, '--log', 'times');
    expect(stdout).toMatch(
      new RegExp(
        `^${[
          'at 2024-01-02 09:30',
          'at 2024-01-02 10:00',
          'at 2024-01-03 09:45',
          'completed at 2024-01-03 16:00',
          'symbol .*',
        ].join('\n')}`,
      ),
    );
    expect(stderr).toContain(
      'error: "16:00" is in no session that is ahead: the clock is at 2024-01-03 16:00\n',
    );
  });

  it('is the demo without a config, and says so', async () => {
    const { code, stdout, stderr } = await pipe(['system step', 'data session']);
    expect(stderr).toMatch(/^no config was given: this is the demo, 5 symbols on 5 days of a syn/);
    expect(stdout).toMatch(/^AAPL .*\n(.*\n)*TSLA /m);
    expect(code).toBe(0);
    expect(statusOf('runs/demo-1')).toBe('stopped');
  });

  it('keeps no log of a run that never began', async () => {
    const { code } = await pipe(['system status', 'time', 'help'], short, '--log', 'unused');
    expect(code).toBe(0);
    expect(existsSync(terminal.path('unused'))).toBe(false);
  });

  it.each([
    [2, 'data sesion', 'there is no command "data sesion": did you mean "data session"?'],
    [2, 'data bars', 'SYM is missing: write "data bars SYM [INTERVAL] [N]"'],
    [2, 'data bars APL', '"APL" is not in the session: did you mean "AAPL"?'],
    [2, 'data bars AAPL 3m', 'AAPL has no "3m" bars: choose 1m, 5m'],
    [2, 'data bars AAPL 1m 0', '"0" is no count: write a whole number from 1 on'],
    [2, 'system step 1 2', '"2" is one word too many: write "system step [N]"'],
    [
      2,
      'system start --util 10:00',
      '"system start" has no option "--util": did you mean "--until"?',
    ],
    [2, 'system start --until', '--until needs a TIME: write "system start [--until TIME]"'],
    [
      2,
      'system start --until 2024-01-02T09:31',
      '"2024-01-02T09:31" is over: the clock is at 2024-01-02 09:31',
    ],
    [2, 'system start --until 08:00', '"08:00" is in no session that is ahead: '],
    [2, 'system resume', 'the run is standing, not paused: "system start" goes on'],
    [2, 'system pause', 'the run is standing: only one in the background can be paused'],
    [2, 'system', '"system" is the first word of "system start", '],
    [2, 'start', 'there is no command "start": did you mean "system start"?'],
    [2, 'log Br*', 'no type of fact is like "Br*": '],
    [2, 'export "no such folder/a.json"', '"no such folder/a.json" cannot be written (ENOENT): '],
    [2, 'time calendar 2024-13-01', '"2024-13-01" is not a date: '],
    [2, 'data session "AAPL', 'a quote (") is left open: close it'],
  ])('goes on after a line that is wrong and ends with %i: %s', async (exitCode, line, error) => {
    const log = `wrong/${line.replaceAll(/\W/g, '')}`;
    const { code, stdout, stderr } = await pipe(['system step', line, 'time'], short, '--log', log);
    expect(stderr).toContain(`error: ${error}`);
    expect(stdout).toMatch(/^now +2024-01-02 09:31, America\/New_York$/m);
    expect(code).toBe(exitCode);
  });

  it('ends with 1 when a symbol is refused', async () => {
    const lines = ['system step', 'data add-symbol AAPL', 'system stop', 'data add-symbol TSLA'];
    const { code, stdout, stderr } = await pipe(lines, short, '--log', 'refused');
    expect(stdout).toContain('AAPL is loaded already\n');
    expect(stderr).toBe('TSLA was refused: the run is stopped\n');
    expect(code).toBe(1);
  });

  it('ends with 3 when the run fails, in the background too', async () => {
    terminal.write('broken.mjs', 'export class Broken { onBar() { throw new Error("no idea"); } }');
    const session = { ...synthetic, strategies: [{ module: 'broken.mjs' }] };
    const file = terminal.write('broken.json', configOf({ session }));
    const failed = 'error: the run failed in phase 3: strategy "broken" failed in onBar: no idea\n';
    const behind = await pipe(['system start', 'system wait'], file, '--log', 'broken/a');
    expect(behind).toMatchObject({ code: 3, stderr: failed });
    const ahead = await pipe(['system step', 'system status'], file, '--log', 'broken/b');
    expect(ahead).toMatchObject({ code: 3, stderr: failed });
    expect(ahead.stdout).toMatch(/^run +b: failed$/m);
    const impossible = terminal.write(
      'none.json',
      configOf({ streams: ['1s'], session: synthetic }),
    );
    const asked = await pipe(['data add-symbol TSLA'], impossible, '--log', 'broken/c');
    expect(asked).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^error: the run failed in phase 0: AAPL: 1s needs 1s bars, /),
    });
  });

  it('takes the run as it is at the end of the lines', async () => {
    const { code, stderr } = await pipe(['system start'], long, '--log', 'early');
    expect(stderr).toMatch(/^the run was stopped at 2024-.*; its log is complete up to there\n$/);
    expect(code).toBe(0);
    expect(statusOf('early')).toBe('stopped');
  });

  it('takes the options of run', async () => {
    expect(await pipe(['exit'], short, '--stamp', 'open')).toMatchObject({
      code: 2,
      stderr:
        'error: --stamp describes the files of --data: give those, or write it in the config\n',
    });
    expect(await pipe(['exit'], '--data', 'a.csv')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: bars of --data need a config file/),
    });
    expect(await pipe(['exit'], short, '--speed', 'fast')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('0 is as fast as possible.'),
    });
    mkdirSync(terminal.path('taken'));
    terminal.write('taken/notes.txt', 'buy milk');
    expect((await pipe(['exit'], short, '--log', 'taken')).code).toBe(2);
  });

  it('is ended cleanly by SIGTERM, with 143', async () => {
    const child = terminal.fed('shell', long, '--log', 'terminated');
    const end = ended(child);
    child.stdin.write('system start\n');
    await said(child.stdout, /in the background/);
    child.kill('SIGTERM');
    expect((await end).code).toBe(143);
    expect(statusOf('terminated')).toBe('stopped');
  });
});
