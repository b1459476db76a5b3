import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dateOfDay, dayNumber } from '../../src/domain/calendar/civil.ts';
import { xnys } from '../../src/domain/calendar/xnys.ts';

const gold = new URL('../../../shared/gold/calendars/xnys_1990_2022.csv', import.meta.url);
const hasGold = existsSync(gold);
if (!hasGold) process.stderr.write('gold: 1 check could not be made (sessions of XNYS)\n');

/** Closed weekdays of a year, as `MM-DD`. */
function closedDays(year: number): string[] {
  const closed: string[] = [];
  for (let date = `${year}-01-01`; date <= `${year}-12-31`; date = addDays(date, 1)) {
    if (xnys.holiday(date) !== null) closed.push(date.slice(5));
  }
  return closed;
}

/** Early closes of a year, as `MM-DD HH:MM` in New York. */
function earlyCloses(year: number): string[] {
  const found: string[] = [];
  for (let date = `${year}-01-01`; date <= `${year}-12-31`; date = addDays(date, 1)) {
    const session = xnys.session(date);
    if (session?.earlyClose !== true) continue;
    const close = new Date(session.close).toLocaleTimeString('en-GB', {
      timeZone: 'America/New_York',
      timeStyle: 'short',
    });
    found.push(`${date.slice(5)} ${close}`);
  }
  return found;
}

const utc = (iso: string) => Date.parse(iso);

describe('XNYS', () => {
  it.runIf(hasGold)('equals the reference in every session, open and close', () => {
    const expected = readFileSync(gold, 'utf8')
      .trim()
      .split(/\r?\n/)
      .slice(1)
      .map((line) => line.split(',').slice(0, 3).join(' '));
    const found: string[] = [];
    for (let date = '1990-01-01'; date <= '2023-01-13'; date = addDays(date, 1)) {
      const session = xnys.session(date);
      if (session === null) continue;
      const times = [dayNumber(date) * 86_400_000, session.open, session.close];
      found.push(times.map((time) => new Date(time).toISOString().replace('.000Z', 'Z')).join(' '));
    }
    expect(expected).toHaveLength(8_324);
    expect(found).toEqual(expected);
  });

  it.each([
    ['1994-04-27', 'Day of mourning for Richard Nixon'],
    ['2001-09-11', 'Attacks of September 11'],
    ['2001-09-14', 'Attacks of September 11'],
    ['2004-06-11', 'Day of mourning for Ronald Reagan'],
    ['2007-01-02', 'Day of mourning for Gerald Ford'],
    ['2012-10-29', 'Hurricane Sandy'],
    ['2012-10-30', 'Hurricane Sandy'],
    ['2018-12-05', 'Day of mourning for George H. W. Bush'],
    ['2025-01-09', 'Day of mourning for Jimmy Carter'],
    ['2024-01-15', 'Martin Luther King, Jr. Day'],
    ['2024-03-29', 'Good Friday'],
    ['2024-06-19', 'Juneteenth National Independence Day'],
    ['2024-07-04', 'Independence Day'],
    ['2022-12-26', 'Christmas Day'],
  ])('is closed on %s: %s', (date, name) => {
    expect(xnys.session(date)).toBeNull();
    expect(xnys.holiday(date)).toBe(name);
  });

  it.each(['2001-09-10', '2001-09-17', '2012-10-31', '1997-01-20', '2021-06-18', '2021-12-31'])(
    'is open on %s',
    (date) => {
      expect(xnys.session(date)?.earlyClose).toBe(false);
      expect(xnys.holiday(date)).toBeNull();
    },
  );

  it('is closed on weekends without a holiday, even if one falls there', () => {
    for (const date of ['2024-01-06', '2024-01-07', '2022-01-01', '2026-07-04']) {
      expect(xnys.session(date)).toBeNull();
      expect(xnys.holiday(date)).toBeNull();
    }
  });

  it.each([
    ['1990-12-24', '1990-12-24T19:00Z'],
    ['1991-12-24', '1991-12-24T19:00Z'],
    ['1992-11-27', '1992-11-27T19:00Z'],
    ['1992-12-24', '1992-12-24T19:00Z'],
    ['1997-12-26', '1997-12-26T18:00Z'],
    ['1999-12-31', '1999-12-31T18:00Z'],
    ['2002-07-05', '2002-07-05T17:00Z'],
    ['2003-12-26', '2003-12-26T18:00Z'],
    ['2013-07-03', '2013-07-03T17:00Z'],
    ['2023-11-24', '2023-11-24T18:00Z'],
    ['2024-07-03', '2024-07-03T17:00Z'],
    ['2024-12-24', '2024-12-24T18:00Z'],
    ['2025-07-03', '2025-07-03T17:00Z'],
  ])('closes early on %s, at %s', (date, close) => {
    expect(xnys.session(date)).toMatchObject({ close: utc(close), earlyClose: true });
  });

  it('keeps the holidays announced for the years after the reference', () => {
    expect(closedDays(2023)).toEqual(
      '01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25'.split(' '),
    );
    expect(closedDays(2024)).toEqual(
      '01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25'.split(' '),
    );
    expect(closedDays(2025)).toEqual(
      '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25'.split(' '),
    );
    expect(closedDays(2026)).toEqual(
      '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25'.split(' '),
    );
    expect(closedDays(2027)).toEqual(
      '01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24'.split(' '),
    );
    expect(closedDays(2028)).toEqual(
      '01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25'.split(' '),
    );
  });

  it('keeps the early closes announced for the years after the reference', () => {
    expect(earlyCloses(2023)).toEqual(['07-03 13:00', '11-24 13:00']);
    expect(earlyCloses(2024)).toEqual(['07-03 13:00', '11-29 13:00', '12-24 13:00']);
    expect(earlyCloses(2025)).toEqual(['07-03 13:00', '11-28 13:00', '12-24 13:00']);
    expect(earlyCloses(2026)).toEqual(['11-27 13:00', '12-24 13:00']);
    expect(earlyCloses(2027)).toEqual(['11-26 13:00']);
    expect(earlyCloses(2028)).toEqual(['07-03 13:00', '11-24 13:00']);
  });

  it('has plausible years to 2030', () => {
    expect(closedDays(2029)).toEqual(
      '01-01 01-15 02-19 03-30 05-28 06-19 07-04 09-03 11-22 12-25'.split(' '),
    );
    expect(closedDays(2030)).toEqual(
      '01-01 01-21 02-18 04-19 05-27 06-19 07-04 09-02 11-28 12-25'.split(' '),
    );
    expect(earlyCloses(2030)).toEqual(['07-03 13:00', '11-29 13:00', '12-24 13:00']);
  });

  it('opens at 09:30 New York on both sides of a DST switch', () => {
    expect(xnys.session('2024-03-08')?.open).toBe(utc('2024-03-08T14:30Z'));
    expect(xnys.session('2024-03-11')?.open).toBe(utc('2024-03-11T13:30Z'));
    expect(xnys.session('2024-11-01')?.open).toBe(utc('2024-11-01T13:30Z'));
    expect(xnys.session('2024-11-04')?.open).toBe(utc('2024-11-04T14:30Z'));
    // Until 2006 the switches came in April and October.
    expect(xnys.session('2006-04-03')?.open).toBe(utc('2006-04-03T13:30Z'));
    expect(xnys.session('2006-03-31')?.open).toBe(utc('2006-03-31T14:30Z'));
  });

  it('trades before and after the session, and four hours past an early close', () => {
    expect(xnys.session('2024-01-02')).toEqual({
      date: '2024-01-02',
      dayStart: utc('2024-01-02T05:00Z'),
      preOpen: utc('2024-01-02T09:00Z'),
      open: utc('2024-01-02T14:30Z'),
      close: utc('2024-01-02T21:00Z'),
      postClose: utc('2024-01-03T01:00Z'),
      dayEnd: utc('2024-01-03T05:00Z'),
      earlyClose: false,
    });
    expect(xnys.session('2024-07-03')?.postClose).toBe(utc('2024-07-03T21:00Z'));
  });

  it('reckons days from midnight to midnight in New York, 23 and 25 hours long at a switch', () => {
    expect(xnys.dateOf(utc('2024-01-03T04:59:59.999Z'))).toBe('2024-01-02');
    expect(xnys.dateOf(utc('2024-01-03T05:00Z'))).toBe('2024-01-03');
    expect(xnys.dateOf(utc('2024-03-10T05:00Z'))).toBe('2024-03-10');
    expect(xnys.dateOf(utc('2024-03-11T03:59:59.999Z'))).toBe('2024-03-10');
    expect(xnys.dateOf(utc('2024-03-11T04:00Z'))).toBe('2024-03-11');
    expect(xnys.dateOf(utc('2024-11-03T04:00Z'))).toBe('2024-11-03');
    expect(xnys.dateOf(utc('2024-11-04T04:59:59.999Z'))).toBe('2024-11-03');
    expect(xnys.dateOf(utc('2024-11-04T05:00Z'))).toBe('2024-11-04');
  });

  it('finds the date of any instant of a session, whatever was asked before', () => {
    const days = fc.integer({ min: dayNumber('1990-01-01'), max: dayNumber('2030-12-31') });
    const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
    fc.assert(
      fc.property(days, share, (day, part) => {
        const session = xnys.session(dateOfDay(day));
        if (session === null) return;
        const { dayStart, dayEnd } = session;
        const time = dayStart + Math.floor((dayEnd - dayStart) * part);
        expect(xnys.dateOf(time)).toBe(session.date);
        expect(xnys.dateOf(dayEnd)).toBe(addDays(session.date, 1));
        expect(xnys.dateOf(dayStart - 1)).toBe(addDays(session.date, -1));
      }),
    );
  });

  it('resolves a session once', () => {
    expect(xnys.session('2024-01-02')).toBe(xnys.session('2024-01-02'));
  });

  it('ends where its rules end', () => {
    expect(xnys.session('1989-12-29')).toBeNull();
    expect(xnys.session('2030-12-31')).not.toBeNull();
    expect(xnys.session('2031-01-02')).toBeNull();
    expect(xnys.holiday('2031-01-01')).toBeNull();
  });
});
