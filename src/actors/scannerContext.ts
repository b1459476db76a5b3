/** What a scanner is given to work with: the view, the clock and the verbs, each on the record. */
import type { Session } from '../domain/calendar/calendar.ts';
import type { ControlType, Fields } from '../domain/facts.ts';
import type { SessionView } from '../domain/sessionView.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import type { Replay } from './replay.ts';
import type { ScannerContext } from './scanner.ts';
import { symbolNamed } from './symbolName.ts';
import { readUniverse } from './universe.ts';
import type { Verbs, VerbsRun } from './verbs.ts';

/** What scanners need of the run they are part of. */
export interface ScannersRun extends VerbsRun {
  readonly view: SessionView;
  readonly time: TimeManager;
  readonly replay: Replay | null;
  readonly session: Session;
  /** Where relative paths start. */
  readonly folder: string;
  record<T extends ControlType>(
    type: T,
    by: string,
    fields: Fields<T>,
    cause: number | null,
  ): number;
}

/** The scanner that a context is for. */
export interface ContextOwner {
  readonly name: string;
  readonly config: unknown;
  /** True while it is torn down: nothing can be added to a session that is over. */
  readonly tearsDown: boolean;
  readonly verbs: Verbs;
  record<T extends ControlType>(type: T, fields: Fields<T>): number;
  isFoundByOthers(symbol: string): boolean;
  /** Records what came from outside. */
  recordInput<T extends ControlType>(type: T, fields: Fields<T>): number;
}

/** Whether the callback that a context was given to still runs. */
export interface Work {
  goesOn: boolean;
}

export function createContext(run: ScannersRun, owner: ContextOwner, work: Work): ScannerContext {
  const requireWork = (verb: string) => {
    if (work.goesOn) return;
    throw new Error(`${verb} was asked for after the callback had ended: await what it starts`);
  };
  return {
    ...verbsOf(run, owner, requireWork),
    view: run.view,
    config: owner.config,
    get now() {
      return run.recorder.at;
    },
    get session() {
      const { date, open, close } = run.session;
      return { date, open, close };
    },
    sessionOf: (date) => run.time.session(date),
    lock: (wanted) => {
      requireWork('lock');
      lock(run, owner, 'SymbolLocked', symbolNamed(wanted));
    },
    unlock: (wanted) => {
      requireWork('unlock');
      lock(run, owner, 'SymbolUnlocked', symbolNamed(wanted));
    },
    isFoundByOthers: (wanted) => owner.isFoundByOthers(symbolNamed(wanted)),
    universe: (path) => {
      requireWork('universe');
      const { file, fingerprint, symbols } = readUniverse(path, run.folder);
      const read = { scanner: owner.name, file, fingerprint, symbols: [...symbols] };
      owner.recordInput('UniverseRead', read);
      return symbols;
    },
  };
}

type AskingVerb = 'ensureSymbol' | 'registerIndicator' | 'addBar' | 'removeSymbol';

/** What is asked of the charts and answered by a promise. */
function verbsOf(
  run: ScannersRun,
  owner: ContextOwner,
  requireWork: (verb: string) => void,
): Pick<ScannerContext, AskingVerb> {
  const { verbs } = owner;
  const requireSession = (verb: AskingVerb) => {
    requireWork(verb);
    if (!owner.tearsDown) return;
    throw new Error(`${verb} cannot be asked in teardown: the session is over`);
  };
  return {
    ensureSymbol: (wanted) =>
      quietly(async () => {
        requireSession('ensureSymbol');
        const symbol = symbolNamed(wanted);
        if (verbs.addSymbol(symbol)) await run.inbox.whenSettled(symbol);
        return run.view.symbol(symbol);
      }),
    registerIndicator: (wanted, spec) =>
      quietly(async () => {
        requireSession('registerIndicator');
        let key = '';
        await changed((settle) => {
          key = verbs.registerIndicator(symbolNamed(wanted), spec, settle);
        });
        return key;
      }),
    addBar: (wanted, interval, bar, options) =>
      quietly(async () => {
        requireSession('addBar');
        const symbol = symbolNamed(wanted);
        await changed((settle) => verbs.addBar(symbol, interval, bar, options, settle));
      }),
    removeSymbol: (wanted) =>
      quietly(async () => {
        requireWork('removeSymbol');
        await changed((settle) => verbs.removeSymbol(symbolNamed(wanted), false, settle));
      }),
  };
}

/** Resolves when a change is made; rejects with the reason if it is refused. */
function changed(ask: (settle: (reason: string) => void) => void): Promise<void> {
  return new Promise<void>((done, refuse) => {
    ask((reason) => (reason === '' ? done() : refuse(new Error(reason))));
  });
}

/** A scanner that does not wait for an answer need not hear that it is a refusal: that is on the record. */
function quietly<T>(act: () => Promise<T>): Promise<T> {
  const answer = act();
  answer.catch(() => {});
  return answer;
}

function lock(
  run: ScannersRun,
  owner: ContextOwner,
  type: 'SymbolLocked' | 'SymbolUnlocked',
  symbol: string,
): void {
  const held = run.data.symbols.get(symbol);
  if (held === undefined) {
    if (type === 'SymbolUnlocked') return;
    throw new Error(`"${symbol}" is not in the session: add it before it is locked`);
  }
  if (held.locks.has(owner.name) === (type === 'SymbolLocked')) return;
  owner.record(type, { symbol, holder: owner.name });
}
