/** A whole run under a random schedule of everything that can be asked of it, all of it from a seed. */
import { setTimeout as after, setImmediate as nextTurn } from 'node:timers/promises';
import { type Fact, openSession, type Session } from '../../src/index.ts';
import { TroubledFeed } from '../actors/troubledFeed.ts';
import { barsOf, configOf } from '../support.ts';
import { hostLag, type Lag, NO_LAG } from './hostLag.ts';
import {
  DATES,
  Dice,
  Program,
  SPECS,
  SYMBOLS,
  scannerOf,
  strategyOf,
  troubleOf,
} from './randomProgram.ts';

/** A few minutes after the open, one long gap, and one before the close. */
const isTraded = (minute: number) => minute < 6 || minute === 60 || minute === 200;
export const market = Object.fromEntries(
  SYMBOLS.map((symbol, i) => {
    const missing = (minute: number) => !isTraded(minute) || minute === i;
    return [symbol, barsOf({ dates: DATES, seed: i + 1, missing })];
  }),
);
export function configWith(symbols: string[], modules: boolean, scans = modules) {
  const regular_session = [{ start: '09:32', end: '09:35', interval: '3m' }];
  const looker = { module: 'looker', pre_session: true, regular_session };
  return configOf({
    symbols,
    start: DATES[1]!,
    end: DATES[2]!,
    streams: ['1m', '5m'],
    session: {
      indicators: { session: [SPECS[1]!] },
      strategies: modules ? [{ module: 'own' }] : [],
      scanners: scans ? [looker] : [],
    },
  });
}

export interface Ran {
  readonly session: Session;
  readonly facts: Fact[];
  readonly program: Program;
  readonly touched: Set<string>;
}

/** The strategy and the scanner of a schedule, made anew. */
export function modulesOf(seed: number, touched = new Set<string>(), lag: Lag = NO_LAG) {
  return {
    strategies: { own: () => strategyOf(new Dice(seed + 0.1), touched) },
    scanners: { looker: () => scannerOf(new Dice(seed + 0.2), touched, lag) },
  };
}

/**
 * @param log folder to keep it in; without, it is kept in memory
 * @param options.calm nothing goes wrong with the data, and no scanner works beside what is asked
 * @param options.lag seed of how long the host takes for data and scans; without one, no longer than it must
 */
export async function runSchedule(
  seed: number,
  log?: string,
  { calm = false, lag: host }: { calm?: boolean; lag?: number } = {},
): Promise<Ran> {
  const lag = host === undefined ? NO_LAG : hostLag(host);
  const dice = new Dice(seed);
  const touched = new Set<string>();
  const feed = new TroubledFeed(market);
  const session = await openSession({
    config: configWith(['AAPL', 'MSFT'], true, !calm),
    data: feed,
    ...modulesOf(seed, touched, lag),
    ...(log !== undefined && { log }),
    slice: dice.of([1, 3, 'auto'] as const),
  });
  const facts: Fact[] = [];
  const program = new Program(session, dice, touched);
  const share = dice.of([0.002, 0.01, 0.03]);
  let acting = false;
  /** Whatever happens may be the moment for something to be asked. */
  const perhaps = (chance: number) => {
    if (acting || !dice.chance(chance)) return;
    acting = true;
    program.act();
    acting = false;
  };
  session.onFrame((frame) => {
    facts.push(...frame.facts());
    perhaps(share);
  });
  const trouble = troubleOf(dice);
  feed.trouble = async (ask, symbol, interval) => {
    perhaps(share * 3);
    await lag();
    if (!calm) await trouble(ask, symbol, interval);
  };
  for (let before = dice.below(3); before > 0; before--) program.act();
  if (dice.chance(0.1)) {
    await nextTurn();
    program.stop();
  }
  program.finish();
  // Nobody is to wait for a resume that never comes.
  let seen = { facts: 0, at: performance.now() };
  while (session.status === 'running' || session.status === 'ready') {
    await after(5);
    if (facts.length > seen.facts) seen = { facts: facts.length, at: performance.now() };
    else if (performance.now() - seen.at > 60_000) {
      throw new Error(`it stands still after ${JSON.stringify(facts.slice(-5))}`);
    }
    perhaps(share);
    if (dice.chance(0.3)) program.resume();
  }
  for (let more = dice.below(4); more > 0; more--) program.act();
  return { session, facts, program, touched };
}
