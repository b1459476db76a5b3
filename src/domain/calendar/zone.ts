/** UTC offsets of time zones. Luxon knows them; here each week is asked about once. */
import { IANAZone } from 'luxon';
import { UsageError } from '../errors.ts';
import { DAY_MS, type MarketTime, MINUTE_MS } from '../time.ts';
import type { DayNumber } from './civil.ts';

const WEEK_MS = 7 * DAY_MS;

/** Offsets of one week, which holds at most one change. */
interface WeekOffsets {
  /** First instant with the offset `after`; the end of the week if nothing changes in it. */
  readonly change: MarketTime;
  readonly before: number;
  readonly after: number;
}

/** One time zone. O(1) without Luxon for any instant of a week that was asked about before. */
export class Zone {
  readonly name: string;
  readonly #rules: IANAZone;
  readonly #weeks = new Map<number, WeekOffsets>();
  // The last answer holds in `[#from, #until)`: neighbouring instants cost two comparisons.
  #from: MarketTime = 0;
  #until: MarketTime = 0;
  #offset = 0;

  constructor(name: string) {
    if (!IANAZone.isValidZone(name)) {
      throw new UsageError(
        `"${name}" is not a time zone: write an IANA name such as "America/New_York"`,
      );
    }
    this.name = name;
    this.#rules = IANAZone.create(name);
  }

  /** Milliseconds that local time is ahead of UTC at `time`. */
  offsetAt(time: MarketTime): number {
    if (time >= this.#from && time < this.#until) return this.#offset;
    const number = Math.floor(time / WEEK_MS);
    const start = number * WEEK_MS;
    let week = this.#weeks.get(number);
    if (week === undefined) {
      week = this.#ask(start);
      this.#weeks.set(number, week);
    }
    const changed = time >= week.change;
    this.#from = changed ? week.change : start;
    this.#until = changed ? start + WEEK_MS : week.change;
    this.#offset = changed ? week.after : week.before;
    return this.#offset;
  }

  /**
   * The instant at which clocks here show `clockMs` after midnight of `day`; 24:00 is the next day's 0:00.
   * A time that a switch repeats is its first occurrence, one that it skips moves on by what was
   * skipped.
   */
  instantOf(day: DayNumber, clockMs: number): MarketTime {
    const asUtc = day * DAY_MS + clockMs;
    const before = this.offsetAt(asUtc - DAY_MS);
    const after = this.offsetAt(asUtc + DAY_MS);
    const first = asUtc - before;
    if (before === after || this.offsetAt(first) === before) return first;
    const second = asUtc - after;
    return this.offsetAt(second) === after ? second : first;
  }

  #ask(start: MarketTime): WeekOffsets {
    const before = this.#rules.offset(start) * MINUTE_MS;
    const after = this.#rules.offset(start + WEEK_MS) * MINUTE_MS;
    let low = before === after ? start + WEEK_MS : start;
    let high = start + WEEK_MS;
    while (high - low > MINUTE_MS) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE_MS) * MINUTE_MS;
      if (this.#rules.offset(middle) * MINUTE_MS === before) low = middle;
      else high = middle;
    }
    return { change: high, before, after };
  }
}

const zones = new Map<string, Zone>();

/** The zone of that IANA name, one object per name. @throws {UsageError} if there is none */
export function zoneNamed(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = new Zone(name);
    zones.set(name, zone);
  }
  return zone;
}
