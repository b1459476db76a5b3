/**
 * Bars that were added by hand, by symbol and day. The feed does not know them: whatever is read of it again, such
 * as a day that the run has passed, gets them here.
 */
import { BarColumns } from '../domain/bars.ts';
import type { ProvenanceRecord } from '../domain/facts.ts';
import type { MarketTime, TradingDate } from '../domain/time.ts';
import type { AdhocBar } from './inbox.ts';
import type { DayBars } from './marketData.ts';

interface Handmade {
  readonly bar: AdhocBar;
  /** Whether it stands in for a bar that the feed has. */
  readonly wins: boolean;
}

export class HandmadeBars {
  readonly #bySymbol = new Map<string, Map<TradingDate, Map<MarketTime, Handmade>>>();

  keep(symbol: string, date: TradingDate, bar: AdhocBar, wins: boolean): void {
    let ofSymbol = this.#bySymbol.get(symbol);
    if (ofSymbol === undefined) {
      ofSymbol = new Map();
      this.#bySymbol.set(symbol, ofSymbol);
    }
    const ofDay = ofSymbol.get(date) ?? new Map<MarketTime, Handmade>();
    ofDay.set(bar.opened, { bar, wins });
    ofSymbol.set(date, ofDay);
  }

  has(symbol: string, date?: TradingDate): boolean {
    const ofSymbol = this.#bySymbol.get(symbol);
    return ofSymbol !== undefined && (date === undefined || ofSymbol.has(date));
  }

  forget(symbol: string): void {
    this.#bySymbol.delete(symbol);
  }

  /** A day as it was read, with the bars added by hand in their places. */
  into(symbol: string, day: DayBars): DayBars {
    const ofDay = this.#bySymbol.get(symbol)?.get(day.session.date);
    if (ofDay === undefined) return day;
    const times = new Set([...day.bars.opened.subarray(0, day.bars.length), ...ofDay.keys()]);
    const bars = new BarColumns(times.size);
    const provenance: ProvenanceRecord[] = [];
    const lines = linesOf(day);
    let row = 0;
    for (const opened of [...times].sort((a, b) => a - b)) {
      const isRead = row < day.bars.length && day.bars.opened[row] === opened;
      const made = ofDay.get(opened);
      if (made !== undefined && (made.wins || !isRead)) {
        bars.push({ ...made.bar, count: 1, expected: 1 });
        addLine(provenance, BY_HAND);
      } else {
        bars.push(day.bars.at(row));
        addLine(provenance, lines[row]);
      }
      if (isRead) row += 1;
    }
    return { ...day, bars, provenance };
  }
}

const BY_HAND: ProvenanceRecord = {
  source: 'adhoc',
  file: null,
  fingerprint: '',
  first_line: 0,
  bars: 1,
};

/** Where each row of a day comes from. */
function linesOf({ provenance }: DayBars): ProvenanceRecord[] {
  return provenance.flatMap((piece) =>
    Array.from({ length: piece.bars }, (_, i) => ({
      ...piece,
      first_line: piece.first_line + i,
      bars: 1,
    })),
  );
}

/** Adds one bar to the pieces, as part of the last one where it goes on. */
function addLine(pieces: ProvenanceRecord[], line: ProvenanceRecord | undefined): void {
  if (line === undefined) return;
  const last = pieces.at(-1);
  const next = last !== undefined && line !== BY_HAND ? last.first_line + last.bars : 0;
  const goesOn =
    last?.source === line.source &&
    last.file === line.file &&
    last.fingerprint === line.fingerprint &&
    next === line.first_line;
  if (goesOn) last.bars += 1;
  else pieces.push({ ...line });
}
