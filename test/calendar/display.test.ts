import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { cme } from '../../src/domain/calendar/cme.ts';
import { isoInZone, isoUtc, parseClock, parseInstant } from '../../src/domain/calendar/display.ts';
import { xnys } from '../../src/domain/calendar/xnys.ts';

const NEW_YORK = 'America/New_York';
const utc = (iso: string) => Date.parse(iso);

describe('displayed times', () => {
  it('carry the offset of the exchange', () => {
    expect(isoInZone(utc('2024-01-02T14:30Z'), NEW_YORK)).toBe('2024-01-02T09:30:00.000-05:00');
    expect(isoInZone(utc('2024-07-02T13:30Z'), NEW_YORK)).toBe('2024-07-02T09:30:00.000-04:00');
    expect(isoInZone(utc('2024-01-02T00:00Z'), 'Asia/Kolkata')).toBe(
      '2024-01-02T05:30:00.000+05:30',
    );
    expect(isoInZone(utc('2024-01-02T14:30:05.007Z'), 'UTC')).toBe('2024-01-02T14:30:05.007Z');
    expect(isoUtc(utc('1969-12-31T23:59:59.999Z'))).toBe('1969-12-31T23:59:59.999Z');
  });

  it('are those of Luxon and of the platform', () => {
    const zones = fc.constantFrom(NEW_YORK, 'Europe/London', 'Australia/Adelaide', 'UTC');
    const times = fc.integer({ min: utc('1980-01-01T00:00Z'), max: utc('2031-01-01T00:00Z') });
    fc.assert(
      fc.property(zones, times, (zone, time) => {
        expect(isoInZone(time, zone)).toBe(DateTime.fromMillis(time, { zone }).toISO());
        expect(isoUtc(time)).toBe(new Date(time).toISOString());
      }),
    );
  });

  it('refuse what is no time', () => {
    expect(() => isoUtc(Number.NaN)).toThrow(RangeError);
    expect(() => isoInZone(Number.NaN, NEW_YORK)).toThrow(RangeError);
    expect(() => isoInZone(0, 'New York')).toThrow('"New York" is not a time zone');
  });
});

describe('a time of day', () => {
  const day = xnys.session('2024-01-02')!;

  it('is taken on the day of the session', () => {
    expect(parseClock('09:47', day, NEW_YORK)).toBe(utc('2024-01-02T14:47Z'));
    expect(parseClock('16:00:30', day, NEW_YORK)).toBe(utc('2024-01-02T21:00:30Z'));
    expect(parseClock('00:00', day, NEW_YORK)).toBe(day.dayStart);
  });

  it('is the evening before where the session runs overnight', () => {
    const monday = cme.session('2024-01-08')!;
    expect(parseClock('17:00', monday, cme.zone)).toBe(monday.open);
    expect(parseClock('23:59', monday, cme.zone)).toBe(utc('2024-01-08T05:59Z'));
    expect(parseClock('08:30', monday, cme.zone)).toBe(utc('2024-01-08T14:30Z'));
    expect(parseClock('16:00', monday, cme.zone)).toBe(monday.close);
  });

  it.each(['9:47', '25:00', '09:60', '0947', '09:47:61', '09:47 ', ''])('refuses %j', (text) => {
    expect(() => parseClock(text, day, NEW_YORK)).toThrow(`"${text}" is not a time of day`);
  });
});

describe('an instant', () => {
  it('is read with its offset', () => {
    expect(parseInstant('2024-01-02T14:47:00.000Z')).toBe(utc('2024-01-02T14:47Z'));
    expect(parseInstant('2024-01-02T14:47:30.250z')).toBe(utc('2024-01-02T14:47:30.250Z'));
    expect(parseInstant('2024-01-02T09:47-0500', 'UTC')).toBe(utc('2024-01-02T14:47Z'));
    expect(parseInstant('2024-01-02T09:47-05:00')).toBe(utc('2024-01-02T14:47Z'));
  });

  it('is local time without one', () => {
    expect(parseInstant('2024-01-02T09:47', NEW_YORK)).toBe(utc('2024-01-02T14:47Z'));
    expect(parseInstant('2024-07-02 09:47:30', NEW_YORK)).toBe(utc('2024-07-02T13:47:30Z'));
    expect(parseInstant('2024-07-02T09:47')).toBe(utc('2024-07-02T09:47Z'));
    expect(parseInstant('2024-03-10T02:30', NEW_YORK)).toBe(utc('2024-03-10T07:30Z'));
    expect(parseInstant('2024-11-03T01:30', NEW_YORK)).toBe(utc('2024-11-03T05:30Z'));
  });

  it.each([
    '09:47',
    '2024-01-02',
    '2024',
    '2024-02-30T09:00',
    '2024-01-02T25:00',
    '2024-01-02T09:30 EST',
    'noon',
  ])('refuses %j', (text) => {
    expect(() => parseInstant(text)).toThrow(`"${text}" is not a time`);
  });
});
