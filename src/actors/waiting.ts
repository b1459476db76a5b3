/** What a symbol's coming bars will bring, worked out by `ahead.ts`, until the clock is there. */
import type { Bar } from '../domain/bars.ts';
import type { Values } from '../domain/blockRows.ts';
import type { Runner } from './runner.ts';

/** Rows of a queue that are worked out at a time. */
export const ROWS = 32;

/** Values of the indicators of a base series at the coming bars. */
export class WaitingValues implements Values {
  /** Of each runner: its series and how many outputs it has. */
  series = new Float64Array(0);
  outputs = new Uint8Array(0);
  /** Row by row, in the order of the runners, from row `first` of the queue on. */
  cells = new Float64Array(0);
  /** Cells of one row. */
  width = 0;
  first = 0;
  /** Whether some of the runners take their bars one by one. */
  hasPresent = false;
  #runners: readonly Runner[] = [];

  /** Makes room for the values of `runners`; what is there of rows from `row` on stays. */
  layOut(runners: readonly Runner[], row: number): void {
    const before = this.#runners;
    if (isSame(before, runners)) return;
    const { cells, width, first } = this;
    this.#runners = [...runners];
    this.hasPresent = runners.some(({ isAhead }) => !isAhead);
    this.series = Float64Array.from(runners, ({ series }) => series);
    this.outputs = Uint8Array.from(runners, ({ indicator }) => indicator.out.length);
    this.width = this.outputs.reduce((sum, outputs) => sum + outputs, 0);
    this.cells = new Float64Array(ROWS * this.width);
    let to = 0;
    for (const [i, runner] of runners.entries()) {
      const from = columnOf(before, runner);
      const outputs = this.outputs[i]!;
      for (let r = row; from >= 0 && r < runner.done; r++) {
        const there = (r - first) * width + from;
        this.cells.set(cells.subarray(there, there + outputs), (r - first) * this.width + to);
      }
      to += outputs;
    }
  }
}

function isSame(some: readonly Runner[], others: readonly Runner[]): boolean {
  for (let i = 0; i < some.length; i++) if (some[i] !== others[i]) return false;
  return some.length === others.length;
}

/** First cell of a runner in a row; -1 if it is not there. */
function columnOf(runners: readonly Runner[], wanted: Runner): number {
  let column = 0;
  for (const runner of runners) {
    if (runner === wanted) return column;
    column += runner.indicator.out.length;
  }
  return -1;
}

const CLOSING_CELLS = 9;

/** Windows that hold all their bars, until the clock is at their ends. */
export class WaitingWindows {
  readonly #cells = new Float64Array(ROWS * CLOSING_CELLS);
  /** When the next of them closes; Infinity if there is none. A field: what a getter gives back is made an object. */
  end = Number.POSITIVE_INFINITY;
  #head = 0;
  #tail = 0;

  push(window: Readonly<Bar> & { readonly end: number }): void {
    const cells = this.#cells;
    const at = this.#tail;
    if (at === this.#head) this.end = window.end;
    // Taken apart in the parameter each number would be made an object.
    cells[at] = window.end;
    cells[at + 1] = window.opened;
    cells[at + 2] = window.open;
    cells[at + 3] = window.high;
    cells[at + 4] = window.low;
    cells[at + 5] = window.close;
    cells[at + 6] = window.volume;
    cells[at + 7] = window.count;
    cells[at + 8] = window.expected;
    this.#tail += CLOSING_CELLS;
  }

  /** Writes the next one, which must be there, into `bar` and forgets it. */
  take(bar: Bar): Bar {
    const cells = this.#cells;
    const at = this.#head;
    bar.opened = cells[at + 1]!;
    bar.open = cells[at + 2]!;
    bar.high = cells[at + 3]!;
    bar.low = cells[at + 4]!;
    bar.close = cells[at + 5]!;
    bar.volume = cells[at + 6]!;
    bar.count = cells[at + 7]!;
    bar.expected = cells[at + 8]!;
    this.#head += CLOSING_CELLS;
    if (this.#head === this.#tail) this.clear();
    else this.end = cells[this.#head]!;
    return bar;
  }

  clear(): void {
    this.end = Number.POSITIVE_INFINITY;
    this.#head = 0;
    this.#tail = 0;
  }
}
