/**
 * Lets what charts leave behind die young.
 *
 * At every microstep XState assigns a function to a property of the actor's scope, `actionExecutor`. V8 takes what is
 * assigned like that for a method and allocates it among the old, where it stays until a full collection, and with it
 * all it refers to: the actor, its snapshots and messages, and that for every actor of every session. Here the
 * property is given one function for all actors, which refers to none, and what is assigned later is let go.
 */
import type { AnyActorRef } from 'xstate';

interface Action {
  readonly info: { readonly self: unknown };
}

type Execute = (action: Action) => void;

/** What XState keeps of an actor and does not show. */
interface Inside {
  _actorScope: SharingScope | object;
  readonly _parent?: AnyActorRef;
  readonly system: { _register(sessionId: string): string };
}

class SharingScope {
  #own: Execute | null = null;

  get actionExecutor(): Execute {
    return execute;
  }

  /** The first one is the actor's own. */
  set actionExecutor(given: Execute) {
    this.#own ??= given;
  }

  execute(action: Action): void {
    this.#own!(action);
  }
}

const execute: Execute = (action) => {
  const { _actorScope: scope } = action.info.self as Inside;
  (scope as SharingScope).execute(action);
};

const unlisted = (sessionId: string) => sessionId;

/** To be called of every actor before it makes a step. An XState that keeps other things is left as it is. */
export function letDieYoung(actor: AnyActorRef): void {
  const inside = actor as unknown as Partial<Inside>;
  const { _actorScope: scope, system } = inside;
  if (typeof (scope as Partial<SharingScope> | undefined)?.actionExecutor !== 'function') return;
  inside._actorScope = Object.assign(new SharingScope(), scope);
  // The list of all actors that nobody reads: a map that is filled and emptied keeps garbage alive.
  if (inside._parent === undefined && system?._register !== undefined) system._register = unlisted;
}
