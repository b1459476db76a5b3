/**
 * Does everything that can be done to a log to a damaged one, and says what is wrong with the answers.
 *
 * Right is: what was recorded, up to where it is told that the rest is damaged. Wrong is everything else: other
 * facts, an end that nobody speaks of, an error that is none of the documented ones, a folder that was changed
 * by reading it.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  FactFilter,
  FileLog,
  InvariantViolated,
  LogCorrupted,
  type LogReader,
  salvageLog,
  sealLog,
  statsOf,
  UsageError,
} from '../../src/index.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { readJournal } from '../../src/store/journal.ts';
import type { Choices } from '../choices.ts';
import { stateText } from '../simulation/looking.ts';
import type { Damaged } from './mutations.ts';
import { type Files, filesOf, linesIn, linesOf, type Subject, type Truth } from './subjects.ts';

class Wrong extends Error {}

type LogFileReader = Awaited<ReturnType<typeof FileLog.read>>;

export class LogProbe {
  readonly #folder: string;
  readonly #truth: Truth;
  readonly #wanted: readonly string[];

  constructor(folder: string, truth: Truth) {
    this.#folder = folder;
    this.#truth = truth;
    this.#wanted = truth.facts.filter((fact) => this.#isWanted(JSON.parse(fact)));
  }

  /** @throws {Wrong} */
  async probe(subject: Subject, damage: Damaged, choices: Choices): Promise<void> {
    const folder = join(this.#folder, 'case');
    this.#write(folder, damage.files);
    const isSound = this.#check(folder, subject, damage);
    await this.#read(folder, subject, damage, choices);
    expectSame(damage.files, filesOf(folder, true), 'reading has changed');
    // What takes long is tried with some of them.
    if (choices.chance(0.3)) {
      const copy = join(this.#folder, 'salvaged');
      rmSync(copy, { recursive: true, force: true });
      await this.#salvage(folder, copy, isSound, damage);
      expectSame(damage.files, filesOf(folder, true), 'salvaging has changed');
    }
    const last = choices.below(10);
    if (last < 2) await this.#goOn(folder, damage);
    else if (last < 4) await this.#seal(folder, damage);
  }

  #write(folder: string, files: Files): void {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  }

  #check(folder: string, { closed }: Subject, damage: Damaged): boolean {
    const report = tried('checking', () => checkLog(folder), [LogCorrupted, UsageError]);
    if (report === null || report.damage !== null) return false;
    if (damage.inSegments && closed && report.chainHash !== this.#truth.chainHash) {
      throw new Wrong(`checking finds nothing, at fact ${report.position}`);
    }
    if (report.position > this.#truth.facts.length) throw new Wrong('checking finds more facts');
    return true;
  }

  async #read(folder: string, subject: Subject, damage: Damaged, choices: Choices): Promise<void> {
    tried('reading the journal', () => readJournal(folder).map(({ seq, type }) => [seq, type]), []);
    const log = await triedLater('opening', () => FileLog.read(folder), [LogCorrupted, UsageError]);
    if (log === null) return;
    this.#facts(log, subject, damage);
    this.#seek(log, damage, choices);
    const also = choices.below(5);
    if (also === 0) this.#filter(log, subject, damage);
    else if (also === 1) this.#links(log, choices);
    else if (also === 2) this.#stats(log, damage);
    else if (also === 3) this.#state(log, damage, choices);
  }

  #facts(log: LogFileReader, { closed }: Subject, { tampered, inSegments }: Damaged): void {
    const { facts } = this.#truth;
    let read = 0;
    const ended = tried(
      'reading',
      () => {
        for (const frame of log.read()) {
          for (const line of linesOf(frame, log)) {
            if (!tampered && line !== facts[read])
              throw new Wrong(`fact ${read + 1} reads ${line}`);
            read += 1;
          }
        }
        return true;
      },
      tampered ? [LogCorrupted, InvariantViolated] : [LogCorrupted],
    );
    if (ended === null || tampered) return;
    if (read !== log.position) throw new Wrong(`${read} facts were read, of ${log.position}`);
    const saysItEnds = log.manifest.closed === null;
    if (closed && !saysItEnds && read !== facts.length) throw new Wrong(`only ${read} facts`);
    if (!inSegments && read !== facts.length) throw new Wrong(`only ${read} facts were read`);
  }

  #isWanted(fact: { type: string; symbol?: string }): boolean {
    const isOfType = fact.type === 'SignalEmitted' || fact.type === 'QualityScored';
    return isOfType && fact.symbol === 'AAPL';
  }

  #filter(log: LogFileReader, { closed }: Subject, { tampered }: Damaged): void {
    const types = ['Signal*', 'QualityScored'];
    const filter = new FactFilter({ types, symbols: ['AAPL'] });
    const errors = tampered ? [LogCorrupted, InvariantViolated] : [LogCorrupted];
    const all = () => Array.from(filter.facts(log), (fact) => JSON.stringify(fact));
    const found = tried('filtering', all, errors);
    const last = tried('filtering from the end', () => filter.last(log, 3), errors);
    if (tampered || found === null) return;
    if (found.some((line, i) => line !== this.#wanted[i])) throw new Wrong('other facts pass');
    if (closed && log.manifest.closed !== null && found.length !== this.#wanted.length) {
      throw new Wrong(`${found.length} facts pass, of ${this.#wanted.length}`);
    }
    const ends = last?.map((fact) => JSON.stringify(fact));
    if (ends !== undefined && JSON.stringify(ends) !== JSON.stringify(found.slice(-3))) {
      throw new Wrong('the last facts are others');
    }
  }

  #seek(log: LogFileReader, { tampered }: Damaged, choices: Choices): void {
    const { facts } = this.#truth;
    const fact = JSON.parse(choices.of(facts)) as { at: number };
    const found = tried('seeking', () => log.seek(fact.at), [LogCorrupted]);
    if (tampered || found === null) return;
    const last = facts.findLastIndex((line) => JSON.parse(line).at <= fact.at) + 1;
    const right = Math.min(last, log.position);
    if (found !== right) throw new Wrong(`seeking finds ${found}, not ${right}`);
  }

  #links(log: LogFileReader, choices: Choices): void {
    const seq = choices.below(this.#truth.facts.length);
    tried('asking for a link', () => log.linkUpTo(seq), [LogCorrupted]);
    tried('asking for all links', () => [...log.links()], [LogCorrupted]);
    tried('asking for the chain', () => log.chainHash(), [LogCorrupted]);
  }

  #stats(log: LogFileReader, { tampered }: Damaged): void {
    const errors = tampered ? [LogCorrupted, InvariantViolated] : [LogCorrupted];
    const stats = tried('counting', () => statsOf(log), errors);
    if (stats === null || tampered) return;
    if (stats.facts !== log.position) throw new Wrong(`${stats.facts} facts are counted`);
  }

  #state(log: LogFileReader, { tampered }: Damaged, choices: Choices): void {
    const seq = 1 + choices.below(Math.max(1, log.position));
    const errors = tampered ? [LogCorrupted, InvariantViolated] : [LogCorrupted];
    const state = tried('folding', () => stateText(log, seq), errors);
    if (state === null || tampered) return;
    if (state !== this.#truth.stateAt(seq)) throw new Wrong(`the state at ${seq} is another`);
  }

  async #salvage(
    folder: string,
    copy: string,
    isSound: boolean,
    { tampered }: Damaged,
  ): Promise<void> {
    const done = tried('salvaging', () => ({ salvage: salvageLog(folder, copy) }), [
      LogCorrupted,
      UsageError,
    ]);
    if (done === null) return;
    const { salvage } = done;
    if ((salvage === null) !== isSound) throw new Wrong('salvaging and checking disagree');
    if (salvage === null) return;
    const { damage, position } = checkLog(copy);
    if (damage !== null) throw new Wrong(`the copy is damaged: ${damage.message}`);
    if (position !== salvage.position) throw new Wrong('the copy has other facts than it says');
    if (!tampered) await this.#expectPrefix(copy, 'the copy');
  }

  /** Opens it to write, and closes it. */
  async #goOn(folder: string, { tampered, files }: Damaged): Promise<void> {
    const errors = [LogCorrupted, UsageError];
    const log = await triedLater('opening to write', () => FileLog.open(folder), errors);
    if (log === null) {
      const segments = ([name]: [string, Buffer]) => name.endsWith('.log') || name.endsWith('.zst');
      const before = new Map([...files].filter(segments));
      const after = new Map([...filesOf(folder)].filter(segments));
      expectSame(before, after, 'a refusal has changed');
      return;
    }
    await log.close('completed');
    if (tampered) return;
    const { damage } = checkLog(folder);
    if (damage !== null) throw new Wrong(`it was opened and closed, and ${damage.message}`);
    await this.#expectPrefix(folder, 'the log that was opened to write');
  }

  async #seal(folder: string, { tampered }: Damaged): Promise<void> {
    const before = tampered ? null : await readable(folder);
    const sealed = await triedLater('sealing', () => sealLog(folder), [LogCorrupted, UsageError]);
    if (sealed === null || before === null) return;
    const after = await readable(folder);
    if (after !== null && JSON.stringify(before) === JSON.stringify(after)) return;
    throw new Wrong('sealing has changed what is read');
  }

  async #expectPrefix(folder: string, what: string): Promise<void> {
    const lines = linesIn(await FileLog.read(folder));
    const wrong = lines.findIndex((line, i) => line !== this.#truth.facts[i]);
    if (wrong !== -1) throw new Wrong(`${what} holds ${lines[wrong]} as fact ${wrong + 1}`);
  }
}

async function readable(folder: string): Promise<string[] | null> {
  try {
    return linesIn((await FileLog.read(folder)) as LogReader);
  } catch {
    return null;
  }
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** @returns null if it was refused with one of `errors` */
function tried<T>(what: string, attempt: () => T, errors: readonly ErrorClass[]): T | null {
  try {
    return attempt();
  } catch (error) {
    return refused(what, error, errors);
  }
}

async function triedLater<T>(
  what: string,
  attempt: () => Promise<T>,
  errors: readonly ErrorClass[],
): Promise<T | null> {
  try {
    return await attempt();
  } catch (error) {
    return refused(what, error, errors);
  }
}

function refused(what: string, error: unknown, errors: readonly ErrorClass[]): null {
  if (error instanceof Wrong) throw error;
  if (errors.some((known) => error instanceof known)) return null;
  throw new Wrong(`${what} ends with ${(error as Error).stack}`, { cause: error });
}

function expectSame(before: Files, after: Files, what: string): void {
  const names = new Set([...before.keys(), ...after.keys()]);
  for (const name of names) {
    const [a, b] = [before.get(name), after.get(name)];
    if (a === undefined || b === undefined || !a.equals(b)) throw new Wrong(`${what} ${name}`);
  }
}
