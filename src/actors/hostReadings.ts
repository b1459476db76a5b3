/**
 * Notices who reads the host's clock or chance while it decides. They are read all the same: this watches and
 * changes no value, and it notes nothing but what callbacks of strategies and scanners do.
 */
import type { HostReading } from './divergence.ts';

type Call = (...args: never[]) => unknown;

const WATCHED: readonly { readonly on: object; readonly name: string; readonly what: string }[] = [
  { on: Math, name: 'random', what: 'Math.random' },
  { on: Date, name: 'now', what: 'Date.now' },
  { on: performance, name: 'now', what: 'performance.now' },
  { on: crypto, name: 'randomUUID', what: 'crypto.randomUUID' },
  { on: crypto, name: 'getRandomValues', what: 'crypto.getRandomValues' },
];

/** Whose callback runs just now, and who keeps the notes; there is one thread. */
let present: { readonly who: string; readonly notes: HostReading[] } | null = null;
/** How many watch at the moment. */
let watchers = 0;
let putBack: (() => void)[] = [];

export class HostReadings {
  readonly found: HostReading[] = [];

  constructor() {
    watchers += 1;
    if (watchers === 1) putBack = [...WATCHED.map(watched), watchedDate()];
  }

  /** Calls back on behalf of `who`. */
  readonly around = <T>(who: string, call: () => T): T => {
    const before = present;
    present = { who, notes: this.found };
    try {
      return call();
    } finally {
      present = before;
    }
  };

  /** Stops watching. */
  close(): void {
    watchers -= 1;
    if (watchers === 0) for (const back of putBack) back();
  }
}

/** Measures of the engine's own, taken while a callback asks it for something, are not the callback's. */
export function unwatched<T>(call: () => T): T {
  const before = present;
  present = null;
  try {
    return call();
  } finally {
    present = before;
  }
}

function note(what: string): void {
  if (present === null) return;
  const { who, notes } = present;
  if (!notes.some((known) => known.who === who && known.what === what)) notes.push({ who, what });
}

/** @returns how to put it back */
function watched({ on, name, what }: (typeof WATCHED)[number]): () => void {
  const own = (on as Record<string, Call>)[name]!;
  const had = Object.getOwnPropertyDescriptor(on, name);
  const value = (...args: never[]) => {
    note(what);
    return own.apply(on, args);
  };
  Object.defineProperty(on, name, { configurable: true, writable: true, value });
  return () => {
    if (had === undefined) delete (on as Record<string, Call>)[name];
    else Object.defineProperty(on, name, had);
  };
}

/** A date without arguments is that of the host. */
function watchedDate(): () => void {
  const own = globalThis.Date;
  globalThis.Date = new Proxy(own, {
    construct(target, args, newTarget) {
      if (args.length === 0) note('new Date()');
      return Reflect.construct(target, args, newTarget === globalThis.Date ? target : newTarget);
    },
    apply(target) {
      note('Date()');
      return target();
    },
  });
  return () => {
    globalThis.Date = own;
  };
}
