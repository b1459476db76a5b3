/** What tests look at where a canvas cannot be asked: the very data that it was drawn from. */
import type { BarsAnswer, LanesAnswer } from '../../../src/inspect/protocol.ts';

interface Debug {
  bars: BarsAnswer | null;
  lanes: LanesAnswer | null;
  chart: {
    xOf(row: number): number | null;
    yOf(price: number): number | null;
    readonly width: number;
  } | null;
}

export const debug: Debug = { bars: null, lanes: null, chart: null };

(globalThis as { openbellDebug?: Debug }).openbellDebug = debug;
