import { describe, expect, it } from 'vitest';
import { type AnyActorRef, createActor, fromCallback, fromPromise, setup, waitFor } from 'xstate';
import {
  type ChangeInput,
  insertionMachine,
  type SettleInput,
} from '../../src/machines/insertion.machine.ts';
import type { LifecycleMessage } from '../../src/machines/lifecycle.machine.ts';
import type { ScannerMessage } from '../../src/machines/scanner.machine.ts';
import {
  type ScanningContext,
  type ScanningInput,
  scannerId,
  scanningMachine,
} from '../../src/machines/scanning.machine.ts';
import { everyState } from './everyState.ts';
import { loadingChart } from './loadingSteps.ts';

const INPUT: ScanningInput = {
  scanners: ['gap', 'own'],
  schedule: 'regular_session',
  setUp: false,
  handshakeTimeoutMs: 30,
};

/**
 * The scanning chart among scanners that answer when they are told to, and an insertion that only notes what
 * it did; `gate` holds loads back.
 */
function start(input: Partial<ScanningInput> = {}, gate = Promise.resolve()) {
  const ran: string[] = [];
  const insertion = insertionMachine.provide({
    actors: {
      loading: loadingChart(async (did) => {
        ran.push(did);
        await gate;
      }),
      settle: fromPromise<void, SettleInput>(async ({ input: { symbols } }) => {
        if (symbols.includes('WRONG')) throw new Error('boom');
      }),
      applyChanges: fromPromise<void, ChangeInput>(async ({ input: { changes } }) => {
        ran.push(`change ${changes}`);
      }),
    },
  });
  const asked: (LifecycleMessage | ScannerMessage)[] = [];
  const listener = (name: string) =>
    fromCallback<LifecycleMessage | ScannerMessage>(({ receive }) => {
      receive((message) => {
        ran.push(`${message.type} ${name}`);
        asked.push(message);
      });
    });
  const root = setup({
    actors: {
      scanning: scanningMachine.provide({ actors: { insertion } }),
      scanner: listener('all'),
      gap: listener('gap'),
      own: listener('own'),
    },
  }).createMachine({
    invoke: [
      { src: 'scanner', systemId: 'scanner' },
      { src: 'gap', systemId: scannerId('gap') },
      { src: 'own', systemId: scannerId('own') },
      { src: 'scanning', id: 'scanning', input: { ...INPUT, ...input } },
    ],
  });
  const actor = createActor(root).start();
  const scanning = actor.getSnapshot().children.scanning as AnyActorRef;
  /** What the one who was asked last answers. */
  const answer = (type: string, fields: object = {}) =>
    asked.at(-1)!.replyTo.send({ type, actor: 'scanner', scanner: 'gap', reason: '', ...fields });
  const over = async () => {
    const { output } = await waitFor(scanning, ({ status }) => status === 'done');
    return output;
  };
  return { ran, scanning, answer, over };
}

const settle = 'scanner.settle';

describe('the scanning chart', () => {
  it('comes from every state to an end, whatever it is sent', () => {
    const messages = [
      { type: settle, scanner: 'gap', reason: '' },
      { type: settle, scanner: 'gap', reason: 'boom' },
      { type: 'actor.acknowledge', actor: 'scanner' },
      { type: 'actor.fail', actor: 'scanner', reason: 'boom' },
      { type: 'symbol.add', symbol: 'TSLA' },
      { type: 'session.change', change: 1 },
    ];
    const walk = {
      input: { ...INPUT, schedule: 'pre_session', setUp: true },
      messages,
      detail: ({ done, pending }: ScanningContext) => [done, Math.min(1, pending.length)],
    };
    const states = everyState(scanningMachine, walk);
    const values = new Set(states.map(({ value }) => JSON.stringify(value)));
    const at = (scans: string, insertion: string) =>
      JSON.stringify({ running: { scans, insertion } });
    expect([...values].sort()).toEqual(
      [
        ...[at('settingUp', 'idle'), at('settingUp', 'inserting')],
        ...[at('asking', 'idle'), at('asking', 'inserting')],
        ...[at('done', 'inserting'), '"done"', '"failed"'],
      ].sort(),
    );
    for (const state of states) {
      const onwards = everyState(scanningMachine, walk, state);
      expect(onwards.map(({ status }) => status)).toContain('done');
    }
  });

  it('asks one scanner after another, in their order', async () => {
    const { ran, answer, over } = start();
    expect(ran).toEqual(['scanner.scan gap']);
    answer(settle);
    expect(ran).toEqual(['scanner.scan gap', 'scanner.scan own']);
    answer(settle);
    expect(await over()).toEqual({ ok: true });
  });

  it('has all of them set up first if it is to, and is done at once without any to ask', async () => {
    const { ran, answer, over } = start({ setUp: true, scanners: [] });
    expect(ran).toEqual(['actor.setup all']);
    answer('actor.acknowledge');
    expect(await over()).toEqual({ ok: true });
  });

  it('serves what is asked of it while a scan goes on', async () => {
    const { ran, scanning, answer, over } = start();
    scanning.send({ type: 'symbol.add', symbol: 'TSLA' });
    scanning.send({ type: 'session.change', change: 1 });
    await expect.poll(() => ran.at(-1)).toBe('change 1');
    expect(ran).toEqual(['scanner.scan gap', 'load TSLA', 'change 1']);
    answer(settle);
    answer(settle);
    expect(await over()).toEqual({ ok: true });
  });

  it('is done only when all that was asked for is there', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { ran, scanning, answer, over } = start({ scanners: ['gap'] }, promise);
    scanning.send({ type: 'symbol.add', symbol: 'TSLA' });
    scanning.send({ type: 'symbol.add', symbol: 'AAPL' });
    answer(settle);
    await expect.poll(() => ran.at(-1)).toBe('load TSLA');
    expect(scanning.getSnapshot().status).toBe('active');
    scanning.send({ type: 'symbol.add', symbol: 'MSFT' });
    resolve();
    expect(await over()).toEqual({ ok: true });
    expect(ran.slice(1)).toEqual(['load TSLA', 'load AAPL,MSFT']);
  });

  it('goes on to the next one when a scan of the session fails', async () => {
    const { ran, answer, over } = start();
    answer(settle, { reason: 'boom' });
    expect(ran).toEqual(['scanner.scan gap', 'scanner.scan own']);
    answer(settle);
    expect(await over()).toEqual({ ok: true });
  });

  it('fails with a scan before the session, which leaves the day without its symbols', async () => {
    const { ran, answer, over } = start({ schedule: 'pre_session' });
    answer(settle, { reason: 'boom' });
    expect(await over()).toEqual({ ok: false, reason: 'boom' });
    expect(ran).toEqual(['scanner.scan gap']);
  });

  it('fails when setting up fails or stays unanswered', async () => {
    const failing = start({ setUp: true });
    failing.answer('actor.fail', { reason: 'boom' });
    expect(await failing.over()).toEqual({ ok: false, reason: 'scanner failed: boom' });
    const silent = start({ setUp: true });
    expect(await silent.over()).toEqual({
      ok: false,
      reason: 'scanner did not answer actor.setup within 0.03 s',
    });
  });

  it('fails when what was asked for cannot be settled', async () => {
    const { scanning, over } = start();
    scanning.send({ type: 'symbol.add', symbol: 'WRONG' });
    expect(await over()).toEqual({ ok: false, reason: 'boom' });
  });
});
