/** Notes beside the log, and what goes over the WebSocket of a run in progress. */
import { z } from 'zod';
import { Seq, Side, Time } from './basics.ts';
import { StepUnit } from './log.ts';
import { RunStatus } from './run.ts';

/** What people keep about a run: `notes.json` in its folder. Never part of the log. */
export const Notes = z.object({
  /** Raised by every change. A `PUT` with another revision than the one kept is refused (`conflict`). */
  revision: z.int().nonnegative(),
  notes: z
    .array(
      z.object({
        id: z.string().min(1).max(100),
        seq: Seq,
        log: Side.default('a'),
        text: z.string().max(10_000),
      }),
    )
    .max(1000),
  /** Saved views: a name and the part of the page's address after the `?`, without token. */
  views: z
    .array(z.object({ name: z.string().min(1).max(200), query: z.string().max(4000) }))
    .max(200),
  /** Muted types, actors and symbols, as terms of the filter language. */
  mutes: z.array(z.string().max(200)).max(200),
});
export type Notes = z.output<typeof Notes>;

/** State of the engine behind a live page, as far as control goes. */
export const EngineState = z.object({
  status: RunStatus,
  paused: z.boolean(),
  /** Breakpoints set on the engine, one line each as in `/api/break`. */
  breakpoints: z.array(z.string()),
  /** The breakpoint it stands at, and the fact that hit it; null if it does not. */
  hit: z.object({ on: z.string(), seq: Seq }).nullable(),
});
export type EngineState = z.output<typeof EngineState>;

/** From the server to the page. */
export const LiveMessage = z.discriminatedUnion('type', [
  /** First message: from here on the page is told of everything. */
  z.object({
    type: z.literal('hello'),
    last: Seq,
    at: Time,
    status: RunStatus,
    /** False if the run has ended: nothing will be appended. */
    live: z.boolean(),
    /** Null without `--allow-control`, or where no engine is attached. */
    engine: EngineState.nullable(),
  }),
  /** The log has grown to `last`. Several frames may come as one message; nothing is left out. */
  z.object({
    type: z.literal('appended'),
    last: Seq,
    at: Time,
    /** Facts appended since the message before. */
    count: z.int(),
  }),
  z.object({ type: z.literal('index'), ready: z.boolean(), indexed: Seq, total: Seq }),
  /** The run has ended, or is interrupted. `chainHash` is that of its log. */
  z.object({ type: z.literal('status'), status: RunStatus, last: Seq, chainHash: z.string() }),
  z.object({ type: z.literal('engine'), engine: EngineState }),
  /** The answer to a command that was not carried out. */
  z.object({ type: z.literal('refused'), id: z.int(), message: z.string() }),
  z.object({ type: z.literal('done'), id: z.int() }),
]);
export type LiveMessage = z.output<typeof LiveMessage>;

/** From the page to the engine, with `--allow-control` only. `id` comes back with `done` or `refused`. */
export const ControlMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('pause'), id: z.int() }),
  z.object({ type: z.literal('resume'), id: z.int() }),
  /** Runs on to the next one and pauses there. `event` and `bar` mean the next frame: those are whole. */
  z.object({ type: z.literal('step'), id: z.int(), unit: StepUnit.default('bar') }),
  /** In place of those that were set before. */
  z.object({
    type: z.literal('breakpoints'),
    id: z.int(),
    breakpoints: z.array(z.string().min(1).max(500)).max(50),
  }),
]);
export type ControlMessage = z.output<typeof ControlMessage>;
