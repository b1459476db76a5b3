import { describe, expect, it } from 'vitest';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();
const july = ['--from', '2024-07-03', '--to', '2024-07-05'];

describe('openbell calendar', () => {
  it('prints sessions in exchange time, early closes and holidays', async () => {
    expect(await terminal.openbell('calendar', 'US_EQUITY', ...july)).toEqual({
      code: 0,
      stderr: '',
      stdout:
        '2024-07-03  Wed  09:30 to 13:00  UTC-04:00  early close\n' +
        '2024-07-04  Thu  closed: Independence Day\n' +
        '2024-07-05  Fri  09:30 to 16:00  UTC-04:00\n',
    });
  });

  it('prints JSON lines in UTC with --json', async () => {
    expect(await terminal.openbell('calendar', 'XNYS', ...july, '--json')).toEqual({
      code: 0,
      stderr: '',
      stdout:
        '{"date":"2024-07-03","open":"2024-07-03T13:30:00.000Z","close":"2024-07-03T17:00:00.000Z","early_close":true}\n' +
        '{"date":"2024-07-04","open":null,"holiday":"Independence Day"}\n' +
        '{"date":"2024-07-05","open":"2024-07-05T13:30:00.000Z","close":"2024-07-05T20:00:00.000Z","early_close":false}\n',
    });
  });

  it('names the date of an open on the evening before', async () => {
    const { stdout } = await terminal.openbell(
      'calendar',
      'forex',
      ...july.slice(0, 2),
      '--to',
      '2024-07-03',
    );
    expect(stdout).toBe('2024-07-03  Wed  2024-07-02 17:00 to 17:00  UTC-04:00\n');
  });

  it.each([
    [['XNYZ', ...july], 'there is no calendar "XNYZ": did you mean "XNYS"?'],
    [
      ['XNYS', '--from', '2024-07-05', '--to', '2024-07-03'],
      'window starts on "2024-07-05", after its end "2024-07-03": swap the dates',
    ],
    [
      ['XNYS', '--from', '2024-02-30', '--to', '2024-07-03'],
      '"2024-02-30" is not a date: write an existing day as YYYY-MM-DD',
    ],
    [
      ['XNYS', '--from', '1980-01-01', '--to', '2024-07-03'],
      '"1980-01-01" is outside calendar XNYS: choose a date from "1990-01-01" to "2030-12-31"',
    ],
  ])('refuses %j', async (args, sentence) => {
    const { code, stdout, stderr } = await terminal.openbell('calendar', ...args);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${sentence}\n`,
    });
  });
});
