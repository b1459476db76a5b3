/**
 * What the journal has of the order in which things came that left no fact: scanners that waited for a symbol already
 * on its way. Who executes a run again needs it.
 */
import { type JournalEntry, type RecordedEntry, readJournal } from './journal.ts';

const AWAITED = 'SymbolAwaited';

/** A scanner waits from here on for a symbol that somebody else has asked for. */
export interface AwaitedSymbol {
  /** The last fact before. */
  readonly seq: number;
  readonly scanner: string;
  readonly symbol: string;
}

/** Entries after which the log goes on from an earlier fact. */
const RETURNS: ReadonlySet<string> = new Set(['Resumed', 'Recovered', 'Forked', 'Salvaged']);

export function awaitedEntry(awaited: AwaitedSymbol): JournalEntry {
  return { type: AWAITED, ...awaited };
}

/** In order, without what was taken back. */
export function awaitedSymbols(folder: string): (RecordedEntry & AwaitedSymbol)[] {
  let awaited: (RecordedEntry & AwaitedSymbol)[] = [];
  for (const entry of readJournal(folder)) {
    if (isAwaited(entry)) awaited.push(entry);
    else if (RETURNS.has(entry.type)) awaited = awaited.filter(({ seq }) => seq < entry.seq);
  }
  return awaited;
}

function isAwaited(entry: RecordedEntry): entry is RecordedEntry & AwaitedSymbol {
  const { type, scanner, symbol } = entry;
  return type === AWAITED && typeof scanner === 'string' && typeof symbol === 'string';
}
