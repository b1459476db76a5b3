/**
 * The pump: runs one slice of frames for every `slice.run` and tells the chart how it ended.
 *
 * A slice is cut after about 8 ms, so that messages get in, after a number of frames, or where the next
 * instant has to wait. Where it is cut is never recorded.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { fromCallback } from 'xstate';
import { sentenceOf } from '../domain/errors.ts';
import type { ActiveMessage, PumpMessage } from '../machines/active.machine.ts';
import type { Demand } from './demand.ts';
import type { Engine } from './engine.ts';
import type { SliceLimit, SliceOutcome } from './frameLoop.ts';
import { Gate } from './gate.ts';

/** Frames of one slice; `auto` goes by time. */
export type SliceSize = number | 'auto';

const SLICE_MS = 8;
/** Looking at the host's clock for every frame would cost as much as a small frame. */
const FRAMES_PER_LOOK = 16;
/** Beyond so many bytes not yet durable, wait for the log, which holds them in memory. */
const BACKLOG_MAX = 4 * 1024 * 1024;

const PAUSED: SliceOutcome = { kind: 'paused' };
/** Why a pump stops; without a reason an error would be made, with its stack, for each. */
const STOPPED = 'the pump was stopped';

export function createPump(engine: Engine, demand: Demand, size: SliceSize) {
  return fromCallback<PumpMessage>(({ sendBack, receive }) => {
    const stopped = new AbortController();
    const tell = (message: ActiveMessage) => sendBack(message);
    engine.streams = true;
    engine.pace?.go();
    receive(() => {
      runSlice(engine, demand, size, stopped.signal).then(
        (outcome) => {
          // Nobody hears a pump that was stopped meanwhile: what it has found is left for the next slice.
          if (!stopped.signal.aborted) tell(messageOf(engine, outcome));
        },
        (error: unknown) => {
          const reason = sentenceOf(error);
          if (!stopped.signal.aborted) tell({ type: 'feed.fail', reason });
        },
      );
    });
    return () => {
      stopped.abort(STOPPED);
      engine.streams = false;
      engine.pace?.stand();
    };
  });
}

async function runSlice(
  engine: Engine,
  demand: Demand,
  size: SliceSize,
  signal: AbortSignal,
): Promise<SliceOutcome> {
  await nextTurn();
  const loop = engine.loop!;
  const gate = new Gate(engine, demand);
  const { log } = engine.recorder;
  if (log.backlog > BACKLOG_MAX) await engine.metrics.waitFor('log', log.durable());
  if (signal.aborted) return PAUSED;
  // What was asked for outside of frames comes before the next one.
  if (!engine.inbox.isEmpty) return PAUSED;
  if (!loop.over) await gate.opened(signal);
  if (signal.aborted || !(loop.over || gate.enters())) return PAUSED;
  const cut = limitOf(size);
  engine.interrupted = false;
  return loop.run((instants, recorded) => {
    gate.passed(engine.recorder.at);
    if (recorded) demand.framed();
    if (engine.replay?.cutsHere()) return true;
    if (cut(instants, recorded) || engine.interrupted || loop.over) return true;
    // Whoever awaits gets a turn between two frames.
    return (recorded && engine.subscriptions.any) || !gate.enters();
  });
}

/** How a slice ended, with what it has left to be done; that is the chart's from here on. */
function messageOf({ inbox, loop }: Engine, outcome: SliceOutcome): ActiveMessage {
  if (outcome.kind === 'failed') return { type: 'feed.fail', reason: outcome.reason };
  if (outcome.kind === 'scans') return { type: 'scan.begin', scanners: loop!.takeScans() };
  // What was asked for at the close is served before the session ends.
  if (outcome.kind === 'closed' && inbox.isEmpty) return { type: 'feed.close' };
  return { type: 'slice.end', asked: inbox.take() };
}

function limitOf(size: SliceSize): SliceLimit {
  if (size !== 'auto') return (frames) => frames >= size;
  const until = performance.now() + SLICE_MS;
  return (frames) => frames % FRAMES_PER_LOOK === 0 && performance.now() >= until;
}
