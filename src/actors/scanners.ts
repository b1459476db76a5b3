/**
 * The scanner actor: sets up the scanners of a run before each session, lets each look when its time has come,
 * and puts on the record what it found. When any of this happens is the charts' business.
 */
import { sentenceOf } from '../domain/errors.ts';
import type { ControlType, Fields } from '../domain/facts.ts';
import type { Interval } from '../domain/interval.ts';
import type { MarketTime } from '../domain/time.ts';
import type { Asked } from '../machines/insertion.machine.ts';
import type { ScanSchedule } from '../machines/scanner.machine.ts';
import type { TrailingDays } from './plans.ts';
import type { Scanner, ScannerContext, ScannerNeeds, ScanResult } from './scanner.ts';
import { type ContextOwner, createContext, type ScannersRun } from './scannerContext.ts';
import { ScannerLine } from './scannerLine.ts';
import { type Schedule, scanTimes } from './scanSchedule.ts';
import type { Around } from './strategies.ts';
import { symbolNamed } from './symbolName.ts';
import { Verbs } from './verbs.ts';

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

const NEVER = Number.POSITIVE_INFINITY;

export class Scanners {
  /** Sends to the charts what a scanner asks for. Set when the charts are wired. */
  deliver: (asked: Asked) => void = () => {};
  /** When the next scan is due. */
  next: MarketTime = NEVER;
  /** Intervals that scanners look at. */
  readonly bars: readonly Interval[];
  /** Bars of earlier days that they look at. */
  readonly history: readonly TrailingDays[];

  readonly #run: ScannersRun;
  readonly #entries: readonly Entry[];

  constructor(run: ScannersRun, named: readonly NamedScanner[], around: Around | null = null) {
    this.#run = run;
    const deliver = (asked: Asked) => this.deliver(asked);
    const others = () => this.#entries;
    this.#entries = named.map((each) => new Entry(run, each, { deliver, others, around }));
    this.bars = named.flatMap(({ needs }) => needs.bars ?? []);
    this.history = named.flatMap(({ needs }) => needs.history ?? []);
  }

  /** How many of them, or of those who ask them, are at work. */
  working = 0;

  /** True while one of them works on something of its own, as long as that takes. */
  get isBusy(): boolean {
    return this.#entries.some(({ isCalled, awaits }) => isCalled && awaits === 0);
  }

  get names(): readonly string[] {
    return this.#entries.map(({ name }) => name);
  }

  /** What the charts need to know of them. */
  get charts(): readonly { readonly name: string; readonly preSession: boolean }[] {
    return this.#entries.map(({ name, named }) => ({ name, preSession: named.preSession }));
  }

  /** Works out when each scanner looks in the session to come. */
  plan(): void {
    const { session, time } = this.#run;
    for (const entry of this.#entries) {
      entry.times = scanTimes(entry.named.schedules, session, time.calendar.zone);
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
    entry.cause = this.#run.recorder.led;
    entry.found = [];
    return entry.call('setup', ({ scanner }, context) => scanner.setup?.(context));
  }

  /** One look at the market. @throws {Error} what the scanner threw, recorded */
  scan(name: string, schedule: ScanSchedule): Promise<void> {
    const entry = this.#find(name);
    entry.cause = this.#run.recorder.led;
    entry.cause = entry.record('ScanStarted', { scanner: name, schedule });
    return entry.call('scan', async ({ scanner }, context) => {
      const result = await scanner.scan(context);
      await entry.turn();
      const { symbols, metadata } = checked(result);
      entry.record('ScanCompleted', { scanner: name, schedule, symbols, metadata });
      entry.found = symbols;
      for (const symbol of symbols) entry.verbs.addSymbol(symbol);
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
    const changes: Promise<void>[] = [];
    this.deliver = (asked) => {
      if ('change' in asked) changes.push(change(asked.change));
    };
    entry.cause = this.#run.recorder.led;
    entry.tearsDown = true;
    try {
      await entry.call('teardown', ({ scanner }, context) => scanner.teardown?.(context));
    } finally {
      try {
        await Promise.all(changes);
      } finally {
        entry.tearsDown = false;
        this.deliver = deliver;
      }
    }
  }

  #find(name: string): Entry {
    return this.#entries.find((entry) => entry.name === name)!;
  }

  #findNext(): void {
    this.next = NEVER;
    for (const { times, at } of this.#entries) this.next = Math.min(this.next, times[at] ?? NEVER);
  }
}

/** One scanner at work: its times today, and on whose account it acts. */
class Entry implements ContextOwner {
  readonly named: NamedScanner;
  readonly by: string;
  readonly verbs: Verbs;
  /** Times at which it looks today, ascending. */
  times: readonly MarketTime[] = [];
  /** The first of them that is still to come. */
  at = 0;
  /** Seq of the fact that what it does now follows from. */
  cause = 0;
  tearsDown = false;
  /** What its last scan of today found. */
  found: readonly string[] = [];
  /** True while a callback of it is at work. */
  isCalled = false;
  /** How many answers it waits for. */
  awaits = 0;
  readonly #line: ScannerLine | null;

  readonly #run: ScannersRun;
  readonly #others: () => readonly Entry[];
  readonly #around: Around | null;

  /** @param others all scanners of the run, itself among them */
  constructor(
    run: ScannersRun,
    named: NamedScanner,
    {
      deliver,
      others,
      around,
    }: {
      deliver: (asked: Asked) => void;
      others: () => readonly Entry[];
      around: Around | null;
    },
  ) {
    this.#run = run;
    this.named = named;
    this.by = `session/scanner/${named.name}`;
    this.verbs = new Verbs(run, {
      addedBy: 'scanner',
      origin: () => ({ by: this.by, cause: this.cause }),
      deliver,
      servesSooner: true,
    });
    this.#line = run.replay === null ? null : new ScannerLine(run.replay, this.verbs, this.name);
    this.#others = others;
    this.#around = around;
  }

  get name(): string {
    return this.named.name;
  }

  get config(): unknown {
    return this.named.config;
  }

  /**
   * Null for what is new, also where the past that was executed again is over: to wait for a turn that is nobody's
   * would let others come first.
   */
  get line(): ScannerLine | null {
    return this.#run.replay?.isOver === false ? this.#line : null;
  }

  /** Where it is executed again, it goes on in the recorded order. */
  async turn(): Promise<void> {
    await this.line?.turn();
  }

  isFoundByOthers(symbol: string): boolean {
    return this.#others().some((other) => other !== this && other.found.includes(symbol));
  }

  record<T extends ControlType>(type: T, fields: Fields<T>): number {
    this.#requireRun();
    return this.#run.record(type, this.by, fields, this.cause);
  }

  recordInput<T extends ControlType>(type: T, fields: Fields<T>): number {
    this.#requireRun();
    return this.#run.record(type, this.by, fields, null);
  }

  /** Calls back into the scanner. @throws {Error} what it threw, recorded */
  async call(
    callback: string,
    act: (named: NamedScanner, context: ScannerContext) => unknown,
  ): Promise<void> {
    // A context is of its callback: what a callback leaves behind would act when the host happens to get to it.
    const work = { goesOn: true };
    this.isCalled = true;
    try {
      const context = createContext(this.#run, this, work);
      const call = () => act(this.named, context);
      await (this.#around === null ? call() : this.#around(`scanner "${this.name}"`, call));
      await this.turn();
    } catch (error) {
      if (this.line !== null) await this.turn();
      if (this.#run.over) throw error;
      const reason = sentenceOf(error);
      const scanner = this.name;
      this.record('ScanFailed', { scanner, callback, reason });
      throw new Error(`scanner "${scanner}" failed in ${callback}: ${reason}`, { cause: error });
    } finally {
      work.goesOn = false;
      this.isCalled = false;
    }
  }

  /** What the end of the run cut off may still be on its way to here. */
  #requireRun(): void {
    if (this.#run.over) throw new Error('the run is over');
  }
}

/** @throws {TypeError} for what is no result of a scan */
function checked(result: ScanResult): { symbols: string[]; metadata: Record<string, unknown> } {
  const { symbols: found, metadata = {} } = (result ?? {}) as Partial<ScanResult>;
  if (!Array.isArray(found) || found.some((symbol) => typeof symbol !== 'string')) {
    throw new TypeError('scan must return { symbols, metadata }, with symbols a list of texts');
  }
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) {
    throw new TypeError('scan must return { symbols, metadata }, with metadata an object');
  }
  const symbols = [...new Set(found.map(symbolNamed))];
  // What JSON cannot hold would not come back from the log.
  return { symbols, metadata: JSON.parse(JSON.stringify(metadata)) };
}
