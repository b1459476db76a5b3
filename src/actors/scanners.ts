/**
 * The scanner actor: sets up the scanners of a run before each session, lets each look when its time has come,
 * and puts on the record what it found. When any of this happens is the charts' business.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Session } from '../domain/calendar/calendar.ts';
import { sentenceOf } from '../domain/errors.ts';
import type { ControlType, Fields } from '../domain/facts.ts';
import type { Interval } from '../domain/interval.ts';
import type { SessionView } from '../domain/sessionView.ts';
import type { MarketTime } from '../domain/time.ts';
import type { TimeManager } from '../domain/timeManager.ts';
import type { Asked } from '../machines/insertion.machine.ts';
import type { ScanSchedule } from '../machines/scanner.machine.ts';
import type { TrailingDays } from './plans.ts';
import type { Scanner, ScannerContext, ScannerNeeds, ScanResult } from './scanner.ts';
import { type Schedule, scanTimes } from './scanSchedule.ts';
import { symbolNamed } from './symbolName.ts';
import { Verbs, type VerbsRun } from './verbs.ts';

/** A scanner with its name, config and schedules, made once per run. */
export interface NamedScanner {
  readonly name: string;
  readonly scanner: Scanner;
  readonly config: unknown;
  /** What it subscribes to, intervals in canonical spelling. */
  readonly needs: ScannerNeeds;
  readonly preSession: boolean;
  readonly schedules: readonly Schedule[];
}

/** What scanners need of the run they are part of. */
export interface ScannersRun extends VerbsRun {
  readonly view: SessionView;
  readonly time: TimeManager;
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

interface Entry extends NamedScanner {
  readonly by: string;
  readonly context: ScannerContext;
  /** Times at which it looks today, ascending. */
  times: readonly MarketTime[];
  /** The first of them that is still to come. */
  at: number;
  /** Seq of the fact that what it does now follows from. */
  cause: number;
}

const NEVER = Number.POSITIVE_INFINITY;

export class Scanners {
  /** Sends to the charts what a scanner asks for. Set when the charts are wired. */
  deliver: (asked: Asked) => void = () => {};
  /** When the next scan is due. */
  next: MarketTime = NEVER;

  readonly #owner: ScannersRun;
  readonly #entries: readonly Entry[];

  constructor(run: ScannersRun, named: readonly NamedScanner[]) {
    this.#owner = run;
    this.#entries = named.map((each) => this.#entry(each));
    this.bars = named.flatMap(({ needs }) => needs.bars ?? []);
    this.history = named.flatMap(({ needs }) => needs.history ?? []);
  }

  /** Intervals that scanners look at. */
  readonly bars: readonly Interval[];
  /** Bars of earlier days that they look at. */
  readonly history: readonly TrailingDays[];

  get names(): readonly string[] {
    return this.#entries.map(({ name }) => name);
  }

  /** What the charts need to know of them. */
  get charts(): readonly { readonly name: string; readonly preSession: boolean }[] {
    return this.#entries.map(({ name, preSession }) => ({ name, preSession }));
  }

  /** Works out when each scanner looks in the session to come. */
  plan(): void {
    const { session, time } = this.#owner;
    for (const entry of this.#entries) {
      entry.times = scanTimes(entry.schedules, session, time.calendar.zone);
      entry.at = 0;
    }
    this.#findNext();
  }

  /** The scanners whose time has come, in the config's order. What was missed is not made up for. */
  take(now: MarketTime): string[] {
    const due: string[] = [];
    for (const entry of this.#entries) {
      const before = entry.at;
      while (entry.at < entry.times.length && entry.times[entry.at]! <= now) entry.at += 1;
      if (entry.at > before) due.push(entry.name);
    }
    this.#findNext();
    return due;
  }

  /** @throws {Error} what the scanner threw, recorded */
  setUp(name: string): Promise<void> {
    const entry = this.#find(name);
    entry.cause = this.#owner.recorder.seq;
    return this.#run(entry, 'setup', () => entry.scanner.setup?.(entry.context));
  }

  /** One look at the market. @throws {Error} what the scanner threw, recorded */
  scan(name: string, schedule: ScanSchedule): Promise<void> {
    const entry = this.#find(name);
    entry.cause = this.#record(entry, 'ScanStarted', { scanner: name, schedule });
    return this.#run(entry, 'scan', async () => {
      const { symbols, metadata } = checked(await entry.scanner.scan(entry.context));
      this.#record(entry, 'ScanCompleted', { scanner: name, schedule, symbols, metadata });
      const verbs = this.#verbs(entry);
      for (const symbol of symbols) verbs.addSymbol(symbol);
    });
  }

  /**
   * Between two sessions nothing waits for frames: what it wants changed is changed at once.
   *
   * @throws {Error} what the scanner threw, recorded
   */
  async tearDown(name: string, change: (number: number) => Promise<void>): Promise<void> {
    const entry = this.#find(name);
    const { deliver } = this;
    entry.cause = this.#owner.recorder.seq;
    this.deliver = (asked) => void ('change' in asked ? change(asked.change) : deliver(asked));
    try {
      await this.#run(entry, 'teardown', () => entry.scanner.teardown?.(entry.context));
    } finally {
      this.deliver = deliver;
    }
  }

  async #run(entry: Entry, callback: string, call: () => unknown): Promise<void> {
    try {
      await call();
    } catch (error) {
      const reason = sentenceOf(error);
      if (this.#owner.over) throw error;
      this.#record(entry, 'ScanFailed', { scanner: entry.name, callback, reason });
      throw new Error(`scanner "${entry.name}" failed in ${callback}: ${reason}`, { cause: error });
    }
  }

  #record<T extends ControlType>(entry: Entry, type: T, fields: Fields<T>): number {
    // A scan that the end of the run cut off may still be on its way to here.
    if (this.#owner.over) throw new Error('the run is over');
    return this.#owner.record(type, entry.by, fields, entry.cause);
  }

  #find(name: string): Entry {
    return this.#entries.find((entry) => entry.name === name)!;
  }

  #findNext(): void {
    this.next = NEVER;
    for (const { times, at } of this.#entries) this.next = Math.min(this.next, times[at] ?? NEVER);
  }

  #verbs(entry: Pick<Entry, 'by' | 'cause'>): Verbs {
    return new Verbs(this.#owner, {
      addedBy: 'scanner',
      origin: () => ({ by: entry.by, cause: entry.cause }),
      deliver: (asked) => this.deliver(asked),
    });
  }

  #entry(named: NamedScanner): Entry {
    const entry: { -readonly [K in keyof Entry]?: Entry[K] } = {
      ...named,
      by: `session/scanner/${named.name}`,
      times: [],
      at: 0,
      cause: 0,
    };
    entry.context = this.#context(entry as Entry);
    return entry as Entry;
  }

  #context(entry: Entry): ScannerContext {
    const run = this.#owner;
    const verbs = this.#verbs(entry);
    const change = (act: (settle: (reason: string) => void) => void) =>
      new Promise<void>((done, refuse) => {
        act((reason) => (reason === '' ? done() : refuse(new Error(reason))));
      });
    return {
      view: run.view,
      config: entry.config,
      get now() {
        return run.recorder.at;
      },
      get session() {
        const { date, open, close } = run.session;
        return { date, open, close };
      },
      ensureSymbol: async (wanted) => {
        const symbol = symbolNamed(wanted);
        if (verbs.addSymbol(symbol)) await run.inbox.whenSettled(symbol);
        return run.view.symbol(symbol);
      },
      registerIndicator: async (wanted, spec) => {
        let key = '';
        await change((settle) => {
          key = verbs.registerIndicator(symbolNamed(wanted), spec, settle);
        });
        return key;
      },
      addBar: (wanted, interval, bar, options) =>
        change((settle) => verbs.addBar(symbolNamed(wanted), interval, bar, options, settle)),
      removeSymbol: (wanted) =>
        change((settle) => verbs.removeSymbol(symbolNamed(wanted), false, settle)),
      lock: (wanted) => this.#lock(entry, 'SymbolLocked', symbolNamed(wanted)),
      unlock: (wanted) => this.#lock(entry, 'SymbolUnlocked', symbolNamed(wanted)),
      universe: (path) => this.#universe(entry, path),
    };
  }

  #lock(entry: Entry, type: 'SymbolLocked' | 'SymbolUnlocked', symbol: string): void {
    const held = this.#owner.data.symbols.get(symbol);
    if (held === undefined) {
      if (type === 'SymbolUnlocked') return;
      throw new Error(`"${symbol}" is not in the session: add it before it is locked`);
    }
    if (held.locks.has(entry.name) === (type === 'SymbolLocked')) return;
    this.#record(entry, type, { symbol, holder: entry.name });
  }

  /** What a scanner reads from a file is an input of the run. */
  #universe(entry: Entry, path: string): readonly string[] {
    const bytes = readFileSync(resolve(this.#owner.folder, path));
    const symbols = symbolsIn(bytes.toString('utf8'), path);
    const fingerprint = createHash('sha256').update(bytes).digest('hex');
    const read = { scanner: entry.name, file: basename(path), fingerprint, symbols };
    this.#owner.record('UniverseRead', entry.by, read, null);
    return symbols;
  }
}

/** @throws {Error} naming the line that is no symbol */
function symbolsIn(text: string, path: string): string[] {
  const symbols = text.split(/\r?\n/).flatMap((line, i) => {
    const [word = ''] = line.split('#');
    const symbol = word.trim().toUpperCase();
    if (symbol === '') return [];
    if (/^\S+$/.test(symbol)) return [symbol];
    throw new Error(`${path} line ${i + 1}: "${symbol}" is no symbol: write one symbol a line`);
  });
  return [...new Set(symbols)];
}

function checked(result: ScanResult): { symbols: string[]; metadata: Record<string, unknown> } {
  if (typeof result !== 'object' || result === null || !Array.isArray(result.symbols)) {
    throw new TypeError('scan must return { symbols, metadata }, symbols a list');
  }
  const symbols = [...new Set(result.symbols.map(symbolNamed))];
  // What JSON cannot hold would not come back from the log.
  const metadata = JSON.parse(JSON.stringify(result.metadata ?? {})) as Record<string, unknown>;
  return { symbols, metadata };
}
