/** Small markets for indicator tests, and indicators run over them. */
import type { Bar } from '../../src/domain/bars.ts';
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts';
import type {
  Indicator,
  IndicatorDefinition,
  IndicatorSession,
  IndicatorSettings,
} from '../../src/indicators/indicator.ts';
import { createRegistry } from '../../src/indicators/registry.ts';
import { resolveIndicator, settingsFor } from '../../src/indicators/resolution.ts';

export interface MarketSession {
  readonly session: IndicatorSession;
  readonly bars: readonly Bar[];
  /** Its first bars are missing and its start was not seen: a series that begins in mid-session. */
  readonly cut?: boolean;
}

/** Sessions of one hour; so twelve bars of `5m`, one of `1d`. */
export const MARKET = { sessionMs: 60 * MINUTE_MS, sessionsPerYear: 252 };
const BAR_MS: Readonly<Record<string, number>> = { '5m': 5 * MINUTE_MS, '1d': DAY_MS };
const OPEN = Date.UTC(2024, 0, 1, 14, 30);

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `opened` of bar `i` on `day`, both from 0. */
export function openedAt(interval: string, day: number, i: number): number {
  return OPEN + day * DAY_MS + i * BAR_MS[interval]!;
}

export function sessionOf(day: number): IndicatorSession {
  const open = OPEN + day * DAY_MS;
  const date = new Date(open).toISOString().slice(0, 10);
  return { date, open, close: open + MARKET.sessionMs };
}

/** Puts prices in sessions, as many bars in each as it holds. */
export function inSessions(
  interval: string,
  prices: readonly Omit<Bar, 'opened' | 'count' | 'expected'>[],
): MarketSession[] {
  const size = interval === '1d' ? 1 : MARKET.sessionMs / BAR_MS[interval]!;
  const sessions: MarketSession[] = [];
  for (let from = 0, day = 0; from < prices.length; from += size, day++) {
    const bars = prices.slice(from, from + size).map((price, i) => ({
      ...price,
      opened: openedAt(interval, day, i),
      count: 1,
      expected: 1,
    }));
    sessions.push({ session: sessionOf(day), bars });
  }
  return sessions;
}

/** A random walk in cents with gaps between bars, equal highs and quiet bars now and then. */
export function walk(interval: string, bars: number, seed: number): MarketSession[] {
  const next = random(seed);
  const cents = (price: number) => Math.round(price * 100) / 100;
  let price = 100;
  const prices = Array.from({ length: bars }, () => {
    const open = cents(price * (1 + (next() - 0.5) * 0.004));
    price = Math.max(5, open * (1 + (next() - 0.5) * 0.02));
    const close = next() < 0.1 ? open : cents(price);
    const high = cents(Math.max(open, close) + (next() < 0.2 ? 0 : next()));
    const low = cents(Math.min(open, close) - (next() < 0.2 ? 0 : next()));
    return { open, high, low, close, volume: Math.round(100 + next() * 900) };
  });
  return inSessions(interval, prices);
}

export interface Chosen {
  readonly period?: number;
  readonly params?: Readonly<Record<string, number>>;
}

/** What a definition is made with on the test market. */
export function settingsOf(
  definition: IndicatorDefinition,
  interval: string,
  chosen: Chosen = {},
): IndicatorSettings {
  const registry = createRegistry();
  if (registry.find(definition.name) === undefined) registry.define(definition);
  const resolved = resolveIndicator({ name: definition.name, interval, ...chosen }, registry);
  if (!resolved.ok) throw new Error(resolved.problems.map((p) => p.message).join('; '));
  return settingsFor(resolved.indicator, MARKET);
}

/** The outputs after every bar. The bar it is given is reused, as the engine does. */
export function run(
  indicator: Indicator,
  sessions: readonly MarketSession[],
  interval: string,
): number[][] {
  const rows: number[][] = [];
  const reused = {
    opened: 0,
    open: 0,
    high: 0,
    low: 0,
    close: 0,
    volume: 0,
    count: 1,
    expected: 1,
  };
  for (const { session, bars, cut } of sessions) {
    if (interval !== '1d' && !cut) indicator.startSession?.(session);
    for (const bar of bars) {
      indicator.update(Object.assign(reused, bar));
      rows.push([...indicator.out]);
    }
  }
  return rows;
}

/** Runs a built-in indicator by name. */
export function runNamed(
  name: string,
  sessions: readonly MarketSession[],
  interval: string,
  chosen: Chosen = {},
): number[][] {
  const definition = createRegistry().find(name)!;
  return run(definition.create(settingsOf(definition, interval, chosen)), sessions, interval);
}
