/**
 * Numbers for the things that block rows speak of: a symbol's bars of one interval, or one indicator.
 *
 * The table only grows, in the order of first use, so that a number means one thing for a whole log. Each
 * frame carries the entries it adds (`Frame.series`); a reader that has seen them all can decode any frame.
 */
import { InvariantViolated } from './errors.ts';

export interface SeriesEntry {
  readonly symbol: string;
  /** The interval of a bar series, the key of an indicator. */
  readonly name: string;
  /** Absent for bars; an indicator's output names, empty where its value is one number. */
  readonly outputs?: readonly string[];
}

export class SeriesTable {
  readonly entries: SeriesEntry[] = [];
  readonly #ids = new Map<string, Map<string, number>>();

  /** The number of a series; `undefined` if it was never added. A name with other outputs is another series. */
  find({ symbol, name, outputs }: SeriesEntry): number | undefined {
    return this.#ids.get(symbol)?.get(shapeOf(name, outputs));
  }

  add(entry: SeriesEntry): number {
    let ofSymbol = this.#ids.get(entry.symbol);
    if (ofSymbol === undefined) {
      ofSymbol = new Map();
      this.#ids.set(entry.symbol, ofSymbol);
    }
    const id = this.entries.length;
    ofSymbol.set(shapeOf(entry.name, entry.outputs), id);
    this.entries.push(entry);
    return id;
  }

  /** @throws {InvariantViolated} for a number never given out */
  at(id: number): SeriesEntry {
    const entry = this.entries[id];
    if (entry === undefined) throw new InvariantViolated(0, `series ${id} is not in the table`);
    return entry;
  }
}

/** How many cells one value of the series takes in the `values` column of a block. */
export function arityOf(entry: SeriesEntry): number {
  return entry.outputs === undefined || entry.outputs.length === 0 ? 1 : entry.outputs.length;
}

/** A key may be given out anew, for something else, once its symbol was removed. */
function shapeOf(name: string, outputs: readonly string[] | undefined): string {
  return outputs === undefined ? name : `${name} → ${outputs.join(' ')}`;
}
