/** The facts of the run: those that the filter picks, the one at the cursor among them. */
import { useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { FactRow } from '../../../src/inspect/protocol.ts';
import { jump } from '../commands/moves.ts';
import { query } from '../data/filter.ts';
import { arrived, cursorRow, hits, rowAt } from '../data/hits.ts';
import { at } from '../data/run.ts';
import { countOf, timeOf } from '../state/marketTime.ts';
import { Empty, Pane } from '../ui/pane.tsx';
import { SeqLink } from '../ui/seqLink.tsx';
import { useVirtualRows, type VirtualRows } from '../ui/virtualRows.ts';
import { FilterBar } from './filterBar.tsx';

const ROW = 22;

export function Events() {
  return (
    <Pane
      id="events"
      title="Events"
      hint="Every fact of the log, in order. Rows after the cursor have not happened yet."
      aside={<HitCount />}
    >
      <FilterBar />
      <List />
    </Pane>
  );
}

function HitCount() {
  const known = hits.value;
  const row = cursorRow.value;
  if (known === null) return <span class="aside">…</span>;
  const filtered = query.value !== '';
  const between = filtered && row !== null && !Number.isInteger(row);
  return (
    <span class="aside" role="status" aria-label="Hits">
      {countOf(known.total)} {filtered ? (known.total === 1 ? 'hit' : 'hits') : 'facts'}
      {!known.complete && ' so far'}
      {between && ` · #${countOf(at.value)} is not among them`}
    </span>
  );
}

function List() {
  const total = hits.value?.total ?? 0;
  const row = cursorRow.value;
  void arrived.value;
  const view = useVirtualRows(total, ROW, row ?? 0);
  useCursorInView(view, total);
  const onKey = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(view.viewHeight() / ROW) - 1);
    if (event.key !== 'PageDown' && event.key !== 'PageUp') return;
    event.preventDefault();
    view.scrollRef.current?.scrollBy(0, (event.key === 'PageDown' ? page : -page) * ROW);
  };
  return (
    <div
      ref={view.scrollRef}
      class="scroll list"
      role="grid"
      aria-label="Facts"
      aria-rowcount={total}
      aria-colcount={7}
      tabIndex={0}
      onKeyDown={onKey}
    >
      {total === 0 && hits.value !== null ? (
        <Empty>
          {query.value === ''
            ? 'The log holds no fact yet.'
            : 'No fact is picked by this filter. Loosen it, or press / and empty it.'}
        </Empty>
      ) : (
        <div class="rows" role="presentation" style={{ height: `${view.height}px` }}>
          {view.rows.map(({ index, top }) => (
            <Row key={index} index={index} top={top} row={rowAt(index)} />
          ))}
          {row !== null && !Number.isInteger(row) && (
            <div
              class="between"
              role="presentation"
              style={{ top: `${(row + 0.5 - view.base) * ROW - 1}px` }}
            />
          )}
        </div>
      )}
    </div>
  );
}

interface RowProps {
  readonly index: number;
  readonly top: number;
  readonly row: FactRow | null;
}

function Row({ index, top, row }: RowProps) {
  const style = { top: `${top}px` };
  if (row === null) {
    return (
      <div class="row is-waiting" role="row" aria-rowindex={index + 1} style={style}>
        <span role="gridcell">…</span>
      </div>
    );
  }
  const here = row.seq === at.value;
  const ahead = row.seq > at.value;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys do it
    <div
      class={`row${here ? ' is-here' : ''}${ahead ? ' is-ahead' : ''} of-${row.type}`}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={here}
      style={style}
      title={ahead ? 'After the cursor: has not happened yet' : undefined}
      onClick={() => jump(row.seq)}
    >
      <span role="gridcell" class="c-seq">
        {countOf(row.seq)}
      </span>
      <span role="gridcell" class="c-time">
        {timeOf(row.at)}
      </span>
      <span role="gridcell" class="c-type">
        {row.type}
      </span>
      <span role="gridcell" class="c-symbol">
        {row.symbol ?? ''}
      </span>
      <span role="gridcell" class="c-text" title={row.text}>
        {row.text}
      </span>
      <span role="gridcell" class="c-by" title={row.by}>
        {row.by.split('/').slice(1).join('/') || row.by}
      </span>
      <span role="gridcell" class="c-cause">
        {row.cause !== null && <SeqLink seq={row.cause} title={`Led to by #${row.cause}`} />}
      </span>
    </div>
  );
}

/** Keeps the cursor's row in view; where the filter changes, at the very place where it was. */
function useCursorInView(view: VirtualRows, total: number): void {
  const kept = useRef<number | null>(null);
  const shownQuery = useRef(query.peek());
  const latest = useRef(view);
  const lastRow = useRef<number | null>(null);
  latest.current = view;
  useSignalEffect(() => {
    const q = query.value;
    if (q === shownQuery.current) return;
    shownQuery.current = q;
    kept.current = lastRow.current === null ? null : latest.current.offsetOf(lastRow.current);
    lastRow.current = null;
  });
  const row = cursorRow.value;
  useLayoutEffect(() => {
    if (row === null || total === 0) return;
    const height = view.viewHeight();
    if (kept.current !== null) {
      view.place(row, kept.current);
      kept.current = null;
    } else {
      const offset = view.offsetOf(row);
      const near = lastRow.current !== null && Math.abs(row - lastRow.current) < 4;
      if (offset === null || offset > height - 2 * ROW || offset < ROW) {
        if (!near) view.place(row, Math.floor(height / ROW / 2) * ROW);
        else if (row > lastRow.current!) view.place(row, height - 3 * ROW);
        else view.place(row, 2 * ROW);
      }
    }
    lastRow.current = row;
  }, [row, total, view.base]);
}
