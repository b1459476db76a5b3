/** Trailing windows: which trading days they hold, and what is made of the numbers of those days. */
import { addDays, addMonths } from './calendar/civil.ts';
import type { Config } from './config/schema.ts';
import type { TradingDate } from './time.ts';
import type { TimeManager } from './timeManager.ts';

/** An entry of `historical.indicators`. */
export type TrailingRule = Config['session_data_config']['historical']['indicators'][string];

/** No calendar reaches further back; longer periods would leave the years that dates can be written in. */
const MONTHS_MAX = 12_000;

/**
 * The trading days of a window, ascending, all before `date`: the last N for `Nd`, else those from `date`
 * minus so many weeks, months or years on. Days that close early are passed over if the rule says so: `Nd`
 * reaches further back for them. Fewer where the calendar begins later.
 */
export function trailingDates(
  time: TimeManager,
  date: TradingDate,
  { period, skip_early_close }: Pick<TrailingRule, 'period' | 'skip_early_close'>,
): TradingDate[] {
  const { calendar } = time;
  const count = Number(period.slice(0, -1));
  const counts = (day: TradingDate) => !skip_early_close || !calendar.session(day)!.earlyClose;
  if (!period.endsWith('d')) {
    const from = startOf(date, count, period.at(-1)!);
    const first = from < calendar.firstDate ? calendar.firstDate : from;
    return time.tradingDatesBetween(first, date).filter((day) => day < date && counts(day));
  }
  const dates = calendar.tradingDates;
  const days: TradingDate[] = [];
  let i = time.countTradingDays(calendar.firstDate, date) - 1;
  if (dates[i] === date) i--;
  for (; i >= 0 && days.length < count; i--) if (counts(dates[i]!)) days.push(dates[i]!);
  return days.reverse();
}

function startOf(date: TradingDate, count: number, unit: string): TradingDate {
  if (unit === 'w') return addDays(date, -7 * count);
  const months = unit === 'y' ? 12 * count : count;
  return addMonths(date, -Math.min(months, MONTHS_MAX));
}

/** Averages, maxima or minima of numbers that come day by day: one for each slot, such as a minute. */
export class TrailingValues {
  readonly #type: TrailingRule['type'];
  readonly #values: Float64Array;
  readonly #counts: Uint32Array;

  constructor(type: TrailingRule['type'], slots: number) {
    this.#type = type;
    this.#values = new Float64Array(slots);
    this.#counts = new Uint32Array(slots);
  }

  add(slot: number, value: number): void {
    const held = this.#values[slot]!;
    const first = this.#counts[slot]! === 0;
    this.#counts[slot]! += 1;
    if (first) this.#values[slot] = value;
    else if (this.#type === 'trailing_average') this.#values[slot] = held + value;
    else if (this.#type === 'trailing_max') this.#values[slot] = Math.max(held, value);
    else this.#values[slot] = Math.min(held, value);
  }

  /** Null where nothing was added. */
  at(slot: number): number | null {
    const count = this.#counts[slot]!;
    if (count === 0) return null;
    const value = this.#values[slot]!;
    return this.#type === 'trailing_average' ? value / count : value;
  }
}
