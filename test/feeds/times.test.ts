import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCalendar } from '../../src/domain/calendar/calendars.ts';
import { type StampRules, Stamps } from '../../src/feeds/stamps.ts';
import { TimeText } from '../../src/feeds/timeText.ts';
import { xnys } from './market.ts';

const NEW_YORK = 'America/New_York';

/** Reads the times of one file, one after the other. */
function reader(rules: Partial<StampRules> = {}): (text: string) => string {
  const stamps = new Stamps({
    interval: '1m',
    stamp: 'open',
    zone: NEW_YORK,
    calendar: xnys,
    ...rules,
  });
  const time = new TimeText(stamps);
  return (text) => {
    const bytes = Buffer.from(`8${text}8`);
    const opened = time.parse(bytes, 1, bytes.length - 1);
    return Number.isNaN(opened) ? time.problem : new Date(opened).toISOString();
  };
}

const read = (text: string, rules: Partial<StampRules> = {}) => reader(rules)(text);

const UNREADABLE =
  'is not a time: write ISO 8601 such as "2024-01-02 09:30", or epoch seconds or milliseconds';

describe('a time', () => {
  it.each([
    '2024-01-02 09:30',
    '2024-01-02T09:30',
    '2024-01-02t09:30:00',
    '2024-01-02 09:30:00.000',
    '2024-01-02 09:30:00,000000000',
    '2024-01-02T14:30Z',
    '2024-01-02T14:30:00.000z',
    '2024-01-02 14:30:00 +00:00',
    '2024-01-02 09:30:00-05:00',
    '2024-01-02 09:30:00-0500',
    '2024-01-02 09:30:00 -05',
    '2024-01-02T20:00+0530',
    '1704205800',
    '1704205800.0',
    '1704205800000',
    '1704205800000000',
    '1704205800000000000',
    '1.7042058e9',
  ])('may be written %s', (text) => {
    expect(read(text)).toBe('2024-01-02T14:30:00.000Z');
  });

  it.each([
    ['2024-01-02 09:30:00.25', '2024-01-02T14:30:00.250Z'],
    ['1704205800.25', '2024-01-02T14:30:00.250Z'],
    ['1969-12-31 19:00:00', '1970-01-01T00:00:00.000Z'],
    ['2024-02-29 00:00', '2024-02-29T05:00:00.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it.each([
    '',
    'now',
    '2024',
    '93000',
    '-1704205800',
    '01/02/2024 09:30',
    '2024-1-2 09:30',
    '2024-13-02 09:30',
    '2023-02-29 09:30',
    '2024-01-00 09:30',
    '2024/01/02 09:30',
    '2024-01-02 9:30',
    '2024-01-02 09:3',
    '2024-01-02 24:00',
    '2024-01-02 09:60',
    '2024-01-02 09:30:60',
    '2024-01-02 09:30:00 EST',
    '2024-01-02 09:30:00+',
    '2024-01-02 09:30:00+05:',
    '2024-01-02 09:30:00+05:00:00',
    '2024-01-02x09:30',
    '20240199',
    'NaN',
  ])('is not %j', (text) => {
    expect(read(text)).toBe(UNREADABLE);
  });

  it('is as fine as a millisecond', () => {
    expect(read('2024-01-02 09:30:00.0005')).toBe('is finer than a millisecond');
    expect(read('1704205800000500')).toBe('is finer than a millisecond');
  });

  it('is on a date that there is', () => {
    expect(read('9e99')).toBe('is no date');
  });

  it('is written alike in all rows of a file', () => {
    const next = reader();
    expect(next('2024-01-02 09:30')).toBe('2024-01-02T14:30:00.000Z');
    expect(next('2024-01-02T09:31:00')).toBe('2024-01-02T14:31:00.000Z');
    expect(next('2024-01-02T14:32Z')).toBe(
      'is a time with offset, unlike the rows before it: a time without offset',
    );
    expect(next('2024-01-02 09:33')).toBe('2024-01-02T14:33:00.000Z');
  });

  it('has the unit that the first epoch time of its file shows', () => {
    const next = reader();
    expect(next('1704205800000')).toBe('2024-01-02T14:30:00.000Z');
    expect(next('1704205860')).toBe(
      'is epoch seconds, unlike the rows before it: epoch milliseconds',
    );
  });
});

describe('a local time', () => {
  it('that clocks skip in spring is refused, and its neighbours are an hour apart on the wall only', () => {
    expect(read('2024-03-10 01:59')).toBe('2024-03-10T06:59:00.000Z');
    expect(read('2024-03-10 02:00')).toMatch(/^does not exist in America\/New_York/);
    expect(read('2024-03-10 02:59')).toMatch(/^does not exist in America\/New_York/);
    expect(read('2024-03-10 03:00')).toBe('2024-03-10T07:00:00.000Z');
  });

  it('that clocks pass twice in autumn is refused, and can be told by its offset', () => {
    expect(read('2024-11-03 00:59')).toBe('2024-11-03T04:59:00.000Z');
    expect(read('2024-11-03 01:00')).toBe(
      'comes twice in America/New_York, where clocks go back: write it with its offset',
    );
    expect(read('2024-11-03 01:59')).toMatch(/^comes twice/);
    expect(read('2024-11-03 02:00')).toBe('2024-11-03T07:00:00.000Z');
    expect(read('2024-11-03 01:30-04:00')).toBe('2024-11-03T05:30:00.000Z');
    expect(read('2024-11-03 01:30-05:00')).toBe('2024-11-03T06:30:00.000Z');
  });

  it('follows the offset of its day', () => {
    expect(read('2024-03-08 09:30')).toBe('2024-03-08T14:30:00.000Z');
    expect(read('2024-03-11 09:30')).toBe('2024-03-11T13:30:00.000Z');
    expect(read('2024-11-01 09:30')).toBe('2024-11-01T13:30:00.000Z');
    expect(read('2024-11-04 09:30')).toBe('2024-11-04T14:30:00.000Z');
  });

  it('is of the zone that the config names', () => {
    expect(read('2024-01-02 15:30', { zone: 'Europe/Berlin' })).toBe('2024-01-02T14:30:00.000Z');
    expect(read('2024-01-02 14:30', { zone: 'UTC' })).toBe('2024-01-02T14:30:00.000Z');
    expect(read('2024-01-02 20:15', { zone: 'Asia/Kathmandu' })).toBe('2024-01-02T14:30:00.000Z');
  });

  it('is the instant at which the clocks of any zone show it', () => {
    const zones = [NEW_YORK, 'Europe/London', 'Australia/Lord_Howe', 'Asia/Tokyo', 'Pacific/Apia'];
    const instants = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2030, 0) });
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (ms, zone) => {
        const time = Math.floor(ms / 1000) * 1000;
        const shown = new Date(time).toLocaleString('sv-SE', { timeZone: zone });
        const found = read(shown, { zone });
        if (!found.startsWith('comes twice')) expect(found).toBe(new Date(time).toISOString());
      }),
    );
  });
});

describe('the stamp of an intraday bar', () => {
  it('at its end is moved to its start', () => {
    expect(read('2024-01-02 09:31', { stamp: 'close' })).toBe('2024-01-02T14:30:00.000Z');
    expect(read('1704209400', { stamp: 'close', interval: '1h' })).toBe('2024-01-02T14:30:00.000Z');
  });

  it('needs a time of day', () => {
    expect(read('2024-01-02')).toBe('has no time of day, which a "1m" bar needs');
  });
});

describe('a daily bar', () => {
  const open = '2024-01-02T14:30:00.000Z';

  it.each([
    ['2024-01-02', 'open'],
    ['20240102', 'close'],
    ['2024-01-02 00:00', 'open'],
    ['2024-01-02 16:00', 'close'],
    ['2024-01-02 23:59', 'open'],
    ['2024-01-02T00:00:00Z', 'open'],
    ['2024-01-02T00:00:00-05:00', 'open'],
    ['2024-01-02T21:00:00Z', 'close'],
    ['1704153600', 'open'],
    ['1704229200000', 'close'],
    ['2024-01-02T00:00:00-05:00', 'close'],
    ['2024-01-02 00:00', 'close'],
    ['2024-01-02 19:00', 'open'],
    ['2024-01-02 23:59', 'close'],
    ['2024-01-03T04:59:00Z', 'close'],
  ] as const)('stamped %s opens with the session of its date', (text, stamp) => {
    expect(read(text, { interval: '1d', stamp })).toBe(open);
  });

  it('of an early close opens as usual, one of a closed day at its start', () => {
    expect(read('2024-07-03', { interval: '1d' })).toBe('2024-07-03T13:30:00.000Z');
    expect(read('2024-07-04', { interval: '1d' })).toBe('2024-07-04T04:00:00.000Z');
    expect(read('2024-01-06', { interval: '1d' })).toBe('2024-01-06T05:00:00.000Z');
  });

  it('opens the evening before its date where sessions do', () => {
    const calendar = findCalendar('FOREX')!;
    expect(read('2024-01-03', { interval: '1d', calendar })).toBe('2024-01-02T22:00:00.000Z');
  });

  it('at any other local time is of the date that is written', () => {
    const forex = findCalendar('FOREX')!;
    for (const stamp of ['open', 'close'] as const) {
      const rules = { interval: '1d', stamp };
      const days = ['2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'];
      for (const day of days) {
        const open = read(day, { ...rules, calendar: forex });
        expect(read(`${day} 23:59`, { ...rules, calendar: forex })).toBe(open);
        expect(read(`${day} 00:00`, { ...rules, calendar: forex })).toBe(open);
      }
      // In Berlin this is the evening before in New York.
      const zone = 'Europe/Berlin';
      expect(read('2024-01-04 01:00', { ...rules, zone })).toBe('2024-01-04T14:30:00.000Z');
      expect(read('2024-03-10 02:30', rules)).toBe('2024-03-10T05:00:00.000Z');
      expect(read('2024-11-03 01:30', rules)).toBe('2024-11-03T04:00:00.000Z');
    }
  });

  it.each(['FOREX', 'CME', 'XNYS', 'CRYPTO'])(
    'of %s is of the session it begins or ends',
    (name) => {
      const calendar = findCalendar(name)!;
      const { zone } = calendar;
      const from = calendar.tradingDates.indexOf('2024-01-03');
      for (const date of calendar.tradingDates.slice(from, from + 300)) {
        const { open, close } = calendar.session(date)!;
        for (const [stamp, time] of [
          ['open', open],
          ['close', close],
        ] as const) {
          // Midnight is a bare date: that of CRYPTO's close is the day after.
          if (name === 'CRYPTO' && stamp === 'close') continue;
          const shown = new Date(time).toLocaleString('sv-SE', { timeZone: zone });
          for (const text of [shown, new Date(time).toISOString(), String(time)]) {
            const found = read(text, { interval: '1d', stamp, calendar, zone });
            expect([text, found]).toEqual([text, new Date(open).toISOString()]);
          }
        }
      }
    },
  );
});
