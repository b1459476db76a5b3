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

/** Around one box. */
export function viewOf({ x, y, width, height }: PlacedBox): ViewBox {
  return {
    x: x - MARGIN,
    y: y - MARGIN,
    width: width + 2 * MARGIN,
    height: height + 2 * MARGIN,
  };
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
