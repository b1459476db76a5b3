/**
 * One symbol of the synthetic market: any day of it, drawn alone and always the same.
 *
 * Only sums, products, quotients and square roots, which every machine rounds alike; powers are not.
 */
import type { BarColumns } from '../domain/bars.ts';
import type { DayNumber } from '../domain/calendar/civil.ts';
import type { MarketTime } from '../domain/time.ts';

/** Days between two levels that are drawn freely; the walk is a bridge from one to the next. A power of two. */
const BLOCK_DAYS = 1024;
/** Spread of the free levels, as a fraction of the price. */
const BLOCK_SPREAD = 0.3;
const LOWEST_PRICE = 1;

/** What a number is drawn for; the same place gives unrelated numbers for different purposes. */
const DRAW = {
  price: 1,
  volatility: 2,
  volume: 3,
  level: 4,
  gap: 5,
  activity: 6,
  bars: 7,
  missing: 8,
} as const;

/** One session to draw. */
export interface DayPlan {
  readonly day: DayNumber;
  /** The session before, near whose close this one opens. */
  readonly previous: DayNumber;
  readonly open: MarketTime;
  readonly intervalMs: number;
  /** Bars that fit into the session, and how many of them are left out. */
  readonly slots: number;
  readonly missing: number;
}

export class SyntheticSymbol {
  readonly #seed: number;
  readonly #price: number;
  /** Of a day, as a fraction of the price. */
  readonly #volatility: number;
  /** Units on an average day. */
  readonly #volume: number;

  constructor(seed: number, symbol: string) {
    this.#seed = hashOf(`${seed}/${symbol}`);
    const expensive = fraction(mix(this.#seed, DRAW.price));
    const popular = fraction(mix(this.#seed, DRAW.volume));
    this.#price = 15 + 485 * expensive * expensive;
    this.#volatility = 0.008 + 0.016 * fraction(mix(this.#seed, DRAW.volatility));
    this.#volume = 500_000 + 60_000_000 * popular * popular * popular;
  }

  /**
   * Appends the bars of a session: a walk from near the close of the session before to the level of the day,
   * busiest at its ends. Prices are whole cents, volumes whole units. Allocates nothing for a bar.
   */
  draw(plan: DayPlan, bars: BarColumns): void {
    const { day, slots, open, intervalMs } = plan;
    const gap = 0.3 * this.#volatility * normal(mix(mix(this.#seed, DRAW.gap), day));
    const target = this.#level(day);
    let price = this.#level(plan.previous) * (1 + gap);
    const step = (this.#volatility * price) / Math.sqrt(slots);
    const wickCents = 1 + 100 * step;
    const activity = 0.5 + fraction(mix(mix(this.#seed, DRAW.activity), day));
    const volume = (activity * this.#volume) / slots;
    const daySeed = mix(mix(this.#seed, intervalMs), day);
    const random = new Random(mix(daySeed, DRAW.bars));
    // A draw of their own: leaving bars out changes none of those that stay.
    const chance = new Random(mix(daySeed, DRAW.missing));
    let missing = plan.missing;
    let close = cents(price);
    for (let i = 0; i < slots; i++) {
      const first = close;
      price += (target - price) / (slots - i) + step * normal(random.next());
      if (price < LOWEST_PRICE) price = LOWEST_PRICE;
      close = cents(price);
      const shape = random.next();
      // Of the bars that remain, exactly as many are left out as still have to be.
      if (missing > 0 && fraction(chance.next()) * (slots - i) < missing) {
        missing--;
        continue;
      }
      const row = bars.grow();
      bars.opened[row] = open + i * intervalMs;
      bars.open[row] = first / 100;
      bars.high[row] = (Math.max(first, close) + Math.floor(byte(shape, 0) * wickCents)) / 100;
      const low = Math.min(first, close) - Math.floor(byte(shape, 8) * wickCents);
      bars.low[row] = Math.max(1, low) / 100;
      bars.close[row] = close / 100;
      bars.volume[row] = Math.floor(volume * busyness((i + 0.5) / slots) * (0.5 + byte(shape, 16)));
      bars.count[row] = 1;
      bars.expected[row] = 1;
    }
  }

  /** Price at the close of `day`, whether or not there is a session. O(log of a block). */
  #level(day: DayNumber): number {
    const block = Math.floor(day / BLOCK_DAYS);
    const seed = mix(this.#seed, DRAW.level);
    let start = block * BLOCK_DAYS;
    let from = BLOCK_SPREAD * normal(mix(seed, start));
    let to = BLOCK_SPREAD * normal(mix(seed, start + BLOCK_DAYS));
    // A Brownian bridge: the middle of a stretch deviates by the root of a quarter of its length.
    for (let length = BLOCK_DAYS; day !== start; ) {
      length /= 2;
      const middle = start + length;
      const deviation =
        this.#volatility * Math.sqrt(length / 2) * normal(mix(mix(seed, length), middle));
      const level = (from + to) / 2 + deviation;
      if (day < middle) {
        to = level;
      } else {
        start = middle;
        from = level;
      }
    }
    return Math.max(LOWEST_PRICE, this.#price * growth(from));
  }
}

/** Mulberry32: uniform 32-bit integers, a few nanoseconds each. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return mixed ^ (mixed >>> 14);
  }
}

/** A number of `[0, 1)` for each day of a market, the same for all its symbols. */
export function chanceOf(seed: number, day: DayNumber): number {
  return fraction(mix(hashOf(String(seed)), day));
}

/** A seed for each pair; neighbouring values give unrelated seeds. */
function mix(seed: number, value: number): number {
  let mixed = Math.imul(seed ^ Math.imul(value, 0x9e3779b1), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0xc2b2ae35);
  return mixed ^ (mixed >>> 13);
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, text.length);
}

/** A 32-bit integer as a number of `[0, 1)`. */
function fraction(bits: number): number {
  return (bits >>> 0) / 0x1_0000_0000;
}

/** Eight of 32 bits as a number of `[0, 1)`. */
function byte(bits: number, shift: number): number {
  return ((bits >>> shift) & 0xff) / 0x100;
}

/** Roughly normal, deviation 1, never beyond 3: the sum of three times ten bits. */
function normal(bits: number): number {
  return ((bits & 0x3ff) + ((bits >>> 10) & 0x3ff) + ((bits >>> 20) & 0x3ff) - 1534.5) / 512;
}

/** Share of the day's volume at a fraction of the day, 1 on average: twice as much at the ends as amid. */
function busyness(time: number): number {
  const fromNoon = 2 * time - 1;
  return 0.75 + 0.75 * fromNoon * fromNoon;
}

/** e to the power of `rate`, near enough, without a power. */
function growth(rate: number): number {
  let factor = 1 + rate / 1024;
  for (let i = 0; i < 10; i++) factor *= factor;
  return factor;
}

function cents(price: number): number {
  return Math.round(price * 100);
}
