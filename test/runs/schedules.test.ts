/**
 * Whole runs under random schedules of everything that can be asked of them, at any point of a run.
 *
 * A failure names its seed: `SEED=n npx vitest run test/runs/schedules.test.ts` runs that schedule alone, with
 * `SCHEDULES=n FROM=m` in front it runs n others.
 */
import { setTimeout as after, setImmediate as nextTurn } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Fact, openSession, type Session, type SessionView } from '../../src/index.ts';
import { expectFoldToEqual, subtree, unansweredIn } from '../actors/comparing.ts';
import { TroubledFeed } from '../actors/troubledFeed.ts';
import { barsOf, configOf } from '../support.ts';
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
const market = Object.fromEntries(
  SYMBOLS.map((symbol, i) => {
    const missing = (minute: number) => !isTraded(minute) || minute === i;
    return [symbol, barsOf({ dates: DATES, seed: i + 1, missing })];
  }),
);
function configWith(symbols: string[], modules: boolean) {
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
      scanners: modules ? [looker] : [],
    },
  });
}

interface Ran {
  readonly session: Session;
  readonly facts: Fact[];
  readonly program: Program;
  readonly touched: Set<string>;
}

async function runSchedule(seed: number): Promise<Ran> {
  const dice = new Dice(seed);
  const touched = new Set<string>();
  const feed = new TroubledFeed(market);
  const session = await openSession({
    config: configWith(['AAPL', 'MSFT'], true),
    data: feed,
    strategies: { own: () => strategyOf(new Dice(seed + 0.1), touched) },
    scanners: { looker: () => scannerOf(new Dice(seed + 0.2), touched) },
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
    await trouble(ask, symbol, interval);
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

/** What a settled schedule must have come to. */
function check({ session, facts, program, touched }: Ran, whole: SessionView): void {
  const last = facts.at(-1);
  // Closed before it was started.
  if (last === undefined) {
    expect([session.status, session.log.position]).toEqual(['stopped', 0]);
    return;
  }
  expect(`${session.status} ${session.summary().reason}`).toBe(
    last.type === 'RunCompleted' ? 'completed null' : 'stopped null',
  );
  expect(last.type).toBe(session.status === 'completed' ? 'RunCompleted' : 'RunStopped');
  expect(facts.findIndex(({ seq }, i) => seq !== i + 1)).toBe(-1);
  expect(facts.findIndex(({ at }, i) => i > 0 && at < facts[i - 1]!.at)).toBe(-1);
  expect(session.log.position).toBe(facts.length);
  expect(unansweredIn(facts)).toEqual([]);
  const marks = marksOf(session, facts);
  for (const [message, count] of Object.entries(program.asked)) {
    expect(marks[message], message).toBeGreaterThanOrEqual(count);
  }
  expectFoldToEqual(session);
  if (session.status !== 'completed') return;
  for (const symbol of session.view.symbols) {
    const { metadata } = session.toJSON().session_data[symbol] as { metadata: object };
    if ((metadata as { auto_provisioned: boolean }).auto_provisioned || touched.has(symbol))
      continue;
    expect(shared(session.view, symbol)).toEqual(shared(whole, symbol));
  }
}

/** How often each message of the program has left its mark, in the log or beside it. */
function marksOf(session: Session, facts: readonly Fact[]): Record<string, number> {
  const marks: Record<string, number> = {};
  const mark = (message: string) => {
    marks[message] = (marks[message] ?? 0) + 1;
  };
  for (const fact of facts) {
    if (fact.type === 'MessageReceived' && fact.cause === null) mark(fact.message);
    if (fact.type === 'RunStopped') mark('session.stop');
  }
  for (const { type, message } of session.journal) {
    if (MESSAGES.has(type)) mark(type);
    // A pause is noted when it is sent, and once more if no state takes it.
    if (type === 'MessageRefused') mark(String(message));
  }
  return marks;
}

const MESSAGES: ReadonlySet<string> = new Set(['session.pause', 'session.resume', 'symbol.add']);

/** What a symbol has in any run, whatever was asked for beside it. */
function shared(view: SessionView, symbol: string) {
  const { bars, indicators, history: _, ...rest } = subtree(view, symbol)!;
  return {
    ...rest,
    bars: bars.filter(([interval]) => interval === '1m' || interval === '5m'),
    indicators: indicators.filter(({ key }) => key === 'ema_2_5m'),
  };
}

async function settled(promises: readonly Promise<unknown>[]): Promise<boolean> {
  const all = Promise.allSettled(promises).then(() => true);
  return Promise.race([all, after(20_000, false)]);
}

describe('a run', () => {
  let whole: Session;

  beforeAll(async () => {
    whole = await openSession({ config: configWith(SYMBOLS, false), data: market });
    await whole.finish();
  });

  it('answers everything asked of it, in any order and at any time, and ends in the right state', async () => {
    const only = process.env.SEED;
    const count = Number(process.env.SCHEDULES ?? 1_000);
    const from = 1 + Number(process.env.FROM ?? 0);
    const seeds = only ? [Number(only)] : Array.from({ length: count }, (_, i) => from + i);
    const failures: string[] = [];
    const work = async () => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        try {
          const ran = await runSchedule(seed);
          expect(await settled(ran.program.promises), 'all promises settle').toBe(true);
          check(ran, whole.view);
        } catch (error) {
          failures.push(`SEED=${seed}: ${(error as Error).stack}`);
        }
      }
    };
    await Promise.all(Array.from({ length: 64 }, work));
    expect(failures).toEqual([]);
  }, 300_000);
});
