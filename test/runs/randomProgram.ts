/** A program, a strategy and a scanner that ask for anything at any time, all of it from a seed. */
import { setTimeout as after, setImmediate as nextTurn } from 'node:timers/promises';
import type {
  ScannerContext,
  Session,
  SessionView,
  Strategy,
  StrategyContext,
} from '../../src/index.ts';
import { openOf } from '../actors/comparing.ts';
import type { Trouble } from '../actors/troubledFeed.ts';
import { CALLBACKS, MINUTE, random } from '../support.ts';
import type { Lag } from './hostLag.ts';

export const DATES = ['2023-11-21', '2023-11-22', '2023-11-24'];
/** Symbols that have data, the last two not always at once. */
export const SYMBOLS = ['AAPL', 'MSFT', 'NEW', 'ALSO', 'SLOW', 'FLAKY'];
const ALL = [...SYMBOLS, 'BROKEN', 'GONE', 'LIGHT'];
export const SPECS = [
  { name: 'sma', period: 3, interval: '1m' },
  { name: 'ema', period: 2, interval: '5m' },
  { name: 'vwap', interval: '3m' },
  { name: 'sma', period: 2, interval: '1d' },
  { name: 'sma', period: 2, interval: '5s' },
];

/** Seeded choices. */
export class Dice {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = random(seed * 7_919);
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  bar(now: number) {
    const date = DATES.findLast((each) => openOf(each) <= now) ?? DATES[1]!;
    const price = 50 + this.below(100);
    const opened = openOf(date) + this.below(12) * MINUTE;
    return { opened, open: price, high: price + 1, low: price - 1, close: price, volume: 7 };
  }
}

/** One of the verbs that strategies and scanners have; `touched` learns what was changed by hand. */
function useVerb(
  dice: Dice,
  context: StrategyContext | ScannerContext,
  touched: Set<string>,
): unknown {
  const symbol = dice.of(ALL);
  const verb = dice.below(8);
  if (verb < 3) return context.ensureSymbol(symbol);
  if (verb < 4) return context.removeSymbol(symbol);
  if (verb < 6) return context.registerIndicator(symbol, dice.of(SPECS));
  touched.add(symbol);
  return context.addBar(symbol, '1m', dice.bar(context.now), { replace: dice.chance(0.5) });
}

export function strategyOf(dice: Dice, touched: Set<string>): Strategy {
  const share = dice.of([0, 0.02, 0.1]);
  const call = (...args: unknown[]) => {
    if (dice.chance(share)) useVerb(dice, args.at(-1) as StrategyContext, touched);
  };
  return Object.fromEntries(CALLBACKS.map((name) => [name, call])) as Strategy;
}

export function scannerOf(dice: Dice, touched: Set<string>, lag: Lag) {
  const share = dice.of([0, 0.5]);
  return {
    scan: async (context: ScannerContext) => {
      if (dice.chance(share)) await nextTurn();
      await lag();
      while (dice.chance(share)) {
        await Promise.resolve(useVerb(dice, context, touched)).catch(() => {});
        await lag();
      }
      return { symbols: dice.chance(share) ? [dice.of(ALL)] : [] };
    },
  };
}

export function troubleOf(dice: Dice): Trouble {
  const flaky = { left: dice.below(3) };
  const slowness = dice.of([0, 1, 5]);
  return async (ask, symbol) => {
    if (symbol === 'SLOW') await after(slowness);
    if (symbol === 'BROKEN') throw new Error('nothing can be read of it');
    if (symbol !== 'FLAKY' || ask !== 'read' || flaky.left === 0) return;
    flaky.left -= 1;
    throw new Error('not just now');
  };
}

/** What a program does to a session; it remembers every promise and counts every message. */
export class Program {
  readonly promises: Promise<unknown>[] = [];
  readonly asked: Record<string, number> = {};
  readonly touched: Set<string>;
  readonly #session: Session;
  readonly #dice: Dice;

  constructor(session: Session, dice: Dice, touched: Set<string>) {
    this.#session = session;
    this.#dice = dice;
    this.touched = touched;
  }

  act(): void {
    const dice = this.#dice;
    const what = dice.below(100) / 4;
    if (what < 8) this.#add();
    else if (what < 11) this.#remove();
    else if (what < 14) this.#addBar();
    else if (what < 17) this.#register();
    else if (what < 19) this.pause();
    else if (what < 20) this.resume();
    else if (what < 22) this.#keep(this.#session.step());
    else if (what < 24) this.#keep(this.#session.runUntil(this.#goal()));
    else if (what < 24.75) this.stop();
    else this.close();
  }

  pause(): void {
    this.#count('session.pause');
    this.#session.pause();
  }

  resume(): void {
    this.#count('session.resume');
    this.#session.resume();
  }

  stop(): void {
    this.#count('session.stop');
    this.#keep(this.#session.stop());
  }

  close(): void {
    if (this.#session.status === 'running') this.#count('session.stop');
    this.#keep(this.#session.close());
  }

  finish(): void {
    this.#keep(this.#session.finish());
  }

  #add(): void {
    const dice = this.#dice;
    const symbol = dice.of(ALL);
    const streams = dice.chance(0.2) ? [dice.of(['3m', '15m', '5s'])] : [];
    for (let times = dice.of([1, 1, 1, 2]); times > 0; times--) {
      this.#count('symbol.add');
      this.#keep(this.#session.addSymbol(symbol, { streams }));
    }
  }

  #remove(): void {
    this.#count('symbol.remove');
    const force = this.#dice.chance(0.3);
    this.#keep(this.#session.removeSymbol(this.#dice.of(ALL), { force }));
  }

  #register(): void {
    this.#count('indicator.register');
    this.#keep(this.#session.registerIndicator(this.#dice.of(ALL), this.#dice.of(SPECS)));
  }

  #addBar(): void {
    this.#count('bar.add');
    const dice = this.#dice;
    const symbol = dice.of(ALL);
    this.touched.add(symbol);
    const replace = dice.chance(0.5);
    const bar = dice.bar(this.#session.view.now);
    this.#keep(this.#session.addBar(symbol, '1m', bar, { replace }));
  }

  #goal(): number | ((view: SessionView) => boolean) {
    const time = openOf(this.#dice.of(DATES)) + this.#dice.below(400) * MINUTE;
    return this.#dice.chance(0.5) ? time : (view) => view.now >= time;
  }

  #count(message: string): void {
    this.asked[message] = (this.asked[message] ?? 0) + 1;
  }

  #keep(promise: Promise<unknown>): void {
    this.promises.push(promise);
  }
}
