/** Times stored as bare numbers since 1970. */
export type EpochUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';

const MICROSECONDS: Record<EpochUnit, number> = {
  seconds: 1e6,
  milliseconds: 1e3,
  microseconds: 1,
  nanoseconds: 1e-3,
};

/**
 * The unit of a time after March 1973, which its magnitude tells; `null` for less, which is rather a year
 * or a time of day.
 */
export function epochUnit(value: number): EpochUnit | null {
  if (!(value >= 1e8)) return null;
  if (value < 1e11) return 'seconds';
  if (value < 1e14) return 'milliseconds';
  return value < 1e17 ? 'microseconds' : 'nanoseconds';
}

/** Milliseconds, to the microsecond: a double holds no nanoseconds of this century. */
export function epochMs(value: number, unit: EpochUnit): number {
  return Math.round(value * MICROSECONDS[unit]) / 1e3;
}
