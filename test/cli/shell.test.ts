import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configOf } from '../support.ts';
import { KEY, PseudoTerminal } from './pseudoTerminal.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();
const synthetic = { data: { type: 'synthetic', seed: 7 } };
const short = terminal.write(
  'short.json',
  configOf({ symbols: ['AAPL', 'MSFT'], end: '2024-01-03', session: synthetic }),
);
/** A day of it takes long enough to be paused in. */
const long = terminal.write(
  'long.json',
  configOf({
    symbols: ['AAPL', 'AMZN', 'MSFT', 'TSLA', 'UAL', 'VZ', 'WMT', 'XOM'],
    end: '2024-03-28',
    streams: ['1s', '1m'],
    session: { data: { ...synthetic.data, interval: '1s' } },
  }),
);
const state = terminal.path('state');

function typeAt(args: readonly string[], env: NodeJS.ProcessEnv = { XDG_STATE_HOME: state }) {
  return new PseudoTerminal({ folder: terminal.folder, args: ['shell', ...args], env });
}

function statusOf(log: string): string {
  return JSON.parse(readFileSync(terminal.path(`${log}/manifest.json`), 'utf8')).status;
}

describe('openbell shell at a terminal', () => {
  it('drives a run: start, status, add-symbol, session, pause, resume, stop, export', async () => {
    const shell = typeAt([long, '--log', 'driven']);
    expect(await shell.until(/openbell> $/)).toContain(
      'run driven: 8 symbols, 2024-01-02 to 2024-03-28\n',
    );
    expect(await shell.does('system start --until 10:42')).toMatch(
      /^at 2024-01-02 10:42\nopenbell 2024-01-02 10:42> $/m,
    );
    expect(await shell.does('system status')).toMatch(
      /^run +driven: standing\nclock +2024-01-02 10:42\nphase +3 active\nsession +2024-01-02, 1 of 61$/m,
    );
    expect(await shell.does('data add-symbol nvda')).toContain(
      'NVDA is loaded: 4,320 bars up to 2024-01-02 10:42\n',
    );
    expect(await shell.does('data session')).toMatch(
      /^NVDA .* 4,320 +100\.00 % +0 of 0 +adhoc\nTSLA /m,
    );
    expect(await shell.does('system start')).toMatch(/in the background.*\nopenbell running> $/);
    expect(await shell.does('system pause')).toMatch(/paused at (.+)\nopenbell \1 paused> $/);
    const clock = await shell.does('time');
    expect(await shell.does('time')).toBe(clock);
    expect(await shell.does('system resume')).toMatch(/resumed at .*\nopenbell running> $/);
    expect(await shell.does('system pause')).toMatch(/paused> $/);
    expect(await shell.does('system step 2')).toMatch(
      /: 2 instants, \d+ facts\nopenbell 2024-01-02 \d\d:\d\d(:\d\d)?> $/,
    );
    expect(await shell.does('system stop')).toMatch(
      /stopped at .*; the log is driven\nopenbell stopped> $/,
    );
    expect(await shell.does('export state.json')).toContain('wrote state.json: ');
    shell.type(`exit${KEY.enter}`);
    expect(await shell.ended).toBe(0);

    const exported = JSON.parse(readFileSync(terminal.path('state.json'), 'utf8'));
    expect(Object.keys(exported.session_data)).toEqual([
      ...['AAPL', 'AMZN', 'MSFT', 'TSLA', 'UAL', 'VZ', 'WMT', 'XOM'],
      'NVDA',
    ]);
    expect(exported.session_data.NVDA.metadata).toMatchObject({
      added_by: 'adhoc',
      added_at: '2024-01-02T10:42:00.000-05:00',
    });
    expect(exported.system.status).toBe('stopped');
    const journal = readFileSync(terminal.path('driven/journal.ndjson'), 'utf8');
    expect([...journal.matchAll(/"type":"(session\.\w+)"/g)].map(([, type]) => type)).toEqual([
      'session.pause',
      'session.resume',
      'session.pause',
      'session.resume',
    ]);
  });

  it('completes commands, symbols, intervals and options with Tab', async () => {
    const shell = typeAt([short, '--log', 'completed']);
    await shell.until(/> $/);
    await shell.completes('sys', 'system ');
    await shell.completes('ste', 'step ');
    expect(await shell.does('2')).toContain('at 2024-01-02 09:32: 2 instants, ');
    await shell.completes('data b', 'bars ');
    await shell.completes('aa', 'data bars AAPL ');
    await shell.completes('5', 'm ');
    expect(await shell.does('')).toContain('no 5m bar of AAPL yet\n');
    await shell.completes('dat', 'data ');
    // A second one in a row lists what fits.
    await shell.completes('', 'add-symbol     remove-symbol');
    await shell.completes('rem', 'ove-symbol ');
    await shell.completes('msft --', 'force ');
    shell.type(KEY.ctrlC);
    await shell.until(/> $/);
    await shell.completes('help system re', 'sume ');
    shell.type(KEY.ctrlC + KEY.ctrlD);
    expect(await shell.ended).toBe(0);
  });

  it('remembers lines, from one shell to the next', async () => {
    const env = { XDG_STATE_HOME: terminal.path('remembered') };
    const first = typeAt([short, '--log', 'first'], env);
    await first.until(/> $/);
    await first.does('system status');
    await first.does('time');
    first.type(KEY.up + KEY.up);
    await first.until('system status');
    first.type(KEY.enter);
    await first.until(/ready\n/);
    first.type(KEY.ctrlD);
    await first.ended;
    const file = terminal.path('remembered/openbell/history');
    expect(readFileSync(file, 'utf8')).toBe('system status\ntime\nsystem status\n');
    const second = typeAt([short, '--log', 'second'], env);
    await second.until(/> $/);
    second.type(KEY.up);
    await second.until('system status');
    second.type(KEY.enter);
    await second.until(/second: ready\n/);
    second.type(KEY.ctrlD);
    expect(await second.ended).toBe(0);
  });

  it('goes on where lines cannot be kept', async () => {
    terminal.write('occupied', 'by a file');
    const shell = typeAt([short, '--log', 'forgetful'], {
      XDG_STATE_HOME: terminal.path('occupied'),
    });
    await shell.until(/> $/);
    expect(await shell.does('system status')).toContain('forgetful: ready\n');
    shell.type(KEY.ctrlD);
    expect(await shell.ended).toBe(0);
  });

  it('says what was probably meant, and ends with 0 all the same', async () => {
    const shell = typeAt([short, '--log', 'mistaken']);
    await shell.until(/> $/);
    expect(await shell.does('sytem start')).toContain('did you mean "system"?');
    expect(await shell.does('system strat')).toContain('did you mean "system start"?');
    shell.type(`quit${KEY.enter}`);
    expect(await shell.ended).toBe(0);
  });

  it('gives up a long command at Ctrl-C, and the line when there is none', async () => {
    const shell = typeAt([long, '--log', 'interrupted']);
    await shell.until(/> $/);
    shell.type(`system start --until 2024-03-28T16:00${KEY.enter}`);
    // Progress is shown, and nothing is left of it.
    await shell.until(/day \d\/61/);
    shell.type(KEY.ctrlC);
    expect(await shell.until(/^at 2024-.*\nopenbell .*> $/m)).not.toContain('16:00> ');
    shell.type('system sto');
    await shell.until('system sto');
    shell.type(KEY.ctrlC);
    await shell.until(/\^C\nopenbell 2024.*> $/);
    expect(await shell.does('system status')).toContain('interrupted: standing\n');
    shell.type(KEY.ctrlC);
    await shell.until('Ctrl-D leaves');
    shell.type(KEY.ctrlD);
    expect(await shell.until('complete up to there')).toContain('the run was stopped at 2024-');
    expect(await shell.ended).toBe(0);
    expect(statusOf('interrupted')).toBe('stopped');
  });

  it('stops what runs in the background at Ctrl-D', async () => {
    const shell = typeAt([long, '--log', 'left']);
    await shell.until(/> $/);
    await shell.does('system start');
    shell.type(KEY.ctrlD);
    await shell.until('the run was stopped at 2024-');
    expect(await shell.ended).toBe(0);
    expect(statusOf('left')).toBe('stopped');
  });

  it('tells of the end of a run above the line being typed, which stays', async () => {
    const shell = typeAt([short, '--log', 'ended']);
    await shell.until(/> $/);
    shell.type(`system start${KEY.enter}data ses`);
    await shell.until(
      /ended is completed: 2 of 2 sessions, 1,560 bars\nopenbell completed> data ses$/,
    );
    shell.type(`sion${KEY.enter}`);
    await shell.until(/^MSFT .* 390 +100\.00 % /m);
    await shell.until(/> $/);
    expect(await shell.does('system start')).toContain('error: the run is completed: ');
    expect(await shell.does('data session')).toContain('\nAAPL ');
    shell.type(KEY.ctrlD);
    expect(await shell.ended).toBe(0);
    expect(statusOf('ended')).toBe('completed');
  });
});
