import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../src/domain/calendar/calendar.ts';
import { calendarNames, findCalendar } from '../../src/domain/calendar/calendars.ts';
import { addDays, dateOfDay, dayNumber } from '../../src/domain/calendar/civil.ts';
import { marketCalendar } from '../../src/domain/calendar/marketCalendar.ts';

const HOUR = 3_600_000;
const utc = (iso: string) => Date.parse(iso);

function calendar(name: string): Calendar {
  const found = findCalendar(name);
  if (found === undefined) throw new Error(`no calendar ${name}`);
  return found;
}

describe('the calendars', () => {
  it('are found by name and alias', () => {
    expect(calendarNames()).toEqual(['XNYS', 'XNAS', 'US_EQUITY', 'CRYPTO', 'FOREX', 'CME']);
    expect(calendar('US_EQUITY')).toBe(calendar('XNYS'));
    expect(calendar('XNAS').name).toBe('XNYS');
    expect(findCalendar('XLON')).toBeUndefined();
    expect(findCalendar('constructor')).toBeUndefined();
  });

  it('include those of the user, who comes first', () => {
    const own = marketCalendar({
      name: 'CME',
      zone: 'America/Chicago',
      firstDate: '2020-01-01',
      lastDate: '2024-12-31',
      weekdays: [1, 2, 3, 4, 5],
      hours: { open: '08:30', close: '15:00' },
    });
    expect(findCalendar('CME', [own])).toBe(own);
    expect(findCalendar('FOREX', [own])).toBe(calendar('FOREX'));
    expect(findCalendar('CME')).not.toBe(own);
  });

  it.each(['XNYS', 'CRYPTO', 'FOREX', 'CME'])(
    'keep sessions inside days and days apart: %s',
    (name) => {
      const market = calendar(name);
      const first = dayNumber(market.firstDate);
      const last = dayNumber(market.lastDate);
      fc.assert(
        fc.property(fc.integer({ min: first, max: last - 1 }), (day) => {
          const date = dateOfDay(day);
          const session = market.session(date);
          if (session === null) return;
          const bounds = [
            session.dayStart,
            session.preOpen,
            session.open,
            session.close,
            session.postClose,
            session.dayEnd,
          ];
          expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
          expect(session.close).toBeGreaterThan(session.open);
          const next = market.session(addDays(date, 1));
          expect(next?.dayStart ?? session.dayEnd).toBe(session.dayEnd);
          for (const time of [
            session.dayStart,
            session.open,
            session.close - 1,
            session.dayEnd - 1,
          ]) {
            expect(market.dateOf(time)).toBe(date);
          }
          expect(market.dateOf(session.dayEnd)).toBe(addDays(date, 1));
          expect(market.dayStart(date)).toBe(session.dayStart);
        }),
      );
    },
  );
});

describe('trading dates', () => {
  it.each([
    ['XNYS', '1990-01-02', '2030-12-31', 10_322],
    ['CRYPTO', '1970-01-01', '2099-12-31', 47_482],
    ['FOREX', '1990-01-01', '2030-12-31', 10_697],
    ['CME', '1998-01-02', '2030-12-31', 8_511],
  ])('are all those of %s', (name, first, last, count) => {
    const market = calendar(name);
    expect(market.tradingDates[0]).toBe(first);
    expect(market.tradingDates.at(-1)).toBe(last);
    expect(market.tradingDates).toHaveLength(count);
  });

  it('are the dates that have a session', () => {
    const market = calendar('XNYS');
    const expected: string[] = [];
    for (let date = market.firstDate; date <= market.lastDate; date = addDays(date, 1)) {
      if (market.session(date) !== null) expected.push(date);
    }
    expect(market.tradingDates).toEqual(expected);
  });
});

describe('CRYPTO', () => {
  it('has a session of 24 hours on every UTC day', () => {
    for (const date of ['2024-01-01', '2024-03-10', '2024-06-15', '2024-12-25']) {
      const start = utc(`${date}T00:00Z`);
      expect(calendar('CRYPTO').session(date)).toEqual({
        date,
        dayStart: start,
        preOpen: start,
        open: start,
        close: start + 24 * HOUR,
        postClose: start + 24 * HOUR,
        dayEnd: start + 24 * HOUR,
        earlyClose: false,
      });
    }
  });
});

describe('FOREX', () => {
  const forex = calendar('FOREX');

  it('opens on Sunday at 17:00 New York for Monday', () => {
    expect(forex.session('2024-01-08')).toEqual({
      date: '2024-01-08',
      dayStart: utc('2024-01-07T22:00Z'),
      preOpen: utc('2024-01-07T22:00Z'),
      open: utc('2024-01-07T22:00Z'),
      close: utc('2024-01-08T22:00Z'),
      postClose: utc('2024-01-08T22:00Z'),
      dayEnd: utc('2024-01-08T22:00Z'),
      earlyClose: false,
    });
  });

  it('has five sessions a week, also in the last of the year', () => {
    const week = (monday: string) => [0, 1, 2, 3, 4, 5, 6].map((n) => addDays(monday, n));
    const open = (date: string) => forex.session(date) !== null;
    expect(week('2024-07-01').filter(open)).toEqual(week('2024-07-01').slice(0, 5));
    expect(week('2024-12-23').filter(open)).toEqual(week('2024-12-23').slice(0, 5));
  });

  it('gives no instant of the weekend to a trading day', () => {
    expect(forex.dateOf(utc('2024-01-05T21:59:59.999Z'))).toBe('2024-01-05');
    expect(forex.dateOf(utc('2024-01-05T22:00Z'))).toBe('2024-01-06');
    expect(forex.dateOf(utc('2024-01-06T22:00Z'))).toBe('2024-01-07');
    expect(forex.dateOf(utc('2024-01-07T21:59:59.999Z'))).toBe('2024-01-07');
    expect(forex.dateOf(utc('2024-01-07T22:00Z'))).toBe('2024-01-08');
    expect(forex.session('2024-01-06')).toBeNull();
    expect(forex.session('2024-01-07')).toBeNull();
    expect(forex.dayStart('2024-01-06')).toBe(utc('2024-01-05T22:00Z'));
  });

  it('rolls at 17:00 New York when the clocks have changed', () => {
    expect(forex.dateOf(utc('2024-03-10T20:59:59.999Z'))).toBe('2024-03-10');
    expect(forex.session('2024-03-11')?.open).toBe(utc('2024-03-10T21:00Z'));
    expect(forex.dateOf(utc('2024-11-03T21:59:59.999Z'))).toBe('2024-11-03');
    expect(forex.session('2024-11-04')?.open).toBe(utc('2024-11-03T22:00Z'));
  });
});

describe('CME', () => {
  const cme = calendar('CME');

  it('trades from 17:00 to 16:00 Chicago, and keeps the break in the day that ended', () => {
    expect(cme.session('2024-01-08')).toEqual({
      date: '2024-01-08',
      dayStart: utc('2024-01-07T23:00Z'),
      preOpen: utc('2024-01-07T23:00Z'),
      open: utc('2024-01-07T23:00Z'),
      close: utc('2024-01-08T22:00Z'),
      postClose: utc('2024-01-08T22:00Z'),
      dayEnd: utc('2024-01-08T23:00Z'),
      earlyClose: false,
    });
    expect(cme.dateOf(utc('2024-01-08T22:30Z'))).toBe('2024-01-08');
  });

  it('opens at 17:00 Chicago when the clocks have changed', () => {
    expect(cme.session('2024-03-11')?.open).toBe(utc('2024-03-10T22:00Z'));
    expect(cme.session('2024-11-04')?.open).toBe(utc('2024-11-03T23:00Z'));
  });

  it.each([
    ['2024-01-01', "New Year's Day"],
    ['2024-03-29', 'Good Friday'],
    ['2024-12-25', 'Christmas Day'],
    ['2021-12-24', 'Christmas Day'],
    ['2001-09-12', 'Attacks of September 11'],
  ])('is closed on %s: %s', (date, name) => {
    expect(cme.session(date)).toBeNull();
    expect(cme.holiday(date)).toBe(name);
  });

  it.each([
    ['2024-01-15', '2024-01-15T18:00Z'],
    ['2024-07-03', '2024-07-03T17:15Z'],
    ['2024-07-04', '2024-07-04T17:00Z'],
    ['2020-07-03', '2020-07-03T17:00Z'],
    ['2024-11-28', '2024-11-28T18:00Z'],
    ['2024-11-29', '2024-11-29T18:15Z'],
    ['2024-12-24', '2024-12-24T18:15Z'],
    ['2012-10-30', '2012-10-30T13:15Z'],
    ['2018-12-05', '2018-12-05T14:30Z'],
    ['2025-01-09', '2025-01-09T14:30Z'],
  ])('halts early on %s, at %s', (date, close) => {
    expect(cme.session(date)).toMatchObject({ close: utc(close), earlyClose: true });
  });
});
