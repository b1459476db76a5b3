/** The facts of the run: those that the filter picks, the one at the cursor among them. */
import { computed } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { FactRow } from '../../../src/inspect/protocol.ts';
import { select } from '../commands/moves.ts';
import { query } from '../data/filter.ts';
import { arrived, cursorRow, hits, rowAt } from '../data/hits.ts';
import { at, last, run } from '../data/run.ts';
import { countOf, timeOf } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { Empty, Pane } from '../ui/pane.tsx';
import { SeqLink } from '../ui/seqLink.tsx';
import { useVirtualRows, type VirtualRows } from '../ui/virtualRows.ts';
import { FilterBar } from './filterBar.tsx';

const ROW = 22;

/** Room for the longest name of a symbol, in pixels; very long ones are cut. */
const symbolWidth = computed(() => {
  const names = run.value?.symbols ?? [];
  const longest = names.reduce((most, { symbol }) => Math.max(most, symbol.length), 4);
  return Math.min(132, 8 + 8.6 * longest);
});

/** Room for the longest number of a fact. */
const seqWidth = computed(() => Math.max(36, 2 + 6.7 * countOf(last.value).length));

export function Events() {
  return (
    <Pane
      id="events"
      title="Events"
      hint="Every fact of the log, in order. Of those after the cursor, which have not happened yet, only time and type are shown."
      aside={
        <>
          <HitCount />
          <label
            class="check peek"
            title="Show what facts after the cursor hold. Off, the page knows no more than the session did."
          >
            <input
              type="checkbox"
              checked={place.value.ahead}
              onChange={({ currentTarget }) => go({ ahead: currentTarget.checked }, 'silent')}
            />
            <span>peek ahead</span>
          </label>
        </>
      }
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
  keepInView(useRef<Kept>({ query: query.peek(), row: null, offset: null }).current, view, {
    total,
    row,
  });
  const onKey = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(view.viewHeight / ROW) - 1);
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
        <div
          class="rows"
          role="presentation"
          style={{
            height: `${view.height}px`,
            '--symbol': `${symbolWidth.value}px`,
            '--seq': `${seqWidth.value}px`,
          }}
        >
          {view.rows().map(({ index, top, slot }) => (
            <Row key={slot} index={index} top={top} row={rowAt(index)} />
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
      class={`row${here ? ' is-here' : ''}${ahead ? ' is-ahead' : ''}`}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={here}
      style={style}
      title={ahead ? 'After the cursor: has not happened yet' : undefined}
      onClick={() => select(row.seq)}
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
      {ahead && !place.value.ahead ? (
        <span role="gridcell" class="c-ahead" aria-colspan={4} aria-label="after the cursor" />
      ) : (
        <Content row={row} />
      )}
    </div>
  );
}

/** What a fact says: of one that is yet to happen, only who asks sees it. */
function Content({ row }: { readonly row: FactRow }) {
  return (
    <>
      <span role="gridcell" class="c-symbol" title={row.symbol ?? undefined}>
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
    </>
  );
}

/** What the list showed last. */
interface Kept {
  query: string;
  /** The cursor's row; null if it is not known of this filter. */
  row: number | null;
  /** Where the cursor's row stood when the filter was changed. */
  offset: number | null;
}

/** Keeps the cursor's row in view; where the filter changes, at the very place where it was. */
function keepInView(
  kept: Kept,
  view: VirtualRows,
  { row, total }: { readonly row: number | null; readonly total: number },
): void {
  if (query.value !== kept.query) {
    kept.query = query.value;
    kept.offset = kept.row === null ? null : view.offsetOf(kept.row);
    kept.row = null;
  }
  const { viewHeight: height } = view;
  if (row === null || total === 0 || height === 0) return;
  const before = kept.row;
  kept.row = row;
  if (kept.offset !== null) {
    view.place(row, kept.offset);
    kept.offset = null;
    return;
  }
  // Who has scrolled away stays there until the cursor moves.
  if (row === before) return;
  const offset = view.offsetOf(row);
  if (offset !== null && offset <= height - 2 * ROW && offset >= ROW) return;
  if (before === null || Math.abs(row - before) >= 4) {
    view.place(row, Math.floor(height / ROW / 2) * ROW);
  } else if (row > before) view.place(row, height - 3 * ROW);
  else view.place(row, 2 * ROW);
}
