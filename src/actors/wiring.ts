/** Gives the charts their work: every step of every phase, provided by name. */
import { type ActorRefFrom, fromPromise, waitFor } from 'xstate';
import { activeMachine } from '../machines/active.machine.ts';
import { endingMachine } from '../machines/ending.machine.ts';
import { initializationMachine } from '../machines/initialization.machine.ts';
import {
  type ChangeInput,
  insertionMachine,
  type SettleInput,
} from '../machines/insertion.machine.ts';
import { lifecycleMachine } from '../machines/lifecycle.machine.ts';
import { type CheckInput, type LoadingInput, loadingMachine } from '../machines/loading.machine.ts';
import { type ScanInput, type ScannerInput, scannerMachine } from '../machines/scanner.machine.ts';
import { scannerId, scanningMachine } from '../machines/scanning.machine.ts';
import { sessionMachine } from '../machines/session.machine.ts';
import { teardownMachine } from '../machines/teardown.machine.ts';
import { validationMachine } from '../machines/validation.machine.ts';
import type { Demand } from './demand.ts';
import type { Engine } from './engine.ts';
import { calculateHistorical } from './historicalIndicators.ts';
import { loadHistory, scoreHistory } from './historyLoading.ts';
import { registerIndicators } from './indicatorSeries.ts';
import { applyChanges, settleInsertion } from './insertion.ts';
import * as loading from './loading.ts';
import * as phases from './phases.ts';
import { createPump, type SliceSize } from './pump.ts';
import * as validation from './validation.ts';

export interface Wiring {
  readonly engine: Engine;
  readonly demand: Demand;
  readonly slice: SliceSize;
  /** Refuses a message on the record. */
  refuse(message: string, state: string): void;
}

/** The session chart with all its work in place. */
export function wire({ engine, demand, slice, refuse }: Wiring) {
  const work = (run: (engine: Engine, signal: AbortSignal) => void | Promise<void>) =>
    fromPromise<void, void>(({ signal }) => perform(engine, signal, () => run(engine, signal)));
  const load = (run: (engine: Engine, symbols: readonly string[]) => void) =>
    fromPromise<void, LoadingInput>(({ input, signal }) =>
      perform(engine, signal, () => run(engine, input.symbols)),
    );
  const actor = (name: string) =>
    lifecycleMachine.provide({
      actors: {
        setUp: work(() => setUp(engine, name)),
        tearDown: work(() => tearDown(engine, name)),
      },
    });
  const withInput = <Input>(run: (engine: Engine, input: Input) => void | Promise<void>) =>
    fromPromise<void, Input>(({ input, signal }) =>
      perform(engine, signal, () => run(engine, input)),
    );

  /** The same of a scanner, which works beside the charts that serve it. */
  const ofScanner = <Input>(run: (engine: Engine, input: Input) => Promise<void>) =>
    fromPromise<void, Input>(({ input, signal }) =>
      atWork(engine, () => perform(engine, signal, () => run(engine, input), { ofScanner: true })),
    );

  const loadingChart = loadingMachine.provide({
    actors: {
      checkSymbols: fromPromise<readonly string[], CheckInput>(({ input, signal }) => {
        loading.takeWishes(engine, input);
        const check = () => loading.checkSymbols(engine, input, signal);
        return perform(engine, signal, check, { reads: true });
      }),
      registerSymbols: load(loading.registerSymbols),
      loadHistory: load(loadHistory),
      registerIndicators: load(registerIndicators),
      calculateHistorical: load(calculateHistorical),
      loadQueues: load(loading.loadQueues),
      scoreHistory: load(scoreHistory),
      catchUp: load(loading.catchUp),
    },
  });

  const insertion = insertionMachine.provide({
    actors: {
      loading: loadingChart,
      settle: withInput<SettleInput>(settleInsertion),
      applyChanges: withInput<ChangeInput>(applyChanges),
    },
  });
  const scanning = scanningMachine.provide({ actors: { insertion } });

  return sessionMachine.provide({
    actors: {
      validation: validationMachine.provide({
        actors: {
          gatherRequirements: work(validation.gatherRequirements),
          indexData: work(validation.indexData),
          chooseStreams: work(validation.chooseStreams),
        },
      }),
      initialization: initializationMachine.provide({
        actors: {
          loading: loadingChart,
          scanning,
        },
      }),
      active: activeMachine.provide({
        actors: {
          activate: work(phases.activate),
          insertion,
          scanning,
          pump: createPump(engine, demand, slice),
        },
      }),
      ending: endingMachine.provide({
        actors: {
          deactivate: work(phases.deactivate),
          notifyActors: work(phases.notifyActors),
        },
      }),
      teardown: teardownMachine.provide({
        actors: {
          clearData: work(async (_, signal) => {
            const next = engine.sessions[engine.day + 1]!.open;
            // Whoever waits for a symbol gets it when the next session opens.
            const asked = () => engine.inbox.isAwaited;
            await demand.wanted({ next: () => next }, signal, asked);
            // Nor is anything taken from under those who still read it, where the session waits for them.
            const { pace, subscriptions } = engine;
            await demand.met(() => subscriptions.ready || pace !== null || asked(), signal);
            signal.throwIfAborted();
            phases.clearData(engine);
          }),
          clearQueues: work(phases.clearQueues),
          advanceClock: work(phases.advanceClock),
        },
      }),
      processor: actor('processor'),
      quality: actor('quality'),
      scanner: lifecycleMachine.provide({
        actors: {
          setUp: scannerWork(engine, 'scanner.setup', () => setUp(engine, 'scanner')),
          tearDown: scannerWork(engine, 'scanner.teardown', () => tearDown(engine, 'scanner')),
        },
      }),
      strategy: actor('strategy'),
      oneScanner: scannerMachine.provide({
        actors: {
          setUp: ofScanner<ScannerInput>(({ scanners }, { name }) => scanners.setUp(name)),
          scan: ofScanner<ScanInput>(({ scanners }, { name, schedule }) =>
            scanners.scan(name, schedule),
          ),
          tearDown: ofScanner<ScannerInput>(({ scanners }, { name }) =>
            scanners.tearDown(name, (change) => applyChanges(engine, { changes: [change] })),
          ),
        },
      }),
    },
    actions: {
      refuseMessage: ({ event, self }) => refuse(event.type, String(self.getSnapshot().value)),
    },
  });
}

/**
 * Runs a step after the transition that started it is recorded, and commits what it recorded as frames of
 * its own: frames are cut by what happens, never by timing. Executed again, it begins and ends in the recorded order.
 */
async function perform<T>(
  engine: Engine,
  signal: AbortSignal,
  run: () => T | Promise<T>,
  { ofScanner = false, reads = false } = {},
) {
  const { replay } = engine;
  const party = ofScanner ? 'scanner' : 'session';
  replay?.comes();
  await Promise.resolve();
  const wait = replay?.begin(party, { reads });
  if (wait) await wait;
  signal.throwIfAborted();
  engine.cause = engine.recorder.led || null;
  try {
    const result = await run();
    if (replay !== null && !replay.isTurn(party)) await replay.turn(party);
    return result;
  } finally {
    if (!signal.aborted) engine.recorder.commit();
  }
}

/** Asks every scanner in turn, then says what was got or let go. */
function scannerWork(engine: Engine, type: 'scanner.setup' | 'scanner.teardown', say: () => void) {
  return fromPromise<void, void>(({ signal, system, self }) =>
    atWork(engine, async () => {
      for (const name of engine.scanners.names) {
        const scanner = system.get(scannerId(name)) as ActorRefFrom<typeof scannerMachine>;
        scanner.send({ type, replyTo: self });
        await waitFor(scanner, ({ value }) => SETTLED.has(String(value)), { signal });
      }
      await perform(engine, signal, say, { ofScanner: true });
    }),
  );
}

async function atWork({ scanners }: Engine, work: () => Promise<void>): Promise<void> {
  scanners.working += 1;
  try {
    await work();
  } finally {
    // Its chart moves on only now.
    queueMicrotask(() => {
      scanners.working -= 1;
    });
  }
}

/** States in which a scanner has done what it was asked. */
const SETTLED: ReadonlySet<string> = new Set(['idle', 'ready', 'disabled']);

function setUp(engine: Engine, actor: string): void {
  const allocated = phases.ACTOR_WORK[actor]!.setUp(engine);
  engine.record('ActorSetUp', `session/${actor}`, { actor, allocated: { ...allocated } });
}

function tearDown(engine: Engine, actor: string): void {
  const released = phases.ACTOR_WORK[actor]!.tearDown(engine);
  engine.record('ActorTornDown', `session/${actor}`, { actor, released: { ...released } });
}
