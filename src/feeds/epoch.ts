/** Times stored as bare numbers since 1970. */
export type EpochUnit = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';

const MICROSECONDS: Record<EpochUnit, number> = {
  seconds: 1e6,
  milliseconds: 1e3,
  microseconds: 1,
  nanoseconds: 1e-3,
};

/** The unit by magnitude: each covers 1973 to 5138, beyond which no market is recorded. */
export function epochUnit(value: number): EpochUnit {
  const magnitude = Math.abs(value);
  if (magnitude < 1e11) return 'seconds';
  if (magnitude < 1e14) return 'milliseconds';
  if (magnitude < 1e17) return 'microseconds';
  return 'nanoseconds';
}

/** Milliseconds, to the microsecond: a double holds no nanoseconds of this century. */
export function epochMs(value: number, unit: EpochUnit): number {
  return Math.round(value * MICROSECONDS[unit]) / 1e3;
}
