/** What the page knows of the moment at the cursor: one answer each, shared by all panes. */
import { computed } from '@preact/signals';
import { place } from '../state/place.ts';
import { ask } from './ask.ts';
import { resource } from './resource.ts';
import { at, log, run } from './run.ts';

const ready = computed(() => run.value !== null && at.value > 0);

/** The fact at the cursor. */
export const event = resource(
  () => (ready.value ? { log: log.value, seq: at.value } : null),
  (question, signal) => ask('event', question, { signal }),
);

/** What the fact at the cursor changed, or what changed since the other moment that is chosen. */
export const changes = resource(
  () => {
    if (!ready.value) return null;
    const from = place.value.from ?? Math.max(0, at.value - 1);
    return { log: log.value, from, to: at.value };
  },
  async (question, signal) => {
    const answer = await ask('diff', question, { signal, keep: true });
    return question.from > 0 ? answer : { ...answer, changes: answer.changes.map(clockless) };
  },
);

/** Before the first fact there is no clock, and what a state has in its place is no time. */
function clockless<C extends { readonly path: string }>(change: C): C {
  return change.path === CLOCK ? { ...change, old: 'no clock yet' } : change;
}

const CLOCK = 'time_manager.current_time';

/** The charts at the cursor. */
export const charts = resource(
  () => (ready.value ? { log: log.value, at: at.value } : null),
  (question, signal) => ask('charts', question, { signal, keep: true }),
);

/** The actors at the cursor. */
export const actors = resource(
  () => (ready.value ? { log: log.value, at: at.value } : null),
  (question, signal) => ask('actors', question, { signal, keep: true }),
);

/** Why the selected place holds what it does, or why the fact at the cursor is there. */
export const why = resource(
  () => {
    if (!ready.value || place.value.tab !== 'why') return null;
    const { path } = place.value;
    return { log: log.value, at: at.value, ...(path === '' ? {} : { path }) };
  },
  (question, signal) => ask('why', question, { signal, keep: true }),
);

/** Market time at the cursor; that of the last answer while the next is on its way. */
export const time = computed(() => event.value.value?.row.at ?? run.value?.lastAt ?? 0);
