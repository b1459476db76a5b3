import { describe, expect, it } from 'vitest';
import { calendarRows } from '../../src/domain/calendar/calendarRows.ts';
import { crypto } from '../../src/domain/calendar/crypto.ts';
import { xnys } from '../../src/domain/calendar/xnys.ts';

describe('calendar rows', () => {
  it('give sessions and closed weekdays, and leave weekends out', () => {
    expect([...calendarRows(xnys, '2024-07-03', '2024-07-08')]).toEqual([
      {
        date: '2024-07-03',
        open: '2024-07-03T13:30:00.000Z',
        close: '2024-07-03T17:00:00.000Z',
        early_close: true,
      },
      { date: '2024-07-04', open: null, holiday: 'Independence Day' },
      {
        date: '2024-07-05',
        open: '2024-07-05T13:30:00.000Z',
        close: '2024-07-05T20:00:00.000Z',
        early_close: false,
      },
      {
        date: '2024-07-08',
        open: '2024-07-08T13:30:00.000Z',
        close: '2024-07-08T20:00:00.000Z',
        early_close: false,
      },
    ]);
  });

  it('give every day of a market that never closes', () => {
    expect([...calendarRows(crypto, '2024-07-05', '2024-07-08')].map((row) => row.date)).toEqual([
      '2024-07-05',
      '2024-07-06',
      '2024-07-07',
      '2024-07-08',
    ]);
  });

  it('reach the last date of the rules', () => {
    expect([...calendarRows(crypto, '2099-12-31', '2099-12-31')]).toEqual([
      {
        date: '2099-12-31',
        open: '2099-12-31T00:00:00.000Z',
        close: '2100-01-01T00:00:00.000Z',
        early_close: false,
      },
    ]);
  });

  it('refuse dates that are unknown or in the wrong order', () => {
    expect(() => [...calendarRows(xnys, '2024-07-08', '2024-07-03')]).toThrow(
      'window starts on "2024-07-08", after its end "2024-07-03"',
    );
    expect(() => [...calendarRows(xnys, '2024-07-08', '2031-01-01')]).toThrow(
      '"2031-01-01" is outside calendar XNYS: choose a date from "1990-01-01" to "2030-12-31"',
    );
    expect(() => [...calendarRows(xnys, 'July', '2024-07-03')]).toThrow('"July" is not a date');
  });
});
