/**
 * `journal.ndjson`: what depended on the host and changed nothing in the market, such as pauses, overruns and
 * recoveries. Beside the log and never part of it; one JSON object a line.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Disk, REAL_DISK, writeAllSync } from './disk.ts';
import { readLines, textOf } from './lineFile.ts';

const JOURNAL_NAME = 'journal.ndjson';

/** Anything with a `type` in PascalCase, past tense. */
export type JournalEntry = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface RecordedEntry extends JournalEntry {
  /** Host time, ISO 8601. */
  readonly time: string;
  /** Seq of the last fact at that time. */
  readonly seq: number;
}

export class Journal {
  readonly #disk: Disk;
  readonly #fd: number;

  constructor(folder: string, disk: Disk = REAL_DISK) {
    const path = join(folder, JOURNAL_NAME);
    const text = textOf(path);
    this.#disk = disk;
    this.#fd = disk.open(path, 'a');
    if (text !== '' && !text.endsWith('\n')) this.#append('\n');
  }

  /** Appends a line at once. Entries are rare: some microseconds each. */
  write(seq: number, entry: JournalEntry): void {
    const time = new Date().toISOString();
    this.#append(`${JSON.stringify({ time, seq, ...entry })}\n`);
  }

  close(): void {
    this.#disk.close(this.#fd);
  }

  #append(text: string): void {
    writeAllSync(this.#disk, this.#fd, { bytes: Buffer.from(text), from: 0, position: null });
  }
}

/** The entries in order; empty if there are none. What is no entry, as a line cut off by a crash, is left out. */
export function readJournal(folder: string): RecordedEntry[] {
  return readLines(join(folder, JOURNAL_NAME), isEntry);
}

function isEntry(value: unknown): value is RecordedEntry {
  const { time, seq, type } = (value ?? {}) as Record<string, unknown>;
  return typeof time === 'string' && Number.isSafeInteger(seq) && typeof type === 'string';
}

/** Makes the journal of a folder that has none, of entries as they were recorded. */
export function restoreJournal(folder: string, entries: readonly RecordedEntry[]): void {
  const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  writeFileSync(join(folder, JOURNAL_NAME), text);
}
