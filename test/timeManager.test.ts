import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, dateOfDay, dayNumber } from '../src/domain/calendar/civil.ts';
import { cme } from '../src/domain/calendar/cme.ts';
import { crypto } from '../src/domain/calendar/crypto.ts';
import { forex } from '../src/domain/calendar/forex.ts';
import { xnys } from '../src/domain/calendar/xnys.ts';
import { UsageError } from '../src/domain/errors.ts';
import { ClockMovedBack, TimeManager } from '../src/domain/timeManager.ts';

const utc = (iso: string) => Date.parse(iso);

describe('the clock', () => {
  it('moves forward and stands still', () => {
    const time = new TimeManager(xnys, { start: utc('2024-01-02T14:30Z') });
    expect(time.currentTime).toBe(utc('2024-01-02T14:30Z'));
    time.setTime(utc('2024-01-02T14:31Z'));
    time.setTime(utc('2024-01-02T14:31Z'));
    expect(time.currentTime).toBe(utc('2024-01-02T14:31Z'));
  });

  it('is never set back', () => {
    const time = new TimeManager(xnys);
    time.setTime(utc('2024-01-02T14:31Z'));
    expect(() => time.setTime(utc('2024-01-02T14:30Z'))).toThrow(ClockMovedBack);
    expect(() => time.setTime(utc('2024-01-02T14:30Z'))).toThrow(
      'clock at "2024-01-02T14:31:00.000Z" was set back to "2024-01-02T14:30:00.000Z"',
    );
    expect(time.currentTime).toBe(utc('2024-01-02T14:31Z'));
  });

  it('counts whole milliseconds only', () => {
    const time = new TimeManager(xnys);
    expect(() => time.setTime(1.5)).toThrow(RangeError);
    expect(() => time.setTime(Number.NaN)).toThrow('"NaN" is not market time');
  });
});

describe('a trading session', () => {
  const time = new TimeManager(xnys);

  it('has its bounds', () => {
    expect(time.tradingSession('2024-07-03')).toEqual({
      date: '2024-07-03',
      dayStart: utc('2024-07-03T04:00Z'),
      preOpen: utc('2024-07-03T08:00Z'),
      open: utc('2024-07-03T13:30Z'),
      close: utc('2024-07-03T17:00Z'),
      postClose: utc('2024-07-03T21:00Z'),
      dayEnd: utc('2024-07-04T04:00Z'),
      earlyClose: true,
      holiday: null,
    });
  });

  it('names the holiday of a closed day', () => {
    expect(time.tradingSession('2024-07-04')).toEqual({
      date: '2024-07-04',
      open: null,
      close: null,
      preOpen: null,
      postClose: null,
      earlyClose: false,
      holiday: 'Independence Day',
    });
    expect(time.tradingSession('2024-07-06')).toMatchObject({ open: null, holiday: null });
  });

  it('answers yes and no', () => {
    const answers = (date: string) => [
      time.isTradingDay(date),
      time.isHoliday(date),
      time.isEarlyClose(date),
    ];
    expect(answers('2024-07-02')).toEqual([true, false, false]);
    expect(answers('2024-07-03')).toEqual([true, false, true]);
    expect(answers('2024-07-04')).toEqual([false, true, false]);
    expect(answers('2024-07-06')).toEqual([false, false, false]);
    expect(answers('2025-01-09')).toEqual([false, true, false]);
  });

  it('is refused for a date outside the rules, whatever is asked', () => {
    const outside = '"1989-12-29" is outside calendar XNYS: choose a date from "1990-01-01"';
    expect(() => time.tradingSession('1989-12-29')).toThrow(outside);
    expect(() => time.isTradingDay('1989-12-29')).toThrow(outside);
    expect(() => time.nextTradingDate('1989-12-29')).toThrow(outside);
    expect(() => time.firstTradingDate('1989-12-29')).toThrow(outside);
    expect(() => time.countTradingDays('1989-12-29', '2024-01-02')).toThrow(outside);
    expect(() => time.resolveWindow('1989-12-29', '2024-01-02')).toThrow(UsageError);
    expect(() => time.isHoliday('4 July')).toThrow('"4 July" is not a date');
  });
});

describe('neighbouring trading days', () => {
  const time = new TimeManager(xnys);

  it('exclude the date itself, going forward and back', () => {
    expect(time.nextTradingDate('2024-07-03')).toBe('2024-07-05');
    expect(time.nextTradingDate('2024-07-05')).toBe('2024-07-08');
    expect(time.nextTradingDate('2024-07-06')).toBe('2024-07-08');
    expect(time.previousTradingDate('2024-07-08')).toBe('2024-07-05');
    expect(time.previousTradingDate('2024-07-05')).toBe('2024-07-03');
    expect(time.previousTradingDate('2001-09-17')).toBe('2001-09-10');
  });

  it('include it where the first one is asked for', () => {
    expect(time.firstTradingDate('2024-07-05')).toBe('2024-07-05');
    expect(time.firstTradingDate('2024-07-04')).toBe('2024-07-05');
    expect(time.firstTradingDate('2024-07-06')).toBe('2024-07-08');
  });

  it('are counted as far as the calendar goes', () => {
    expect(time.nextTradingDate('2024-07-03', 3)).toBe('2024-07-09');
    expect(time.previousTradingDate('2024-01-02', 2_000)).toBe('2016-01-21');
    expect(time.previousTradingDate('2023-01-13', 8_000)).toBe('1991-04-12');
  });

  it('end with the calendar', () => {
    expect(() => time.previousTradingDate('1990-01-02')).toThrow(
      'calendar XNYS begins with "1990-01-01": trading day 1 before "1990-01-02" is outside it',
    );
    expect(() => time.nextTradingDate('2030-12-27', 3)).toThrow(
      'calendar XNYS ends with "2030-12-31": trading day 3 after "2030-12-27" is outside it',
    );
    expect(() => time.previousTradingDate('2024-01-02', 0)).toThrow('"0" trading days');
    expect(() => time.nextTradingDate('2024-01-02', 1.5)).toThrow(RangeError);
  });
});

describe('ranges of trading days', () => {
  const time = new TimeManager(xnys);

  it('include both ends', () => {
    expect(time.tradingDatesBetween('2024-07-03', '2024-07-08')).toEqual([
      '2024-07-03',
      '2024-07-05',
      '2024-07-08',
    ]);
    expect(time.countTradingDays('2024-07-03', '2024-07-08')).toBe(3);
    expect(time.countTradingDays('2024-01-01', '2024-12-31')).toBe(252);
  });

  it('are empty between weekends and backward', () => {
    expect(time.tradingDatesBetween('2024-07-06', '2024-07-07')).toEqual([]);
    expect(time.countTradingDays('2024-07-08', '2024-07-03')).toBe(0);
  });

  it('are bounded by the open of the first and the close of the last', () => {
    expect(time.sessionBounds('2024-07-03', '2024-07-08')).toEqual({
      open: utc('2024-07-03T13:30Z'),
      close: utc('2024-07-08T20:00Z'),
    });
    expect(time.sessionBounds('2024-07-04', '2024-07-07')).toEqual({
      open: utc('2024-07-05T13:30Z'),
      close: utc('2024-07-05T20:00Z'),
    });
    expect(time.sessionBounds('2024-03-11')).toEqual({
      open: utc('2024-03-11T13:30Z'),
      close: utc('2024-03-11T20:00Z'),
    });
  });
});

describe('a window', () => {
  const time = new TimeManager(xnys);

  it('moves its start forward and its end backward to a trading day', () => {
    expect(time.resolveWindow('2024-07-04', '2024-07-14')).toEqual({
      start: '2024-07-05',
      end: '2024-07-12',
      sessions: 6,
    });
    expect(time.resolveWindow('2024-07-05', '2024-07-05')).toEqual({
      start: '2024-07-05',
      end: '2024-07-05',
      sessions: 1,
    });
  });

  it('without a trading day names the nearest ones', () => {
    expect(() => time.resolveWindow('2024-07-06', '2024-07-07')).toThrow(
      'window "2024-07-06" to "2024-07-07" has no trading day of XNYS: ' +
        'widen it to the nearest, "2024-07-05" before or "2024-07-08" after',
    );
    expect(() => time.resolveWindow('2001-09-11', '2001-09-16')).toThrow(
      '"2001-09-10" before or "2001-09-17" after',
    );
    expect(() => time.resolveWindow('1990-01-01', '1990-01-01')).toThrow(
      '"none" before or "1990-01-02" after',
    );
  });

  it('starts before it ends', () => {
    expect(() => time.resolveWindow('2024-07-08', '2024-07-05')).toThrow(
      'window starts on "2024-07-08", after its end "2024-07-05"',
    );
  });
});

describe('trading days of any calendar', () => {
  const anyCalendar = fc.constantFrom(xnys, crypto, forex, cme);
  const anyDate = fc
    .integer({ min: dayNumber('1999-01-01'), max: dayNumber('2029-12-31') })
    .map(dateOfDay);

  it('come back to themselves, one forward and one back', () => {
    fc.assert(
      fc.property(anyCalendar, anyDate, fc.integer({ min: 1, max: 40 }), (calendar, date, n) => {
        const time = new TimeManager(calendar);
        const day = time.firstTradingDate(date);
        expect(time.previousTradingDate(time.nextTradingDate(day, n), n)).toBe(day);
        expect(time.nextTradingDate(time.previousTradingDate(day, n), n)).toBe(day);
        expect(time.countTradingDays(day, time.nextTradingDate(day, n))).toBe(n + 1);
      }),
    );
  });

  it('are exactly the days with a session', () => {
    fc.assert(
      fc.property(
        anyCalendar,
        anyDate,
        fc.integer({ min: 0, max: 60 }),
        (calendar, from, length) => {
          const time = new TimeManager(calendar);
          const days = Array.from({ length: length + 1 }, (_, n) => addDays(from, n));
          const open = days.filter((date) => time.isTradingDay(date));
          const to = addDays(from, length);
          expect(time.tradingDatesBetween(from, to)).toEqual(open);
          expect(time.countTradingDays(from, to)).toBe(open.length);
        },
      ),
    );
  });

  it('bound every session of a window', () => {
    fc.assert(
      fc.property(
        anyCalendar,
        anyDate,
        fc.integer({ min: 10, max: 60 }),
        (calendar, from, length) => {
          const time = new TimeManager(calendar);
          const to = addDays(from, length);
          const { open, close } = time.sessionBounds(from, to);
          const sessions = time
            .tradingDatesBetween(from, to)
            .map((date) => calendar.session(date)!);
          expect(open).toBe(Math.min(...sessions.map((session) => session.open)));
          expect(close).toBe(Math.max(...sessions.map((session) => session.close)));
        },
      ),
    );
  });
});

describe('the cache', () => {
  it('counts what it answers', () => {
    const time = new TimeManager(xnys, { cacheSize: 2 });
    time.tradingSession('2024-01-02'); // miss
    time.tradingSession('2024-01-02'); // last
    time.isTradingDay('2024-01-03'); // miss
    time.isEarlyClose('2024-01-02'); // hit
    expect(time.cacheStats()).toEqual({ hits: 2, lastHits: 1, misses: 2, size: 2, capacity: 2 });
  });

  it('lets the least recently used day go', () => {
    const time = new TimeManager(xnys, { cacheSize: 2 });
    time.tradingSession('2024-01-02');
    time.tradingSession('2024-01-03');
    time.tradingSession('2024-01-02');
    time.tradingSession('2024-01-04'); // 2024-01-03 goes
    time.tradingSession('2024-01-02');
    expect(time.cacheStats()).toMatchObject({ hits: 2, misses: 3, size: 2 });
    time.tradingSession('2024-01-03');
    expect(time.cacheStats()).toMatchObject({ hits: 2, misses: 4, size: 2 });
  });

  it('gives the same day again, and a fresh one once invalidated', () => {
    const time = new TimeManager(xnys);
    const day = time.tradingSession('2024-01-02');
    time.tradingSession('2024-01-03');
    expect(time.tradingSession('2024-01-02')).toBe(day);
    time.invalidateCache();
    expect(time.cacheStats().size).toBe(0);
    expect(time.tradingSession('2024-01-02')).not.toBe(day);
    expect(time.tradingSession('2024-01-02')).toEqual(day);
  });

  it('is left alone by long walks', () => {
    const time = new TimeManager(xnys, { cacheSize: 1 });
    time.tradingSession('2024-01-02');
    time.previousTradingDate('2024-01-02', 500);
    time.countTradingDays('2000-01-01', '2024-01-01');
    time.tradingSession('2024-01-02');
    expect(time.cacheStats()).toMatchObject({ hits: 1, misses: 1 });
  });

  it('does not remember what was refused', () => {
    const time = new TimeManager(xnys);
    expect(() => time.tradingSession('1980-01-02')).toThrow(UsageError);
    expect(time.cacheStats()).toMatchObject({ misses: 1, size: 0 });
  });
});
