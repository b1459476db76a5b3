import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  dateOfDay,
  dayNumber,
  weekdayOf,
} from '../../src/domain/calendar/civil.ts';

/** Days from 1600-01-01 to 2399-12-31: two turns of the 400-year cycle. */
const days = fc.integer({ min: -135_140, max: 157_053 });

describe('civil days', () => {
  it('count from 1970-01-01', () => {
    expect(dayNumber('1970-01-01')).toBe(0);
    expect(dayNumber('1969-12-31')).toBe(-1);
    expect(dayNumber('2000-02-29')).toBe(11_016);
    expect(dayNumber('2024-12-31')).toBe(20_088);
    expect(dateOfDay(20_088)).toBe('2024-12-31');
  });

  it('agree with the platform on every day', () => {
    fc.assert(
      fc.property(days, (day) => {
        const expected = new Date(day * 86_400_000);
        const date = dateOfDay(day);
        expect(date).toBe(expected.toISOString().slice(0, 10));
        expect(dayNumber(date)).toBe(day);
        expect(weekdayOf(day) % 7).toBe(expected.getUTCDay());
      }),
    );
  });

  it('know their weekday, Monday 1 to Sunday 7', () => {
    expect(weekdayOf(dayNumber('2024-01-01'))).toBe(1);
    expect(weekdayOf(dayNumber('2024-01-07'))).toBe(7);
    expect(weekdayOf(dayNumber('1969-12-28'))).toBe(7);
  });

  it('step over month ends, leap days and new years', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2023-02-28', 1)).toBe('2023-03-01');
    expect(addDays('1900-02-28', 1)).toBe('1900-03-01');
    expect(addDays('2025-01-01', -1)).toBe('2024-12-31');
  });

  it.each([
    ['2024-03-31', -1, '2024-02-29'],
    ['2023-03-31', -1, '2023-02-28'],
    ['2024-02-29', -12, '2023-02-28'],
    ['2024-02-29', -48, '2020-02-29'],
    ['2024-01-15', -1, '2023-12-15'],
    ['2024-01-31', -13, '2022-12-31'],
    ['2023-10-31', 13, '2024-11-30'],
    ['2023-12-31', 0, '2023-12-31'],
  ])('count months: %s and %i is %s', (date, months, result) => {
    expect(addMonths(date, months)).toBe(result);
  });

  it.each([
    '2023-02-29',
    '2024-13-01',
    '2024-00-10',
    '2024-1-02',
    '20240102',
    '2024-01-02T',
    '',
    'today',
  ])('refuse %j', (text) => {
    expect(() => dayNumber(text)).toThrow(`"${text}" is not a date`);
  });

  it('refuse a number that is none', () => {
    expect(() => dateOfDay(Number.NaN)).toThrow('"NaN" is not a number of days');
  });
});
