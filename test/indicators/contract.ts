/** What every indicator keeps, built in or user-defined: one suite for all of them. */
import { describe, expect, it } from 'vitest';
import type {
  Indicator,
  IndicatorDefinition,
  IndicatorSettings,
} from '../../src/indicators/indicator.ts';
import { restoreState, saveState } from '../../src/indicators/state.ts';
import { type Chosen, inSessions, type MarketSession, run, settingsOf, walk } from './markets.ts';

const INTERVALS = ['1d', '5m'] as const;

/** Declares the suite for one choice of period and params. */
export function describeContract(definition: IndicatorDefinition, chosen: Chosen = {}): void {
  for (const interval of INTERVALS) {
    const settings = settingsOf(definition, interval, chosen);
    const title = `${definition.name} ${JSON.stringify(chosen)} on ${interval}`;
    describe(title, () => {
      describeReadiness(definition, settings);
      describeDeterminism(definition, settings);
      describeMemory(definition, settings);
      describeBadMarkets(definition, settings);
      if (definition.reset === 'session') describeReset(definition, settings);
    });
  }
}

const isValid = (row: readonly number[]) => row.every((cell) => !Number.isNaN(cell));

function describeReadiness(definition: IndicatorDefinition, settings: IndicatorSettings): void {
  const { interval } = settings;
  const warmup = definition.warmup(settings);

  it('holds one cell for each output', () => {
    const { out } = definition.create(settings);
    expect(out).toHaveLength(Math.max(1, definition.outputs.length));
    expect([...out].every(Number.isNaN)).toBe(true);
  });

  it('is valid from its warm-up on, and not a bar earlier', () => {
    const indicator = definition.create(settings);
    const rows = run(indicator, walk(interval, warmup + 60, 1), interval);
    const first = rows.findIndex(isValid) + 1;
    if (definition.dataDependent) {
      expect(first).toBeGreaterThanOrEqual(warmup);
    } else {
      expect(first).toBe(warmup);
      const anchored = definition.reset === 'session' && interval !== '1d';
      if (!anchored) expect(rows.slice(warmup - 1).every(isValid)).toBe(true);
    }
  });

  it('keeps its outputs in one array', () => {
    const indicator = definition.create(settings);
    const { out } = indicator;
    run(indicator, walk(interval, 40, 2), interval);
    expect(indicator.out).toBe(out);
  });
}

function describeDeterminism(definition: IndicatorDefinition, settings: IndicatorSettings): void {
  const { interval } = settings;
  const length = Math.min(definition.warmup(settings), 150) + 60;

  it('shows the same past whatever comes later, and whatever others of its kind do', () => {
    const past = walk(interval, 120, 3);
    const futures = [walk(interval, 240, 4), walk(interval, 240, 5)].map((s) =>
      s.slice(past.length),
    );
    const [one, two] = [definition.create(settings), definition.create(settings)];
    const [pastOfOne, pastOfTwo] = [run(one, past, interval), run(two, past, interval)];
    run(one, futures[0]!, interval);
    expect(pastOfOne).toEqual(pastOfTwo);
    const whole = run(definition.create(settings), [...past, ...futures[1]!], interval);
    expect(whole).toEqual([...pastOfTwo, ...run(two, futures[1]!, interval)]);
  });

  it('goes on to the same bit from a state saved at any bar', () => {
    const sessions = walk(interval, length, 6);
    const whole = run(definition.create(settings), sessions, interval);
    const steps = stepsOf(sessions, interval);
    const saved = definition.create(settings);
    for (const [i, step] of steps.entries()) {
      const text = JSON.stringify(saveState(saved));
      const restored = restoreState(definition.create(settings), JSON.parse(text));
      expect(restored.out).toEqual(saved.out);
      const rows = steps.slice(i).map((next) => next(restored));
      expect(rows).toEqual(whole.slice(i));
      step(saved);
    }
  });
}

/** One bar after another, each preceded by the start of its session where one begins. */
function stepsOf(sessions: readonly MarketSession[], interval: string) {
  return sessions.flatMap(({ session, bars }) =>
    bars.map((bar, i) => (indicator: Indicator): number[] => {
      if (i === 0 && interval !== '1d') indicator.startSession?.(session);
      indicator.update(bar);
      return [...indicator.out];
    }),
  );
}

/** Starts anywhere, or at a session's start if the indicator restarts there; in bars. */
function startsOf(
  definition: IndicatorDefinition,
  { barsPerSession }: IndicatorSettings,
): number[] {
  return definition.reset === 'session' ? [3 * barsPerSession] : [1, 17, 3 * barsPerSession, 67];
}

function describeMemory(definition: IndicatorDefinition, settings: IndicatorSettings): void {
  const { interval } = settings;
  const memory = definition.memory(settings);
  const late = (from: number, length: number) => {
    const sessions = walk(interval, length, 7);
    const whole = run(definition.create(settings), sessions, interval);
    const rest = run(definition.create(settings), skipBars(sessions, from), interval);
    return { expected: whole.slice(from), found: rest };
  };

  if (memory === Number.POSITIVE_INFINITY) {
    it('never forgets the start of its series', () => {
      const { expected, found } = late(20, 400);
      expect(found.at(-1)).not.toEqual(expected.at(-1));
    });
    return;
  }

  it('has forgotten the start of its series after its memory', () => {
    expect(Number.isInteger(memory) && memory >= 0).toBe(true);
    for (const from of startsOf(definition, settings)) {
      const { expected, found } = late(from, from + memory + 100);
      const after = Math.max(0, memory - 1);
      expect(worstDifference(expected.slice(after), found.slice(after))).toBeLessThanOrEqual(1e-9);
    }
  });

  if (definition.reset === 'never') {
    it('remembers at least its warm-up', () => {
      expect(memory).toBeGreaterThanOrEqual(definition.warmup(settings));
    });
  }
}

/** The series without its first bars. */
function skipBars(sessions: readonly MarketSession[], count: number): MarketSession[] {
  const kept: MarketSession[] = [];
  let left = count;
  for (const { session, bars } of sessions) {
    if (left < bars.length) kept.push({ session, bars: bars.slice(left), cut: left > 0 });
    left = Math.max(0, left - bars.length);
  }
  return kept;
}

/**
 * Largest difference of any output, relative to the largest size that output has in the stretch: a value that
 * passes through zero has no relative error of its own. Infinity where only one of the two is ready.
 */
function worstDifference(expected: readonly number[][], found: readonly number[][]): number {
  let worst = 0;
  for (let cell = 0; cell < expected[0]!.length; cell++) {
    const sizes = expected.map((row) => (Number.isNaN(row[cell]) ? 0 : Math.abs(row[cell]!)));
    const scale = Math.max(...sizes, Number.MIN_VALUE);
    for (const [i, row] of expected.entries()) {
      const [a, b] = [row[cell]!, found[i]![cell]!];
      if (Number.isNaN(a) !== Number.isNaN(b)) return Number.POSITIVE_INFINITY;
      if (!Number.isNaN(a)) worst = Math.max(worst, Math.abs(a - b) / scale);
    }
  }
  return worst;
}

const flat = { open: 50.1, high: 50.1, low: 50.1, close: 50.1, volume: 100 };
const BAD_MARKETS: Readonly<Record<string, (i: number) => typeof flat>> = {
  'flat prices': () => flat,
  'no volume': (i) => ({ open: 50, high: 52, low: 49, close: 50 + (i % 2), volume: 0 }),
  'neither range nor volume': () => ({ ...flat, volume: 0 }),
  'prices of zero': () => ({ open: 0, high: 0, low: 0, close: 0, volume: 100 }),
  'prices that fall to zero and come back': (i) =>
    i % 40 < 20 ? flat : { open: 0, high: 0, low: 0, close: 0, volume: 0 },
  'wild gaps': (i) => {
    const price = i % 3 === 0 ? 1e6 : 0.0001;
    return { open: price, high: price * 1.01, low: price * 0.99, close: price, volume: 1e12 };
  },
};

function describeBadMarkets(definition: IndicatorDefinition, settings: IndicatorSettings): void {
  const length = Math.min(definition.warmup(settings), 300) + 100;
  for (const [market, priceOf] of Object.entries(BAD_MARKETS)) {
    it(`is finite or not ready on ${market}`, () => {
      const prices = Array.from({ length }, (_, i) => priceOf(i));
      const sessions = inSessions(settings.interval, prices);
      const rows = run(definition.create(settings), sessions, settings.interval);
      const wrong = rows.flat().filter((cell) => !Number.isFinite(cell) && !Number.isNaN(cell));
      expect(wrong).toEqual([]);
    });
  }
}

function describeReset(definition: IndicatorDefinition, settings: IndicatorSettings): void {
  const { interval } = settings;
  const sessions = walk(interval, 4 * settings.barsPerSession + 20, 8);

  if (interval === '1d') {
    it('goes on from day to day', () => {
      const whole = run(definition.create(settings), sessions, interval);
      const last = run(definition.create(settings), sessions.slice(-1), interval);
      expect(whole.at(-1)).not.toEqual(last.at(-1));
    });
    return;
  }

  it('restarts with every session', () => {
    const whole = run(definition.create(settings), sessions, interval);
    const alone = sessions.flatMap((one) => run(definition.create(settings), [one], interval));
    expect(whole).toEqual(alone);
  });

  it('shows nothing between the start of a session and its first bar', () => {
    const indicator = definition.create(settings);
    run(indicator, sessions.slice(0, 1), interval);
    indicator.startSession!(sessions[1]!.session);
    expect([...indicator.out].every(Number.isNaN)).toBe(true);
  });
}
