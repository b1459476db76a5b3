/** Market time as the exchange's clocks show it. */
import { computed } from '@preact/signals';
import { run } from '../data/run.ts';

const zone = computed(() => run.value?.zone ?? 'UTC');

const clock = computed(() => formatOf({ hour: '2-digit', minute: '2-digit', second: '2-digit' }));
const dates = computed(() => formatOf({ year: 'numeric', month: '2-digit', day: '2-digit' }));

const names = computed(
  () => new Intl.DateTimeFormat('en-US', { timeZone: zone.value, timeZoneName: 'short' }),
);

function formatOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-CA', {
    ...options,
    hourCycle: 'h23',
    timeZone: zone.value,
  });
}

/** Such as `09:47:03`, with milliseconds where there are any. */
export function timeOf(at: number): string {
  const ms = ((at % 1000) + 1000) % 1000;
  const text = clock.value.format(at);
  return ms === 0 ? text : `${text}.${String(ms).padStart(3, '0')}`;
}

/** Such as `2024-01-02`. */
export function dateOf(at: number): string {
  return dates.value.format(at);
}

/** Short name of the zone, such as `EST`. */
export function zoneOf(at: number): string {
  const parts = names.value.formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone.value;
}

const HOUR = 3_600_000;

/** Shifts of the zone by hour: they change at full hours at most. */
const shifts = computed(() => ({ zone: zone.value, byHour: new Map<number, number>() }));

/** Milliseconds to add to market time so that a clock that knows UTC only shows the exchange's time. */
export function zoneShift(at: number): number {
  const { byHour } = shifts.value;
  const hour = Math.floor(at / HOUR);
  const known = byHour.get(hour);
  if (known !== undefined) return known;
  const shift = shiftAt(at);
  byHour.set(hour, shift);
  return shift;
}

function shiftAt(at: number): number {
  const [hour, minute, second] = clock.value.format(at).split(':').map(Number);
  const [year, month, day] = dates.value.format(at).split('-').map(Number);
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

const NUMBERS = new Intl.NumberFormat('en-US');

/** A count with thin gaps between thousands, as long numbers are read best. */
export function countOf(n: number): string {
  return NUMBERS.format(n).replaceAll(',', '\u202f');
}
