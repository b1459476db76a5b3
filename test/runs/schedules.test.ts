/**
 * Whole runs under random schedules of everything that can be asked of them, at any point of a run.
 *
 * A failure names its seed: `SEED=n npx vitest run test/runs/schedules.test.ts` runs that schedule alone, with
 * `SCHEDULES=n FROM=m` in front it runs n others.
 */
import { setTimeout as after } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Fact, openSession, type Session, type SessionView } from '../../src/index.ts';
import { expectFoldToEqual, subtree, unansweredIn } from '../actors/comparing.ts';
import { SYMBOLS } from './randomProgram.ts';
import { configWith, market, type Ran, runSchedule } from './randomSchedule.ts';

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
