/** The steps of Phases 1, 3 and 4: making way, opening, ending. */
import type { Engine } from './engine.ts';

/** Phase 1a. */
export function clearData(engine: Engine): void {
  const { date } = engine.session;
  const symbols = engine.data.symbols.size;
  engine.record('SessionTornDown', 'session/teardown', { date, symbols });
}

/** Phase 1b. */
export function clearQueues(engine: Engine): void {
  const bars = engine.tracks.reduce((sum, { queued, cursor }) => sum + queued - cursor, 0);
  for (const track of engine.tracks) track.clear();
  engine.record('QueuesCleared', 'session/teardown', { date: engine.session.date, bars });
}

/** Phase 1, step 2. */
export function advanceClock(engine: Engine): void {
  const from = engine.recorder.at;
  engine.market.forgetUntil(engine.session.date);
  engine.tracks = [];
  engine.bars += engine.loop?.bars ?? 0;
  engine.loop = null;
  engine.day += 1;
  engine.recorder.advance(engine.session.open);
  engine.record('ClockAdvanced', 'session/clock', { from, to: engine.session.open });
}

/** Phase 3: from here on the session streams. */
export function activate(engine: Engine): void {
  const { date, open, close } = engine.session;
  const symbols = engine.tracks.map((track) => track.symbol);
  if (symbols.length > 0) engine.sessionsWithSymbols += 1;
  const activated = engine.record('SessionActivated', 'session/active', {
    date,
    open,
    close,
    symbols,
  });
  engine.scanners.plan();
  engine.startLoop();
  engine.strategies.notify('onSessionStart', activated);
  for (const [symbol, reason] of engine.data.refused) {
    engine.strategies.refused(symbol, reason, activated);
  }
}

/** Phase 4. */
export function deactivate(engine: Engine): void {
  const { date } = engine.session;
  const symbols = engine.tracks.map((track) => track.symbol);
  engine.record('SessionEnded', 'session/ending', { date, bars: engine.loop?.bars ?? 0, symbols });
}

/** Phase 4: scanner and strategy hear of it. @throws {Error} if no day of the run had a symbol */
export function notifyActors(engine: Engine): void {
  engine.strategies.notify('onSessionEnd', engine.recorder.led);
  const last = engine.day === engine.sessions.length - 1;
  if (last && engine.sessionsWithSymbols === 0) {
    throw new Error(
      `no symbol could be loaded on any of the ${engine.sessions.length} sessions; ` +
        'the reasons are the SymbolRefused facts of the log',
    );
  }
}

/** What each actor gets at setup and lets go at teardown, and says so in its fact. */
export const ACTOR_WORK: Readonly<
  Record<string, { setUp(engine: Engine): object; tearDown(engine: Engine): object }>
> = {
  processor: {
    setUp: (engine) => processorLoad(engine),
    tearDown: (engine) => {
      const released = processorLoad(engine);
      engine.processor.endSession([...engine.known.values()]);
      return released;
    },
  },
  quality: {
    setUp: ({ tracks }) => ({ series: tracks.length }),
    tearDown: ({ tracks }) => ({ series: tracks.length }),
  },
  scanner: {
    setUp: ({ scanners }) => ({ scanners: [...scanners.names] }),
    tearDown: ({ scanners }) => ({ scanners: [...scanners.names] }),
  },
  strategy: {
    setUp: (engine) => {
      engine.strategies.attach(engine.tracks);
      engine.strategies.notify('setup', engine.recorder.led);
      return strategyLoad(engine);
    },
    tearDown: (engine) => {
      engine.strategies.notify('teardown', engine.recorder.led);
      const released = strategyLoad(engine);
      engine.strategies.attach([]);
      return released;
    },
  },
};

function strategyLoad({ strategies }: Engine): object {
  return { strategies: [...strategies.names], series: strategies.heard };
}

function processorLoad({ tracks }: Engine): object {
  const lanes = tracks.flatMap((track) => track.lanes);
  return {
    symbols: tracks.length,
    series: lanes.length,
    indicators: lanes.reduce((sum, lane) => sum + lane.runners.length, 0),
  };
}
