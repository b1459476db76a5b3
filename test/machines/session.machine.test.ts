import { describe, expect, it } from 'vitest';
import { type ActorRefFrom, createActor, fromCallback, fromPromise, waitFor } from 'xstate';
import { activeMachine, type PumpMessage } from '../../src/machines/active.machine.ts';
import { endingMachine } from '../../src/machines/ending.machine.ts';
import { initializationMachine } from '../../src/machines/initialization.machine.ts';
import { lifecycleMachine } from '../../src/machines/lifecycle.machine.ts';
import {
  type CheckInput,
  type LoadingInput,
  loadingMachine,
} from '../../src/machines/loading.machine.ts';
import {
  type ScanInput,
  type ScannerInput,
  scannerMachine,
} from '../../src/machines/scanner.machine.ts';
import { scannerId } from '../../src/machines/scanning.machine.ts';
import { SESSION_ACTORS, sessionMachine } from '../../src/machines/session.machine.ts';
import { teardownMachine } from '../../src/machines/teardown.machine.ts';
import { validationMachine } from '../../src/machines/validation.machine.ts';

type Pump = (run: () => void) => void;

/** The charts with steps that only note that they ran; `breaks` names one that throws. */
function start(sessions: number, options: { breaks?: string; silent?: string } = {}) {
  const ran: string[] = [];
  const refused: string[] = [];
  const pumps: { close(): void; slices: number }[] = [];
  const note = (name: string) => {
    ran.push(name);
    if (options.breaks === name) throw new Error(`${name} broke`);
  };
  const work = (name: string) =>
    fromPromise<void, void>(async () => {
      if (options.silent === name) await new Promise(() => {});
      note(name);
    });
  const load = (name: string) =>
    fromPromise<void, LoadingInput>(async ({ input }) => note(`${name} ${input.symbols}`));
  const actor = (name: string) =>
    lifecycleMachine.provide({
      actors: { setUp: work(`${name} up`), tearDown: work(`${name} down`) },
    });
  const askScanner = (name: string, type: 'scanner.setup' | 'scanner.teardown') =>
    fromPromise<void, void>(async ({ system, self }) => {
      if (options.silent === name) await new Promise(() => {});
      const gap = system.get(scannerId('gap')) as ActorRefFrom<typeof scannerMachine>;
      gap.send({ type, replyTo: self });
      await waitFor(gap, ({ value }) => ['idle', 'ready', 'disabled'].includes(String(value)));
      note(name);
    });
  const chart = sessionMachine.provide({
    actors: {
      validation: validationMachine.provide({
        actors: {
          gatherRequirements: work('gather'),
          indexData: work('index'),
          chooseStreams: work('choose'),
        },
      }),
      initialization: initializationMachine.provide({
        actors: {
          loading: loadingMachine.provide({
            actors: {
              checkSymbols: fromPromise<readonly string[], CheckInput>(async ({ input }) => {
                note(`check ${input.symbols}`);
                return input.symbols.filter((symbol) => symbol !== 'GONE');
              }),
              registerSymbols: load('register'),
              loadHistory: load('history'),
              registerIndicators: load('indicators'),
              calculateHistorical: load('historical'),
              loadQueues: load('queues'),
              scoreHistory: load('score'),
              catchUp: load('catch up'),
            },
          }),
        },
      }),
      active: activeMachine.provide({
        actors: {
          activate: work('activate'),
          pump: fromCallback<PumpMessage>(({ receive, sendBack }) => {
            const pump = { slices: 0, close: () => sendBack({ type: 'feed.close' }) };
            pumps.push(pump);
            const answer: Pump = (run) => queueMicrotask(run);
            receive(() => {
              pump.slices += 1;
              if (pump.slices < 3) answer(() => sendBack({ type: 'slice.end', asked: [] }));
            });
          }),
        },
      }),
      ending: endingMachine.provide({
        actors: { deactivate: work('deactivate'), notifyActors: work('notify') },
      }),
      teardown: teardownMachine.provide({
        actors: {
          clearData: work('clear data'),
          clearQueues: work('clear queues'),
          advanceClock: work('advance'),
        },
      }),
      processor: actor('processor'),
      quality: actor('quality'),
      scanner: lifecycleMachine.provide({
        actors: {
          setUp: askScanner('scanner up', 'scanner.setup'),
          tearDown: askScanner('scanner down', 'scanner.teardown'),
        },
      }),
      strategy: actor('strategy'),
      oneScanner: scannerMachine.provide({
        actors: {
          setUp: fromPromise<void, ScannerInput>(async () => note('gap up')),
          scan: fromPromise<void, ScanInput>(async () => note('scan')),
          tearDown: fromPromise<void, ScannerInput>(async () => note('gap down')),
        },
      }),
    },
    actions: { refuseMessage: ({ event }) => refused.push(event.type) },
  });
  const scanners = [{ name: 'gap', preSession: true }];
  const input = { symbols: ['AAPL', 'GONE'], scanners, sessions, handshakeTimeoutMs: 30 };
  const root = createActor(chart, { id: 'session', input });
  root.start();
  const reach = (state: string) => waitFor(root, (now) => now.matches(state as never));
  return { root, ran, refused, pumps, reach };
}

const LOAD = [
  'check AAPL,GONE',
  'register AAPL',
  'history AAPL',
  'indicators AAPL',
  'historical AAPL',
  'queues AAPL',
  'score AAPL',
  'catch up AAPL',
];
const UP = ['processor up', 'quality up', 'strategy up', 'gap up', 'scanner up', 'scan'];
const DOWN = ['processor down', 'quality down', 'strategy down', 'gap down', 'scanner down'];

async function nextClose({ root, pumps, reach }: ReturnType<typeof start>, day: number) {
  await reach('active');
  await expect.poll(() => pumps[day]?.slices).toBe(3);
  pumps[day]!.close();
  return root;
}

describe('the session chart', () => {
  it('validates once, then loads, opens and ends each day, tearing down in between', async () => {
    const session = start(2);
    await nextClose(session, 0);
    await nextClose(session, 1);
    await session.reach('completed');
    expect(session.ran).toEqual([
      ...['gather', 'index', 'choose'],
      ...[...LOAD, ...UP, 'activate', 'deactivate', 'notify'],
      ...['clear data', 'clear queues', ...DOWN, 'advance'],
      ...[...LOAD, ...UP, 'activate', 'deactivate', 'notify'],
    ]);
    expect(session.root.getSnapshot().output).toEqual({ ok: true });
  });

  it.each([
    'choose',
    'check AAPL,GONE',
    'queues AAPL',
    'quality up',
    'scan',
    'activate',
    'notify',
    'clear queues',
    'scanner down',
    'advance',
  ])('ends in failed, with the reason, when %s throws', async (breaks) => {
    const session = start(2, { breaks });
    void nextClose(session, 0).catch(() => {});
    await session.reach('failed');
    const output = session.root.getSnapshot().output;
    expect(output).toEqual({ ok: false, reason: expect.stringContaining(`${breaks} broke`) });
    expect(session.ran.at(-1)).toBe(breaks);
  });

  it('fails when an actor leaves its setup unanswered', async () => {
    const session = start(1, { silent: 'scanner up' });
    await session.reach('failed');
    expect(session.root.getSnapshot().output).toEqual({
      ok: false,
      reason: 'scanner did not answer actor.setup within 0.03 s',
    });
  });

  it('stands still while paused and goes on when resumed', async () => {
    const session = start(1);
    await session.reach('active');
    await expect.poll(() => session.pumps[0]?.slices).toBe(3);
    session.root.send({ type: 'session.pause' });
    const active = () => session.root.getSnapshot().children.active?.getSnapshot().value;
    expect(active()).toBe('paused');
    session.root.send({ type: 'session.resume' });
    expect(active()).toBe('streaming');
    expect(session.pumps).toHaveLength(2);
  });

  it('honours a pause that comes while the session opens', async () => {
    const session = start(1);
    const active = () => session.root.getSnapshot().children.active?.getSnapshot().value;
    let asked = false;
    session.root.subscribe(() => {
      if (asked || active() !== 'activating') return;
      asked = true;
      session.root.send({ type: 'session.pause' });
    });
    await expect.poll(active).toBe('paused');
    expect(session.pumps.reduce((sum, { slices }) => sum + slices, 0)).toBe(0);
  });

  it.each(['validating', 'initializing', 'active'])(
    'stops when asked to while %s',
    async (state) => {
      const session = start(2);
      await session.reach(state);
      session.root.send({ type: 'session.stop' });
      expect(session.root.getSnapshot().value).toBe('stopped');
    },
  );

  it('refuses, on the record, what its state does not handle', async () => {
    const session = start(1);
    session.root.send({ type: 'session.pause' });
    session.root.send({ type: 'symbol.bogus' } as never);
    expect(session.refused).toEqual(['session.pause', 'symbol.bogus']);
  });

  it('knows every actor that it sets up', () => {
    const session = start(1);
    expect(Object.keys(session.root.getSnapshot().children)).toEqual(
      expect.arrayContaining([...SESSION_ACTORS]),
    );
  });
});
