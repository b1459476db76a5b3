/** Who recorded how much when, and who led to what. */
import { computed, signal } from '@preact/signals';
import { part } from '../state/place.ts';
import { ask } from './ask.ts';
import { query } from './filter.ts';
import { resource } from './resource.ts';
import { at, last, log, run } from './run.ts';

/** Facts in the window that goes with the cursor, where none is chosen. */
const PAGE = 100;
/** Widest window whose facts are drawn one by one. */
const DETAIL_MAX = 240;

const chosen = part('window');

/** Pixels there are. */
export const width = signal(600);

/** True while the lanes give every fact as much room as any other; false: as much as its time took. */
export const collapsed = signal(true);

/** First and last fact of the lanes. Stays where it is while the cursor steps through it. */
export const window = computed<readonly [number, number]>(() => {
  if (chosen.value !== null) {
    const [from, to] = chosen.value;
    return [Math.max(1, Math.min(from, last.value)), Math.max(1, Math.min(to, last.value))];
  }
  const step = PAGE / 2;
  const from = Math.max(0, Math.floor((at.value - step / 2) / step) * step) + 1;
  return [from, Math.max(from, Math.min(from + PAGE - 1, last.value))];
});

export const detailed = computed(() => window.value[1] - window.value[0] < DETAIL_MAX);

export const lanes = resource(
  () => {
    if (run.value === null || last.value === 0) return null;
    const [from, to] = window.value;
    // One pixel a fact where they are drawn one by one: so each is known to be in its lane.
    const px = detailed.value ? to - from + 1 : Math.max(100, Math.min(2000, width.value));
    return { log: log.value, from, to, px };
  },
  (question, signal) => ask('lanes', { ...question, by: 'seq' }, { signal }),
);

/** Times of the facts that are drawn one by one. */
export const times = resource(
  () => {
    if (run.value === null || !detailed.value || collapsed.value || last.value === 0) return null;
    const [from, to] = window.value;
    return { log: log.value, from, limit: to - from + 1 };
  },
  async (question, signal) => {
    const { rows } = await ask('events', question, { signal, keep: true });
    return { from: question.from, at: rows.map((row) => row.at) };
  },
);

/** The whole run in a strip. */
export const overview = resource(
  () => {
    if (run.value === null || last.value === 0) return null;
    const px = Math.max(100, Math.min(1000, Math.round(width.value / 2)));
    return { log: log.value, px, q: query.value, last: last.value, ready: run.value.index.ready };
  },
  ({ log: side, px, q }, signal) => ask('overview', { log: side, px, q }, { signal }),
);
