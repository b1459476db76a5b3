import { describe, expect, it } from 'vitest';
import { createActor, fromPromise, toPromise } from 'xstate';
import {
  type Asked,
  type ChangeInput,
  type InsertionContext,
  insertionMachine,
  type SettleInput,
} from '../../src/machines/insertion.machine.ts';
import { everyState } from './everyState.ts';
import { loadingChart } from './loadingSteps.ts';

/** Serves what is asked with steps that only note that they ran; `breaks` names one that throws. */
async function serve(asked: readonly Asked[], breaks = '') {
  const ran: string[] = [];
  const note = (did: string) => {
    ran.push(did);
    if (did === breaks) throw new Error(`${did} broke`);
  };
  const chart = insertionMachine.provide({
    actors: {
      loading: loadingChart(note),
      settle: fromPromise<void, SettleInput>(async ({ input: { symbols, reason } }) =>
        note(`settle ${symbols}${reason && `: ${reason}`}`),
      ),
      applyChanges: fromPromise<void, ChangeInput>(async ({ input }) =>
        note(`change ${input.changes}`),
      ),
    },
  });
  const actor = createActor(chart, { input: { asked } }).start();
  const output = await toPromise(actor);
  return { ran, output, state: actor.getSnapshot().value };
}

const symbols = (...names: string[]) => names.map((symbol) => ({ symbol }));
const changes = (...numbers: number[]) => numbers.map((change) => ({ change }));

describe('the insertion chart', () => {
  it('comes to every state, and from each to an end', () => {
    const walk = {
      input: { asked: [...symbols('A'), ...changes(1)] },
      detail: ({ asked }: InsertionContext) => asked.length,
    };
    const states = everyState(insertionMachine, walk);
    // Deciding is passed through.
    const names = ['changing', 'done', 'failed', 'loading', 'settling'];
    expect([...new Set(states.map(({ value }) => value))].sort()).toEqual(names);
    for (const state of states) {
      const onwards = everyState(insertionMachine, walk, state);
      expect(onwards.map(({ status }) => status)).toContain('done');
    }
  });

  it('is done at once when nothing is asked', async () => {
    expect(await serve([])).toEqual({ ran: [], output: { ok: true }, state: 'done' });
  });

  it('serves in the order it was asked, what is alike together, a symbol once at a time', async () => {
    const asked = [...symbols('B', 'A', 'B'), ...changes(1, 2), ...symbols('C'), ...changes(3)];
    const { ran, output } = await serve(asked);
    expect(ran).toEqual([
      ...['load B,A', 'settle B,A', 'load B', 'settle B', 'change 1,2'],
      ...['load C', 'settle C', 'change 3'],
    ]);
    expect(output).toEqual({ ok: true });
  });

  it('has a load that broke settled with the reason, and goes on with what comes after', async () => {
    const { ran, output } = await serve([...symbols('A'), ...changes(1)], 'load A');
    expect(ran).toEqual(['load A', 'settle A: load A broke', 'change 1']);
    expect(output).toEqual({ ok: true });
  });

  it.each(['settle A', 'change 1,2'])('fails with the reason when "%s" throws', async (breaks) => {
    const { ran, output, state } = await serve([...symbols('A'), ...changes(1, 2)], breaks);
    expect(ran.at(-1)).toBe(breaks);
    expect(output).toEqual({ ok: false, reason: `${breaks} broke` });
    expect(state).toBe('failed');
  });
});
