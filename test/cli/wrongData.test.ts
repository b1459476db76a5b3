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
    ['the days of another year', csv('year.csv', HEAD, ROWS[0]!.replace('2020', '2019')), /SPY/],
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
