/**
 * One run in a faulty world, from its seed: interrupted again and again, each time found as the fault has left it.
 *
 * What must hold, each time: the log opens; what was acknowledged is in it; its facts are those that a calm run has
 * there, and fold to the same state; no fact tells of what the clock has not reached.
 */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  FileLog,
  type LogReader,
  type LogWriter,
  NotResumable,
  openSession,
  RunFailedError,
  resumeSession,
  type Session,
  verifyLog,
} from '../../src/index.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { TroubledFeed } from '../actors/troubledFeed.ts';
import { Choices } from '../choices.ts';
import { DiskWorld, type Fault, layOut } from './diskWorld.ts';
import { FileWorld } from './fileWorld.ts';
import {
  filesIn,
  inMemory,
  linesOf,
  lookAheadIn,
  messagesIn,
  stateText,
  wasStopped,
  withoutLocks,
} from './looking.ts';
import { type Plan, planOf } from './plan.ts';

export interface Simulation {
  readonly seed: number;
  /** What happened in the world, a line each. */
  readonly trace: readonly string[];
  /** What did not hold; null if everything did. */
  readonly broken: string | null;
  readonly facts: number;
  /** How many times it was interrupted. */
  readonly interruptions: number;
}

class Broken extends Error {}

/** How many files of a hundred break off in the middle of a read. */
const BREAKING = 40;

/** What a calm run comes to. */
interface Calm {
  readonly log: LogReader;
  readonly lines: readonly string[];
  /** Of the disk. */
  readonly operations: number;
  /** Messages recorded after each wish. */
  readonly messages: readonly number[];
}

interface Driving {
  /** The fact after which the session is stopped; null: it is not. */
  readonly stop: number | null;
  acknowledge(seq: number): void;
  readonly wishes?: Plan['wishes'];
  /** Called when a wish was asked. */
  asked?(): void;
}

/** Runs the world of a seed in `folder`, which is its own. */
export async function simulate(seed: number, folder: string): Promise<Simulation> {
  const plan = planOf(seed);
  const { kept, bars } = plan;
  const files = kept === 'memory' ? null : new FileWorld(join(folder, 'bars'), kept, bars);
  const world = new World(plan, join(folder, 'run'), files);
  const run = () => world.run();
  try {
    await (files === null ? run() : files.during(new Choices(seed + 0.25), run));
    return world.report(null);
  } catch (error) {
    if (error instanceof Broken) return world.report(error.message);
    return world.report(`unexpected: ${(error as Error).stack}`);
  } finally {
    files?.remove();
    rmSync(join(folder, 'run'), { recursive: true, force: true });
  }
}

class World {
  readonly #plan: Plan;
  readonly #folder: string;
  /** Where the bars are, if they are kept in files. */
  readonly #files: FileWorld | null;
  readonly #choices: Choices;
  readonly #trace: string[] = [];
  #acknowledged = 0;
  #isValidated = false;
  #facts = 0;
  #interruptions = 0;

  constructor(plan: Plan, folder: string, files: FileWorld | null) {
    this.#plan = plan;
    this.#folder = folder;
    this.#files = files;
    this.#choices = new Choices(plan.seed + 0.5);
  }

  report(broken: string | null): Simulation {
    const { seed } = this.#plan;
    const [facts, interruptions] = [this.#facts, this.#interruptions];
    return { seed, trace: this.#trace, broken, facts, interruptions };
  }

  async run(): Promise<void> {
    const calm = await this.#runCalmly();
    this.#facts = calm.lines.length;
    const ahead = lookAheadIn(calm.log);
    if (ahead !== null) throw new Broken(`something is seen too early ${ahead}`);
    for (const { share, kind } of this.#plan.faults) {
      const stop = kind === 'stop' ? Math.floor(share * calm.lines.length) : null;
      const fault: Fault | null =
        kind === 'stop' ? null : { at: 1 + Math.floor(share * calm.operations), kind };
      await this.#attempt({ calm, fault, stop });
    }
    await this.#attempt({ calm, fault: null, stop: null });
    await this.#expectWhole(calm);
  }

  /** The run is over: its log is that of the calm one, and comes out the same when it is executed again. */
  async #expectWhole(calm: Calm): Promise<void> {
    const { damage, chainHash, position } = checkLog(this.#folder);
    if (damage !== null || chainHash !== calm.log.chainHash()) {
      throw new Broken(`the end is another: ${position} facts, calmly ${calm.lines.length}`);
    }
    if ((await FileLog.read(this.#folder)).manifest.closed === null) {
      throw new Broken('it is over, and its manifest does not say so');
    }
    const { strategies } = this.#plan.options;
    const report = await verifyLog(this.#folder, { data: this.#feed(), strategies: strategies! });
    if (!report.ok) throw new Broken(`verifying finds ${JSON.stringify(report)}`);
    this.#tell(`is whole: ${report.facts} facts verified`);
  }

  async #runCalmly(): Promise<Calm> {
    const disk = this.#disk(null, new Map());
    const session = await this.#open(disk);
    const messages: number[] = [];
    await this.#drive(session, {
      stop: null,
      acknowledge: () => {},
      asked: () => messages.push(messagesIn(session.log)),
    });
    const log = await FileLog.read(this.#folder);
    const lines = linesOf(log);
    this.#tell(`calm: ${lines.length} facts, ${disk.operations} operations of the disk`);
    // Kept in memory: the folder is needed.
    const kept = inMemory(log);
    rmSync(this.#folder, { recursive: true });
    return { log: kept, lines, operations: disk.operations, messages };
  }

  /** Goes on from what is in the folder, up to the fault, and looks at what is there then. */
  async #attempt(options: { calm: Calm; fault: Fault | null; stop: number | null }): Promise<void> {
    const { calm, fault, stop } = options;
    const files = filesIn(this.#folder);
    // What was recorded before the data was looked at is taken back, and recorded anew.
    if (!this.#isValidated) this.#acknowledged = 0;
    const disk = this.#disk(fault, files);
    const isNew = !files.has('manifest.json');
    if (isNew) rmSync(this.#folder, { recursive: true, force: true });
    this.#tell(`${isNew ? 'begins' : 'goes on'}, ${fault?.kind ?? (stop ? 'stop' : 'calm')}`);
    let failure: unknown = null;
    let session: Session | null = null;
    try {
      session = isNew ? await this.#open(disk) : await this.#resume(disk);
      const asked = isNew ? 0 : messagesIn(session.log);
      const done = calm.messages.filter((messages) => messages <= asked).length;
      await this.#drive(session, {
        stop,
        acknowledge: (seq) => this.#acknowledge(seq),
        wishes: this.#plan.wishes.slice(isNew ? 0 : done),
      });
    } catch (error) {
      failure = error;
      // Its log may fail before it is asked for anything: then it is nobody else who lets go of its data.
      await session?.close().catch(() => {});
    }
    if (failure instanceof NotResumable && failure.isComplete) this.#tell('was complete');
    else if (failure !== null) this.#expectTold(failure, disk);
    if (disk.struck !== null) this.#interruptions += 1;
    layOut(this.#folder, withoutLocks(disk.wreck()));
    await this.#expectIntact(calm);
  }

  /** Also after the fault: what was synced before it may be told of a moment later. It has to be there all the same. */
  #acknowledge(seq: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, seq);
  }

  #expectTold(failure: unknown, disk: DiskWorld): void {
    const { name, message } = failure as Error;
    if (failure instanceof Broken) throw failure;
    this.#tell(`it ends with ${name}: ${message}`);
    if (disk.struck === null)
      throw new Broken(`nothing was wrong, and ${(failure as Error).stack}`);
    const isTold = name === 'LogWriteFailed' || failure instanceof RunFailedError;
    if (isTold && message.includes('the log cannot be written')) return;
    throw new Broken(`a failing disk is told as ${(failure as Error).stack}`);
  }

  async #open(disk: DiskWorld): Promise<Session> {
    const { options, slice, segmentBytes } = this.#plan;
    const session = await openSession({
      ...options,
      data: this.#feed(),
      log: this.#folder,
      slice,
      logOptions: { disk, segmentBytes },
    });
    this.#fidget(disk, session);
    return session;
  }

  async #resume(disk: DiskWorld): Promise<Session> {
    const { options, segmentBytes } = this.#plan;
    const session = await resumeSession({
      strategies: options.strategies!,
      data: this.#feed(),
      log: this.#folder,
      slice: this.#choices.of([1, 3, 1000]),
      logOptions: { disk, segmentBytes },
    });
    this.#fidget(disk, session);
    return session;
  }

  /** Pauses and goes on at any moment: nothing that is recorded. */
  #fidget(disk: DiskWorld, session: Session): void {
    disk.onOperation = () => {
      if (session.status !== 'running' || !this.#choices.chance(0.05)) return;
      session.pause();
      setImmediate(() => session.resume());
    };
  }

  async #drive(
    session: Session,
    { stop, acknowledge, wishes = this.#plan.wishes, asked = () => {} }: Driving,
  ): Promise<void> {
    const log = session.log as LogWriter;
    let stopping = false;
    const stopListening = session.onFrame(({ lastSeq }) => {
      if (this.#choices.chance(0.05)) {
        log.durable().then(
          () => acknowledge(lastSeq),
          () => {},
        );
      }
      if (stop !== null && lastSeq >= stop && !stopping) {
        stopping = true;
        this.#tell(`is stopped after fact ${lastSeq}`);
        void session.stop().catch(() => {});
      }
    });
    try {
      for (const { at, what, ask } of wishes) {
        await session.runUntil(at);
        if (stopping || session.status !== 'running') break;
        this.#tell(`${new Date(at).toISOString()}: ${what}`);
        await ask(session);
        asked();
      }
      await session.finish();
      acknowledge(log.position);
    } finally {
      stopListening();
    }
  }

  #feed(): TroubledFeed {
    const { bars, reads, seed } = this.#plan;
    const files = this.#files;
    const feed = new TroubledFeed(files?.feed() ?? bars);
    const failed = new Set<string>();
    const mayFail = (name: string, share: number) =>
      crc32(`${seed} ${name}`) % 100 < share && !failed.has(name);
    if (files !== null) {
      feed.reading = (read, symbol, interval) => {
        const name = `the file of ${symbol} ${interval}`;
        const breaks = mayFail(name, BREAKING);
        if (breaks) this.#tell(`${name} breaks off, once`);
        failed.add(name);
        return files.reading(read, breaks);
      };
    }
    feed.trouble = async (ask, symbol, interval) => {
      for (let turns = this.#choices.below(reads.turns + 1); turns > 0; turns--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      const name = `${ask} ${symbol} ${interval}`;
      if (ask !== 'read' || !mayFail(name, reads.failing)) return;
      failed.add(name);
      this.#tell(`${name} fails, once`);
      throw new Error(`${symbol} is out of reach`);
    };
    return feed;
  }

  #disk(fault: Fault | null, files: ReadonlyMap<string, Buffer>): DiskWorld {
    const choices = new Choices(this.#choices.below(1 << 30));
    return new DiskWorld(this.#folder, { choices, fault, files, tell: (what) => this.#tell(what) });
  }

  async #expectIntact({ lines, log: calm }: Calm): Promise<void> {
    if (!existsSync(join(this.#folder, 'manifest.json'))) {
      if (this.#acknowledged > 0) throw new Broken('the run is gone');
      this.#tell('nothing is there');
      return;
    }
    const { damage, position, tornBytes } = checkLog(this.#folder);
    if (damage !== null) throw new Broken(`the log is damaged: ${damage.message}`);
    this.#tell(`it has ${position} facts and ${tornBytes} torn bytes`);
    if (position < this.#acknowledged) {
      throw new Broken(`of ${this.#acknowledged} acknowledged facts ${position} are left`);
    }
    const log = await FileLog.read(this.#folder);
    const found = linesOf(log);
    this.#isValidated = found.some((line) => line.includes('"type":"StreamsValidated"'));
    const wrong = found.findIndex((line, i) => line !== lines[i]);
    if (wrong !== -1 && !wasStopped(found)) {
      throw new Broken(`fact ${wrong + 1} is ${found[wrong]}, calmly ${lines[wrong]}`);
    }
    const same = wrong === -1 ? position : wrong;
    // What followed from a stop is taken back.
    if (wrong !== -1) this.#acknowledged = Math.min(this.#acknowledged, wrong);
    if (same > 0 && stateText(log, same) !== stateText(calm, same)) {
      throw new Broken(`the state at ${same} is another`);
    }
  }

  #tell(what: string): void {
    this.#trace.push(what);
  }
}
