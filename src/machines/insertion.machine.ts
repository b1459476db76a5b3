/**
 * Serves what was asked for while frames stand still, in the order it was asked: symbols go through the load of
 * Phase 2, other changes are made one after another.
 *
 *   deciding ─▶ loading ─▶ settling ─▶ deciding        deciding ─▶ done
 *       └─────▶ changing ────────────────▲             any ─▶ failed
 *
 * Used wherever something can be added: in an active session, and while scanners are at work.
 */
import { assign, setup } from 'xstate';
import { loadingMachine } from './loading.machine.ts';
import { type CanFail, type Outcome, onError, outcomeOf, reasonOf, step, thenTo } from './step.ts';

/** One thing that was asked for: a symbol to load, or another change, by its number. */
export type Asked = { readonly symbol: string } | { readonly change: number };

/** How it is asked for. */
export type AskMessage =
  | { type: 'symbol.add'; symbol: string }
  /** A change that waits to be made, by its number. */
  | { type: 'session.change'; change: number };

/** What a message asks for; nothing if it is none of those that ask. */
export function askedIn(message: { readonly type: string }): readonly Asked[] {
  const asking = message as AskMessage;
  if (asking.type === 'symbol.add') return [{ symbol: asking.symbol }];
  return asking.type === 'session.change' ? [{ change: asking.change }] : [];
}

export interface InsertionInput {
  readonly asked: readonly Asked[];
}

/** What was loaded; a reason means that the load failed and nothing of it may remain. */
export interface SettleInput {
  readonly symbols: readonly string[];
  readonly reason: string;
}

export interface ChangeInput {
  readonly changes: readonly number[];
}

export interface InsertionContext extends CanFail, InsertionInput {
  /** Symbols being loaded. */
  readonly symbols: readonly string[];
  /** Changes being made. */
  readonly changes: readonly number[];
  /** Why the load failed; empty if it did not. */
  readonly loadReason: string;
}

export const insertionMachine = setup({
  types: {
    input: {} as InsertionInput,
    context: {} as InsertionContext,
    output: {} as Outcome,
  },
  actors: {
    loading: loadingMachine,
    /** Tells those who asked how the load ended. */
    settle: step<void, SettleInput>(),
    /** Makes changes that need no load; each is answered. */
    applyChanges: step<void, ChangeInput>(),
  },
  actions: {
    takeSymbols: assign(({ context }) => {
      const all = leading(context.asked, symbolIn);
      // One that is asked for twice is served twice: what it is asked for may differ.
      const twice = all.findIndex((symbol, i) => all.indexOf(symbol) < i);
      const symbols = twice === -1 ? all : all.slice(0, twice);
      return { symbols, asked: context.asked.slice(symbols.length) };
    }),
    takeChanges: assign(({ context }) => {
      const changes = leading(context.asked, changeIn);
      return { changes, asked: context.asked.slice(changes.length) };
    }),
    noteLoad: assign(({ event }) => ({ loadReason: reasonOf(event) })),
    noteReason: assign(({ event }) => ({ reason: reasonOf(event) })),
  },
  guards: {
    symbolIsNext: ({ context }) => symbolIn(context.asked[0]) !== undefined,
    changeIsNext: ({ context }) => changeIn(context.asked[0]) !== undefined,
  },
}).createMachine({
  id: 'insertion',
  context: ({ input }) => ({ ...input, symbols: [], changes: [], loadReason: '', reason: '' }),
  initial: 'deciding',
  output: outcomeOf,
  states: {
    deciding: {
      meta: { description: 'Looks at what was asked for next.' },
      always: [
        { guard: 'symbolIsNext', target: 'loading', actions: 'takeSymbols' },
        { guard: 'changeIsNext', target: 'changing', actions: 'takeChanges' },
        { target: 'done' },
      ],
    },
    loading: {
      meta: { description: 'Loads symbols and brings them up to the clock.' },
      invoke: {
        id: 'loading',
        src: 'loading',
        input: ({ context }) => ({ symbols: context.symbols }),
        onDone: { target: 'settling', actions: 'noteLoad' },
        onError: { target: 'settling', actions: 'noteLoad' },
      },
    },
    settling: {
      meta: { description: 'Takes back what failed and answers those who asked.' },
      invoke: {
        id: 'settle',
        src: 'settle',
        input: ({ context }) => ({ symbols: context.symbols, reason: context.loadReason }),
        ...thenTo('deciding'),
      },
    },
    changing: {
      meta: { description: 'Removes symbols, adds single bars and indicators.' },
      invoke: {
        id: 'changes',
        src: 'applyChanges',
        input: ({ context }) => ({ changes: context.changes }),
        onDone: 'deciding',
        onError,
      },
    },
    done: { type: 'final' },
    failed: { type: 'final' },
  },
});

function symbolIn(asked: Asked | undefined): string | undefined {
  return asked !== undefined && 'symbol' in asked ? asked.symbol : undefined;
}

function changeIn(asked: Asked | undefined): number | undefined {
  return asked !== undefined && 'change' in asked ? asked.change : undefined;
}

/** What the first entries hold, up to the first that is of another kind. */
function leading<T>(
  asked: readonly Asked[],
  held: (asked: Asked | undefined) => T | undefined,
): T[] {
  const taken: T[] = [];
  for (const each of asked) {
    const value = held(each);
    if (value === undefined) break;
    taken.push(value);
  }
  return taken;
}
