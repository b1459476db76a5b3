/** Rows of a long list: only those in view are in the page. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import { useLayoutEffect, useMemo, useReducer, useRef } from 'preact/hooks';

/** Browsers cannot scroll further than some 33 million pixels: of more rows a stretch around the cursor is shown. */
const STRETCH = 1_000_000;

export interface VirtualRows {
  readonly scrollRef: { current: HTMLDivElement | null };
  readonly height: number;
  /** Number of the first row that can be scrolled to. */
  readonly base: number;
  readonly rows: readonly { readonly index: number; readonly top: number }[];
  /** Where a row stands in the view, in pixels from its top; null if it is not in it. */
  offsetOf(row: number): number | null;
  /** Scrolls so that a row stands there. */
  place(row: number, offset: number): void;
  viewHeight(): number;
}

export function useVirtualRows(count: number, rowHeight: number, around: number): VirtualRows {
  const scrollRef = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const base = count <= STRETCH ? 0 : baseOf(around, count);
  const shown = Math.min(count - base, STRETCH);
  const virtualizer = useMemo(
    () =>
      new Virtualizer<HTMLDivElement, HTMLDivElement>({
        count: shown,
        getScrollElement: () => scrollRef.current,
        estimateSize: () => rowHeight,
        overscan: 12,
        scrollToFn: elementScroll,
        observeElementRect,
        observeElementOffset,
        onChange: () => redraw(),
      }),
    [rowHeight],
  );
  if (virtualizer.options.count !== shown) {
    virtualizer.setOptions({ ...virtualizer.options, count: shown });
  }
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  const element = () => scrollRef.current;
  return {
    scrollRef,
    height: shown * rowHeight,
    base,
    rows: virtualizer.getVirtualItems().map(({ index, start }) => ({
      index: base + index,
      top: start,
    })),
    offsetOf: (row) => {
      const view = element();
      if (view === null) return null;
      const offset = (row - base) * rowHeight - view.scrollTop;
      return offset < -rowHeight / 2 || offset > view.clientHeight - rowHeight / 2 ? null : offset;
    },
    place: (row, offset) => {
      const view = element();
      if (view !== null) view.scrollTop = (row - base) * rowHeight - offset;
    },
    viewHeight: () => element()?.clientHeight ?? 0,
  };
}

/** Stretches overlap by half, so that steps do not move them to and fro. */
function baseOf(around: number, count: number): number {
  const half = STRETCH / 2;
  const base = Math.floor(Math.max(0, around - half / 2) / half) * half;
  return Math.max(0, Math.min(base, count - STRETCH));
}
