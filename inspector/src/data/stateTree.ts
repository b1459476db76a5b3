/** SessionData at the cursor, as far as its nodes are open. */
import { computed, signal } from '@preact/signals';
import { STATE_CHILDREN, type StateNode } from '../../../src/inspect/protocol.ts';
import { go, part, place } from '../state/place.ts';
import { ask } from './ask.ts';
import { changes } from './cursorData.ts';
import { resource } from './resource.ts';
import { at, log, run, shown, symbols } from './run.ts';

const opened = part('open');

/** Open at first: the symbols, and the one that the chart shows. */
const openPaths = computed<readonly string[]>(() => {
  if (opened.value !== null) return opened.value;
  const symbol = shown.value?.symbol;
  const place = symbol === undefined ? [] : [symbolPath(symbol)];
  return ['session_data', ...place, ...place.map((path) => `${path}.indicators`)].concat(
    place.map((path) => `${path}.indicators.session`),
  );
});

/** First child that is shown of a long node, where somebody asked for earlier ones. */
const offsets = signal<ReadonlyMap<string, number>>(new Map());

/** Of very many symbols those around the one that the chart shows. */
const symbolsFrom = computed(() => {
  const index = symbols.value.findIndex(({ symbol }) => symbol === shown.value?.symbol);
  return index < STATE_CHILDREN - SOME ? null : Math.max(0, index - SOME);
});

const SOME = 5;

/** As the protocol spells places: names that hold dots or brackets are quoted. */
export function symbolPath(symbol: string): string {
  return /^[\w-]+$/.test(symbol)
    ? `session_data.${symbol}`
    : `session_data[${JSON.stringify(symbol)}]`;
}

export const nodes = resource(
  () => {
    if (run.value === null || at.value === 0) return null;
    const paths = ['', ...openPaths.value].map((path) => ({
      path,
      offset: offsets.value.get(path) ?? (path === 'session_data' ? symbolsFrom.value : null),
    }));
    return { log: log.value, at: at.value, paths };
  },
  async (question, signal) => {
    const answers = await Promise.all(
      question.paths.map(({ path, offset }) =>
        ask(
          'state',
          {
            log: question.log,
            at: question.at,
            path,
            // Bars are rows: each is shown with its cells.
            depth: path.endsWith('.data') ? 2 : 1,
            ...(offset === null ? {} : { offset }),
          },
          { signal, keep: true },
        ),
      ),
    );
    const byPath = new Map<string, StateNode>();
    for (const { node } of answers) if (node !== null) byPath.set(node.path, node);
    return { at: question.at, byPath };
  },
);

export function isOpen(path: string): boolean {
  return openPaths.value.includes(path);
}

export function toggle(path: string): void {
  const open = openPaths.peek();
  const closes = open.includes(path);
  go({ open: closes ? open.filter((each) => each !== path) : [...open, path] }, 'silent');
}

/** Opens all that leads to a place, and selects it. */
export function reveal(path: string): void {
  const open = new Set(openPaths.peek());
  for (const [, at] of leading(path)) open.add(at);
  go({ path, open: [...open], tab: 'tree' });
}

/** The places above a place, outermost first. */
function* leading(path: string): Generator<[index: number, path: string]> {
  for (const { index } of path.matchAll(/\.(?=[^\]"]*(?:"[^"]*"[^"]*)*$)|\[/g)) {
    if (index > 0) yield [index, path.slice(0, index)];
  }
}

/** Shows children before those that are listed. */
export function showFrom(path: string, offset: number): void {
  offsets.value = new Map(offsets.peek()).set(path, Math.max(0, offset));
}

/** What changed up to the cursor: by place, and every place above one. */
export const changed = computed(() => {
  const byPath = new Map<string, { old: unknown; new: unknown; kind: string }>();
  const above = new Set<string>();
  for (const change of changes.value.value?.changes ?? []) {
    byPath.set(change.path, change);
    for (const [, path] of leading(change.path)) above.add(path);
  }
  return { byPath, above, from: place.value.from };
});
