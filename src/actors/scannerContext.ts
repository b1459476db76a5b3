/** What a scanner is given to work with: the view, the clock and the verbs, each on the record. */
import type { Session } from '../domain/calendar/calendar.ts';
import type { ControlType, Fields } from '../domain/facts.ts';
import type { SessionView } from '../domain/sessionView.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import { awaitedEntry } from '../store/awaitedSymbols.ts';
import type { JournalEntry } from '../store/journal.ts';
import type { Replay } from './replay.ts';
import type { ScannerContext } from './scanner.ts';
import type { ScannerLine } from './scannerLine.ts';
import { symbolNamed } from './symbolName.ts';
import { readUniverse } from './universe.ts';
import type { Verbs, VerbsRun } from './verbs.ts';

/** What scanners need of the run they are part of. */
export interface ScannersRun extends VerbsRun {
  readonly view: SessionView;
  readonly time: TimeManager;
  readonly replay: Replay | null;
  readonly session: Session;
  journal(entry: JournalEntry): void;
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
  /** How many answers it waits for. */
  awaits: number;
  /** Its place in the recorded order; null for a run that is new from its first fact on. */
  readonly line: ScannerLine | null;
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
      const note = () => void owner.recordInput('UniverseRead', read);
      const { line } = owner;
      if (line === null) note();
      else line.record(note);
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
  const { name: scanner, verbs } = owner;
  const requireSession = (verb: AskingVerb) => {
    requireWork(verb);
    if (!owner.tearsDown) return;
    throw new Error(`${verb} cannot be asked in teardown: the session is over`);
  };
  const quietly = <T>(act: () => Promise<T>) => answered(owner, act);
  return {
    ensureSymbol: (wanted) =>
      quietly(async () => {
        requireSession('ensureSymbol');
        const symbol = symbolNamed(wanted);
        const ask = () => {
          if (verbs.isComing(symbol))
            run.journal(awaitedEntry({ seq: run.recorder.seq, scanner, symbol }));
          return verbs.addSymbol(symbol);
        };
        const { line } = owner;
        const comes = line === null ? ask() : await line.symbol(symbol, ask);
        if (comes) await run.inbox.whenSettled(symbol);
        return run.view.symbol(symbol);
      }),
    registerIndicator: (wanted, spec) =>
      quietly(async () => {
        requireSession('registerIndicator');
        const symbol = symbolNamed(wanted);
        let key = '';
        const ask = (settle: Settle) => {
          key = verbs.registerIndicator(symbol, spec, settle);
        };
        const { line } = owner;
        await changed(ask, line && ((act) => line.indicator(symbol, spec, act)));
        return key || run.plan(spec).key;
      }),
    addBar: (wanted, interval, bar, options) =>
      quietly(async () => {
        requireSession('addBar');
        const symbol = symbolNamed(wanted);
        const ask = (settle: Settle) => verbs.addBar(symbol, interval, bar, options, settle);
        const { line } = owner;
        await changed(ask, line && ((act) => line.change(act)));
      }),
    removeSymbol: (wanted) =>
      quietly(async () => {
        requireWork('removeSymbol');
        const ask = (settle: Settle) => verbs.removeSymbol(symbolNamed(wanted), false, settle);
        const { line } = owner;
        await changed(ask, line && ((act) => line.change(act)));
      }),
  };
}

type Settle = (reason: string) => void;

/**
 * Resolves when a change is made; rejects with the reason if it is refused.
 *
 * @param inLine asks where that was done before; false: it was not heard then
 */
function changed(
  ask: (settle: Settle) => void,
  inLine: ((act: () => void) => Promise<unknown>) | null,
): Promise<void> {
  return new Promise<void>((done, refuse) => {
    const act = () => ask((reason) => (reason === '' ? done() : refuse(new Error(reason))));
    if (inLine === null) act();
    else inLine(act).then((isHeard) => isHeard === false && done(), refuse);
  });
}

/** A scanner that does not wait for an answer need not hear that it is a refusal: that is on the record. */
function answered<T>(owner: ContextOwner, act: () => Promise<T>): Promise<T> {
  owner.awaits += 1;
  const answer = act();
  const end = () => {
    owner.awaits -= 1;
  };
  answer.then(end, end);
  return answer;
}

function lock(
  run: ScannersRun,
  owner: ContextOwner,
  type: 'SymbolLocked' | 'SymbolUnlocked',
  symbol: string,
): void {
  const { name: holder, line } = owner;
  const change = () => void owner.record(type, { symbol, holder });
  // Where it is executed again and others come first, the record knows what it will have come to.
  if (line?.waits && line.isNext(type, { symbol })) {
    line.record(change);
    return;
  }
  const held = run.data.symbols.get(symbol);
  if (held === undefined) {
    if (type === 'SymbolUnlocked') return;
    throw new Error(`"${symbol}" is not in the session: add it before it is locked`);
  }
  if (held.locks.has(holder) === (type === 'SymbolLocked') || line?.waits) return;
  change();
}
