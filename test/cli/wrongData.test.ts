import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configOf } from '../support.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();
const config = terminal.write('config.json', configOf({ symbols: ['SPY'], start: '2020-12-15' }));
const two = terminal.write('two.json', configOf({ symbols: ['SPY', 'QQQ'], start: '2020-12-15' }));

const HEAD = 'date,open,high,low,close,volume';
const ROWS = [
  '2020-12-15 09:30,367.4,367.62,367.36,367.46,407870',
  '2020-12-15 09:31,367.48,367.48,367.19,367.19,173406',
];
const csv = (name: string, ...lines: string[]) => terminal.write(name, `${lines.join('\n')}\n`);
const good = csv('good.csv', HEAD, ...ROWS);

describe('openbell run, given data that cannot be used,', () => {
  it.each([
    ['an empty file', terminal.write('empty.csv', ''), /empty\.csv is empty/],
    [
      'wrong columns',
      csv('columns.csv', HEAD.replace('close', 'last'), ...ROWS),
      /columns\.csv has no column "close"/,
    ],
    [
      'a text for a price',
      csv('text.csv', HEAD, ROWS[0]!, ROWS[1]!.replace('367.48', 'n/a')),
      /text\.csv line 3: open "n\/a" is not a number/,
    ],
    ['dates reversed', csv('reversed.csv', HEAD, ROWS[1]!, ROWS[0]!), /reversed\.csv line 3: /],
    [
      'a high below its low',
      csv('range.csv', HEAD, ROWS[0]!.replace('367.62', '300')),
      /range\.csv line 2: /,
    ],
    ['no rows', csv('rows.csv', HEAD), /rows\.csv has no rows; give a file with bars/],
  ])('fails with 3 for %s, and keeps the log', async (_, file, reason) => {
    const log = `logs/${file}`;
    const run = await terminal.openbell(
      'run',
      config,
      '--data',
      file,
      '--stamp',
      'open',
      '--log',
      log,
    );
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).toMatch(/^error: the run failed in phase 0: /);
    expect(run.stderr).toMatch(reason);
    const [last] = await terminal.jsonLines('log', log, '--type', 'RunFailed', '--json');
    expect(last.reason).toMatch(reason);
  });

  const source = { type: 'csv', interval: '1m', stamp: 'open' };
  const LINES = 'error: the run failed in phase 0: ';
  const ASKED = 'asked for bars from 2020-12-15 to 2020-12-15';

  /** What stderr says of a run over `data`, and what the fact in its log says. */
  async function failureOf(name: string, symbols: readonly string[], data: object) {
    const given = configOf({ symbols, start: '2020-12-15', streams: ['1m'], session: { data } });
    const log = `logs/${name}`;
    const run = await terminal.openbell('run', terminal.write(`${name}.json`, given), '--log', log);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    const [fact] = await terminal.jsonLines(
      'log',
      log,
      '--type',
      'StreamValidationFailed',
      '--json',
    );
    expect(run.stderr.split('\nwhat happened')[0]).toBe(`${LINES}${fact.problems.join('\n')}`);
    return fact.problems;
  }

  it('names each file it looked for in vain, once, as the config spells it', async () => {
    const data = { ...source, path: '../csv/none_{symbol}.csv' };
    expect(await failureOf('absent', ['SPY', 'QQQ'], data)).toEqual(
      ['QQQ', 'SPY'].map(
        (symbol) =>
          `${symbol}: there is no file "../csv/none_${symbol}.csv" for "${symbol}"; ` +
          'name data that has its bars, or leave the symbol out',
      ),
    );
  });

  it('shows in its summary what of the data it did not use', async () => {
    const rows = [ROWS[0]!.replace('09:30', '09:28'), ROWS[0]!.replace('09:30', '09:29'), ...ROWS];
    csv('part.csv', HEAD, ...rows, ROWS[1]!.replace('09:31', '09:32').replace('367.48', 'n/a'));
    const data = { ...source, path: 'part.csv', on_bad_row: 'skip' };
    const part = configOf({ symbols: ['SPY'], start: '2020-12-15', session: { data } });
    const file = terminal.write('part.json', part);
    const { code, stdout } = await terminal.openbell('run', file, '--log', 'logs/part');
    expect(code).toBe(0);
    expect(stdout).toContain(
      '\nleft out           2 bars outside of the sessions: see BarsLeftOut ',
    );
    expect(stdout).toContain('\nskipped            1 bad row: see RowsSkipped in the log\n');
  });

  it('says in one line what the data has outside the window', async () => {
    csv('year.csv', HEAD, ROWS[0]!.replace('2020', '2019'));
    expect(await failureOf('year', ['SPY'], { ...source, path: 'year.csv' })).toEqual([
      `SPY: the data has 1m from 2019-12-15 to 2019-12-15; ${ASKED}: ` +
        'choose a window inside the data, or name data that covers it',
    ]);
  });

  it('names every bad file, and the symbols without one, by ascending symbol', async () => {
    csv('many_A.csv', HEAD);
    csv('many_C.csv', HEAD, ...ROWS);
    csv('many_D.csv', HEAD, ROWS[1]!, ROWS[0]!);
    const data = { ...source, path: 'many_{symbol}.csv' };
    expect(await failureOf('many', ['D', 'C', 'B', 'A'], data)).toEqual([
      'many_A.csv has no rows; give a file with bars',
      'B: there is no file "many_B.csv" for "B"; name data that has its bars, or leave the symbol out',
      'many_D.csv line 3: its time is before that of the row before it: rows must ascend; ' +
        'mend the row or set on_bad_row: "skip"',
    ]);
  });

  it('says which symbol lacks the bars that others have', async () => {
    csv('some_A_1m.csv', HEAD, ...ROWS);
    csv('some_B_1d.csv', HEAD, ROWS[0]!.replace(' 09:30', ''));
    const data = { ...source, interval: ['1m', '1d'], path: 'some_{symbol}_{interval}.csv' };
    expect(await failureOf('some', ['A', 'B'], data)).toEqual([
      'B: there is no file "some_B_1m.csv" for "B"; the data has 1d from 2020-12-15 to 2020-12-15; ' +
        'asked for 1m bars from 2020-12-15 to 2020-12-15: name data of 1m bars',
    ]);
    expect(await failureOf('days', ['B'], data)).toEqual([
      'B: there is no file "some_B_1m.csv" for "B"; 1m needs 1m or 1s bars, the data has 1d: ' +
        'name data of 1m bars, or ask for 1d and longer only',
    ]);
  });

  it.each([
    [[config, '--data', good], /^error: --data needs --stamp open or --stamp close: /],
    [[config, '--stamp', 'open'], /^error: --stamp describes the files of --data: /],
    [[config], /^error: the config names no market data: .*--data FILE/],
    [
      [config, '--data', 'gone.csv', '--stamp', 'open'],
      /^error: there is no data file "gone\.csv"/,
    ],
    [
      [config, '--data', 'config.json', '--stamp', 'open'],
      /^error: "config\.json" is no data file: /,
    ],
    [
      [two, '--data', good, '--stamp', 'open'],
      /^error: "good\.csv" does not say whose bars it holds: /,
    ],
    [[config, '--data', good, '--stamp', 'middle'], /argument "middle" is invalid/],
    [[config, '--data', good, '--stamp', 'open', '--interval', '1w'], /argument "1w" is invalid/],
    [
      [config, '--data', good, '--stamp', 'open', '--timezone', 'Mars'],
      /argument "Mars" is invalid/,
    ],
  ])('returns 2 before anything runs for %j', async (args, sentence) => {
    const { code, stdout, stderr } = await terminal.openbell('run', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(existsSync(terminal.path('runs'))).toBe(false);
  });
});
