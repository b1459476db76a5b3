/** Which part of the drawing is seen: all of it, the chart that runs, or what the reader has moved to. */
import type { Drawing, PlacedBox } from './layout.ts';

export interface ViewBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const MARGIN = 10;

export function wholeView({ width, height }: Drawing): ViewBox {
  return { x: -MARGIN, y: -MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
}

/** Text stays as big as elsewhere on the page, or nearly so. */
const SCALE_MIN = 0.86;
const SCALE_MAX = 1.5;

/** Around one chart; of one that is too big for that, the part around `centre`. */
export function viewOf(
  chart: PlacedBox,
  centre: PlacedBox,
  room: { readonly width: number; readonly height: number },
): ViewBox {
  const whole = { width: chart.width + 2 * MARGIN, height: chart.height + 2 * MARGIN };
  const fits = Math.min(room.width / whole.width, room.height / whole.height);
  const scale = Math.max(SCALE_MIN, Math.min(SCALE_MAX, fits));
  const width = room.width / scale;
  const height = room.height / scale;
  return {
    x: edgeOf(chart.x - MARGIN, whole.width, centre.x + centre.width / 2, width),
    y: edgeOf(chart.y - MARGIN, whole.height, centre.y + centre.height / 2, height),
    width,
    height,
  };
}

/** Where a window of `size` begins: around `centre` in `whole`, or with `whole` in its middle. */
function edgeOf(start: number, whole: number, centre: number, size: number): number {
  if (whole <= size) return start - (size - whole) / 2;
  return Math.max(start, Math.min(centre - size / 2, start + whole - size));
}

/** Closer by `factor`, with the point at (`u`, `v`), both from 0 to 1, where it is. */
export function zoomed(view: ViewBox, factor: number, u = 0.5, v = 0.5): ViewBox {
  const width = view.width / factor;
  const height = view.height / factor;
  return {
    x: view.x + (view.width - width) * u,
    y: view.y + (view.height - height) * v,
    width,
    height,
  };
}

export function sameView(a: ViewBox, b: ViewBox): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

export function between(from: ViewBox, to: ViewBox, share: number): ViewBox {
  const mix = (a: number, b: number) => a + (b - a) * share;
  return {
    x: mix(from.x, to.x),
    y: mix(from.y, to.y),
    width: mix(from.width, to.width),
    height: mix(from.height, to.height),
  };
}

export function attributeOf({ x, y, width, height }: ViewBox): string {
  return [x, y, width, height].map((n) => n.toFixed(1)).join(' ');
}
