import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { dayNumber } from '../../src/domain/calendar/civil.ts';
import { zoneNamed } from '../../src/domain/calendar/zone.ts';

const HOUR = 3_600_000;

describe('zone offsets', () => {
  it('change at the very millisecond of a DST switch', () => {
    const newYork = zoneNamed('America/New_York');
    const spring = Date.parse('2024-03-10T07:00:00Z');
    expect(newYork.offsetAt(spring - 1)).toBe(-5 * HOUR);
    expect(newYork.offsetAt(spring)).toBe(-4 * HOUR);
    const autumn = Date.parse('2024-11-03T06:00:00Z');
    expect(newYork.offsetAt(autumn)).toBe(-5 * HOUR);
    expect(newYork.offsetAt(autumn - 1)).toBe(-4 * HOUR);
  });

  it('agree with Luxon at any instant and in any order', () => {
    const zones = fc.constantFrom(
      'America/New_York',
      'America/Chicago',
      'Europe/London',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'UTC',
    );
    const times = fc.integer({
      min: Date.parse('1980-01-01T00:00Z'),
      max: Date.parse('2031-01-01T00:00Z'),
    });
    fc.assert(
      fc.property(zones, times, (name, time) => {
        const expected = DateTime.fromMillis(time, { zone: name }).offset * 60_000;
        expect(zoneNamed(name).offsetAt(time)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe('instants of local times', () => {
  const newYork = zoneNamed('America/New_York');
  const at = (date: string, hours: number) =>
    new Date(newYork.instantOf(dayNumber(date), hours * HOUR)).toISOString();

  it('follow the offset of the day', () => {
    expect(at('2024-01-02', 9.5)).toBe('2024-01-02T14:30:00.000Z');
    expect(at('2024-07-02', 9.5)).toBe('2024-07-02T13:30:00.000Z');
  });

  it('let the end of a day be the start of the next', () => {
    expect(at('2024-03-09', 24)).toBe(at('2024-03-10', 0));
    expect(at('2024-03-10', -7)).toBe('2024-03-09T22:00:00.000Z');
  });

  it('move a skipped time on, and take a repeated one when it first comes', () => {
    expect(at('2024-03-10', 1.5)).toBe('2024-03-10T06:30:00.000Z');
    expect(at('2024-03-10', 2.5)).toBe('2024-03-10T07:30:00.000Z'); // 03:30 summer time
    expect(at('2024-03-10', 3.5)).toBe('2024-03-10T07:30:00.000Z');
    expect(at('2024-11-03', 0.5)).toBe('2024-11-03T04:30:00.000Z');
    expect(at('2024-11-03', 1.5)).toBe('2024-11-03T05:30:00.000Z');
    expect(at('2024-11-03', 2.5)).toBe('2024-11-03T07:30:00.000Z');
  });
});
