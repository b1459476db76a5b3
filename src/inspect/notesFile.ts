/** What people keep about a run: `notes.json` in its folder, beside the log and never part of it. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../domain/errors.ts';
import { writeFileDurably } from '../store/durableFile.ts';
import { Notes } from './protocol/live.ts';

const NOTES_NAME = 'notes.json';
const EMPTY: Notes = { revision: 0, notes: [], views: [], mutes: [] };

/** Somebody else has changed the notes meanwhile. */
export class NotesConflict extends UsageError {
  override name = 'NotesConflict';
}

export class NotesFile {
  readonly #path: string | null;
  /** Of a run in memory. */
  #kept = EMPTY;

  /** @param folder of the run; null keeps the notes in memory */
  constructor(folder: string | null) {
    this.#path = folder === null ? null : join(folder, NOTES_NAME);
  }

  /** @throws {UsageError} if the file cannot be understood */
  read(): Notes {
    if (this.#path === null) return this.#kept;
    if (statSync(this.#path, { throwIfNoEntry: false }) === undefined) return EMPTY;
    const notes = Notes.safeParse(parsed(readFileSync(this.#path, 'utf8')));
    if (notes.success) return notes.data;
    throw new UsageError(`"${this.#path}" holds no notes: mend or remove it`);
  }

  /** @returns what is kept now, with its new revision. @throws {NotesConflict} for another revision */
  write(notes: Notes): Notes {
    const { revision } = this.read();
    if (notes.revision !== revision) {
      throw new NotesConflict(
        `the notes were changed meanwhile, to revision ${revision}: load them, then change them again`,
      );
    }
    const next = { ...notes, revision: revision + 1 };
    if (this.#path === null) this.#kept = next;
    else writeFileDurably(this.#path, `${JSON.stringify(next, null, 2)}\n`);
    return next;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
