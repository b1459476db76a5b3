import { describe, expect, it } from 'vitest';
import { dateOfDay, dayNumber } from '../../src/domain/calendar/civil.ts';
import { type MarketRules, marketCalendar } from '../../src/domain/calendar/marketCalendar.ts';
import {
  type DayRule,
  daysOf,
  easter,
  fixed,
  mondayIfSunday,
  nearestWeekday,
  nthWeekday,
  onlyOn,
  shifted,
} from '../../src/domain/calendar/rules.ts';

function dates(rule: DayRule, ...years: number[]): (string | null)[] {
  return years.map((year) => {
    const day = rule(year);
    return day === null ? null : dateOfDay(day);
  });
}

describe('day rules', () => {
  it('give the same month and day every year', () => {
    expect(dates(fixed('07-04'), 2023, 2024)).toEqual(['2023-07-04', '2024-07-04']);
  });

  it('give the nth and the last weekday of a month', () => {
    const thirdMonday = nthWeekday({ nth: 3, weekday: 1, month: 1 });
    expect(dates(thirdMonday, 2024, 2027)).toEqual(['2024-01-15', '2027-01-18']);
    const fourthThursday = nthWeekday({ nth: 4, weekday: 4, month: 11 });
    expect(dates(fourthThursday, 2018, 2024)).toEqual(['2018-11-22', '2024-11-28']);
    const lastMonday = nthWeekday({ nth: 'last', weekday: 1, month: 5 });
    expect(dates(lastMonday, 2021, 2024)).toEqual(['2021-05-31', '2024-05-27']);
    const lastSunday = nthWeekday({ nth: 'last', weekday: 7, month: 12 });
    expect(dates(lastSunday, 2023, 2024)).toEqual(['2023-12-31', '2024-12-29']);
  });

  it('give Easter Sunday, the earliest and latest possible included', () => {
    expect(dates(easter, 1818, 1943, 1961, 2000, 2024, 2038)).toEqual([
      '1818-03-22',
      '1943-04-25',
      '1961-04-02',
      '2000-04-23',
      '2024-03-31',
      '2038-04-25',
    ]);
  });

  it('make up for a Sunday on Monday', () => {
    // Saturday, Sunday, Monday
    expect(dates(mondayIfSunday(fixed('01-01')), 2022, 2023, 2024)).toEqual([
      '2022-01-01',
      '2023-01-02',
      '2024-01-01',
    ]);
  });

  it('make up for a weekend on the nearest weekday', () => {
    expect(dates(nearestWeekday(fixed('12-25')), 2021, 2022, 2023)).toEqual([
      '2021-12-24',
      '2022-12-26',
      '2023-12-25',
    ]);
  });

  it('shift by days and keep to weekdays', () => {
    expect(dates(shifted(easter, -2), 2024)).toEqual(['2024-03-29']);
    expect(dates(onlyOn([3], fixed('07-03')), 2023, 2024)).toEqual([null, '2024-07-03']);
  });

  it('hold in their years only', () => {
    const from = dayNumber('2019-06-01');
    const to = dayNumber('2023-06-01');
    expect(daysOf({ from: 2020, to: 2021, on: fixed('05-05') }, from, to).map(dateOfDay)).toEqual([
      '2020-05-05',
      '2021-05-05',
    ]);
  });
});

describe("a market of one's own", () => {
  const rules: MarketRules = {
    name: 'OWN',
    zone: 'Europe/London',
    firstDate: '2021-12-01',
    lastDate: '2024-12-31',
    weekdays: [1, 2, 3, 4, 5, 6],
    hours: { preOpen: '07:30', open: '08:00', close: '16:30', postHours: 1 },
    holidays: [{ name: 'New Year', on: nearestWeekday(fixed('01-01')) }],
    closures: { '2022-09-19': 'State funeral', '2022-09-18': 'A Sunday' },
    earlyCloses: [
      { on: fixed('12-24'), close: '12:30' },
      { on: fixed('12-31'), close: '12:30' },
    ],
    shortDays: { '2024-12-24': '11:00' },
  };
  const market = marketCalendar(rules);

  it('keeps an observance that falls into the year before', () => {
    expect(market.holiday('2021-12-31')).toBe('New Year');
    expect(market.session('2021-12-31')).toBeNull();
    expect(market.session('2022-01-01')).not.toBeNull();
    const toNewYear = marketCalendar({ ...rules, lastDate: '2021-12-31' });
    expect(toNewYear.holiday('2021-12-31')).toBe('New Year');
  });

  it('names closures of its own weekdays only', () => {
    expect(market.holiday('2022-09-19')).toBe('State funeral');
    expect(market.holiday('2022-09-18')).toBeNull();
    expect(market.session('2022-09-18')).toBeNull();
  });

  it('lets post-market follow an early close, and a short day override the rule', () => {
    expect(market.session('2022-12-24')).toMatchObject({
      preOpen: Date.parse('2022-12-24T07:30Z'),
      open: Date.parse('2022-12-24T08:00Z'),
      close: Date.parse('2022-12-24T12:30Z'),
      postClose: Date.parse('2022-12-24T13:30Z'),
      earlyClose: true,
    });
    expect(market.session('2024-12-24')?.close).toBe(Date.parse('2024-12-24T11:00Z'));
  });

  it('answers null outside its rules', () => {
    expect(market.session('2021-11-30')).toBeNull();
    expect(market.session('2025-01-02')).toBeNull();
    expect(market.holiday('2025-01-01')).toBeNull();
  });

  it('refuses dates that are none', () => {
    expect(() => market.session('2024-02-30')).toThrow('"2024-02-30" is not a date');
    expect(() => market.holiday('2024-2-1')).toThrow('"2024-2-1" is not a date');
  });

  it('refuses a zone and a time of day that do not exist', () => {
    expect(() => marketCalendar({ ...rules, zone: 'Mars/Olympus' })).toThrow(
      '"Mars/Olympus" is not a time zone',
    );
    expect(() => marketCalendar({ ...rules, hours: { open: '8:00', close: '16:00' } })).toThrow(
      '"8:00" is not a time of day',
    );
    expect(() => marketCalendar({ ...rules, hours: { open: '08:00', close: '24:01' } })).toThrow(
      '"24:01" is not a time of day',
    );
  });
});
