/** One or two runs under inspection: what is asked of them, and how it is told that they have grown. */
import { LogCorrupted } from '../domain/errors.ts';
import type { EngineControl } from './control.ts';
import { NotesFile } from './notesFile.ts';
import { type InspectOptions, openInspected, reopenDamaged } from './openInspected.ts';
import type { AnswerOf, EndpointName, Notes, QuestionOf } from './protocol.ts';
import { answer, type Inspected } from './queries/answers.ts';
import type { InspectedRun } from './queries/inspectedRun.ts';

/** A run by its folder, or one that is in memory. */
export type Inspectable = string | InspectedRun;

export interface InspectionOptions extends InspectOptions {
  /** The second run, to compare the first one with. */
  readonly other?: string;
  readonly control?: EngineControl;
}

export class Inspection implements Inspected {
  a: InspectedRun;
  b: InspectedRun | null;
  readonly engine: EngineControl | null;
  readonly #folders: { readonly a: string | null; readonly b: string | null };
  readonly #options: InspectOptions;
  readonly #notes: NotesFile;

  /** @throws {UsageError} if a folder holds no run */
  constructor(run: Inspectable, { other, control, ...options }: InspectionOptions = {}) {
    const folder = typeof run === 'string' ? run : null;
    this.#folders = { a: folder, b: other ?? null };
    this.#options = options;
    this.a = typeof run === 'string' ? openInspected(run, options) : run;
    this.b = other === undefined ? null : openInspected(other, options);
    this.engine = control ?? null;
    this.#notes = new NotesFile(folder);
  }

  get control(): boolean {
    return this.engine !== null;
  }

  notes(): Notes {
    return this.#notes.read();
  }

  saveNotes(notes: Notes): Notes {
    return this.#notes.write(notes);
  }

  /** Answers a question. What is found to be damaged on the way is shown up to there from then on. */
  async ask<N extends EndpointName>(name: N, question: QuestionOf<N>): Promise<AnswerOf<N>> {
    try {
      return await answer(this, name, question);
    } catch (error) {
      if (!(error instanceof LogCorrupted) || !this.#cutOff()) throw error;
      return answer(this, name, question);
    }
  }

  /** Looks for what was appended, and indexes it. */
  async grow(): Promise<void> {
    try {
      await this.a.grow();
      await this.b?.grow();
    } catch (error) {
      if (!(error instanceof LogCorrupted) || !this.#cutOff()) throw error;
      await this.grow();
    }
  }

  /** Takes damaged logs up to their damage. @returns false if none was found to be */
  #cutOff(): boolean {
    const { a, b } = this.#folders;
    let found = false;
    if (a !== null && this.a.source.damage === null) {
      const run = reopenDamaged(a, this.#options);
      if (run.source.damage !== null) this.a = run;
      found ||= run.source.damage !== null;
    }
    if (b !== null && this.b?.source.damage === null) {
      const run = reopenDamaged(b, this.#options);
      if (run.source.damage !== null) this.b = run;
      found ||= run.source.damage !== null;
    }
    return found;
  }
}
