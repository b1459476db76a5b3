/** Rows of a long list: only those in view are in the page, and they are used again as it moves. */
import { useLayoutEffect, useReducer, useRef } from 'preact/hooks';

/** Browsers cannot scroll further than some 33 million pixels: of more rows a stretch around the cursor is shown. */
const STRETCH = 1_000_000;
/** Rows above and below the view. */
const OVERSCAN = 10;

export interface VirtualRow {
  readonly index: number;
  readonly top: number;
  /** Stays with the element: rows that come into view take those of rows that left it. */
  readonly slot: number;
}

export interface VirtualRows {
  readonly scrollRef: { current: HTMLDivElement | null };
  readonly height: number;
  /** Number of the first row that can be scrolled to. */
  readonly base: number;
  readonly viewHeight: number;
  /** Where a row stands in the view, in pixels from its top; null if it is not in it. */
  offsetOf(row: number): number | null;
  /** Scrolls so that a row stands there; to be called before the rows are taken. */
  place(row: number, offset: number): void;
  /** Those in view. */
  rows(): readonly VirtualRow[];
}

/** What the browser shows, as it was told last: asking it would have it lay the page out. */
interface View {
  top: number;
  height: number;
  first: number;
  rotation: number;
}

export function useVirtualRows(count: number, rowHeight: number, around: number): VirtualRows {
  const scrollRef = useRef<HTMLDivElement>(null);
  const view = useRef<View>({ top: 0, height: 0, first: 0, rotation: 0 }).current;
  const shown = useRef({ top: 0, height: 0 }).current;
  const [, redraw] = useReducer<number, void>((n) => n + 1, 0);
  const base = count <= STRETCH ? 0 : baseOf(around, count);
  const height = Math.min(count - base, STRETCH) * rowHeight;
  useLayoutEffect(() => {
    const element = scrollRef.current!;
    const onScroll = () => {
      const { scrollTop } = element;
      if (Math.abs(scrollTop - view.top) < 1) return;
      view.top = scrollTop;
      shown.top = scrollTop;
      redraw();
    };
    const watch = new ResizeObserver(() => {
      if (view.height === element.clientHeight) return;
      view.height = element.clientHeight;
      redraw();
    });
    watch.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      watch.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  if (count > 0) view.top = Math.max(0, Math.min(view.top, height - view.height));
  useLayoutEffect(() => {
    const reached = shown.top === view.top && shown.height >= view.top + view.height;
    shown.top = view.top;
    shown.height = height;
    if (!reached) scrollRef.current!.scrollTop = view.top;
  });
  return {
    scrollRef,
    height,
    base,
    viewHeight: view.height,
    offsetOf: (row) => {
      const offset = (row - base) * rowHeight - view.top;
      return offset < -rowHeight / 2 || offset > view.height - rowHeight / 2 ? null : offset;
    },
    place: (row, offset) => {
      const wanted = (row - base) * rowHeight - offset;
      view.top = Math.max(0, Math.min(Math.round(wanted), height - view.height));
    },
    rows: () => rowsOf(view, rowHeight, { base, rows: Math.round(height / rowHeight) }),
  };
}

function rowsOf(view: View, rowHeight: number, all: { base: number; rows: number }): VirtualRow[] {
  if (view.height === 0) return [];
  const slots = Math.ceil(view.height / rowHeight) + 2 * OVERSCAN + 1;
  const first = Math.max(0, Math.floor(view.top / rowHeight) - OVERSCAN);
  const end = Math.min(all.rows, first + slots);
  // After a jump they keep their order: nothing has to be moved in the page.
  if (Math.abs(all.base + first - view.first) >= slots) {
    view.rotation += view.first - all.base - first;
  }
  view.first = all.base + first;
  return Array.from({ length: Math.max(0, end - first) }, (_, i) => {
    const index = all.base + first + i;
    const slot = (((index + view.rotation) % slots) + slots) % slots;
    return { index, top: (first + i) * rowHeight, slot };
  });
}

/** Stretches overlap by half, so that steps do not move them to and fro. */
function baseOf(around: number, count: number): number {
  const half = STRETCH / 2;
  const base = Math.floor(Math.max(0, around - half / 2) / half) * half;
  return Math.max(0, Math.min(base, count - STRETCH));
}
