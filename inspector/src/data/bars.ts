/** The bars that the chart shows: nothing in them is newer than the cursor. */
import { computed } from '@preact/signals';
import { part } from '../state/place.ts';
import { ask } from './ask.ts';
import { resource } from './resource.ts';
import { at, log, run, shown } from './run.ts';

const chosen = part('indicators');

const BUCKETS = 2000;
/** Shown at first, where nobody has chosen. */
const FIRST_SHOWN = 3;

/** Indicators of the interval that is shown, those that exist at the cursor. */
export const available = computed(() => {
  const symbol = shown.value;
  if (symbol === null) return [];
  const { interval } = symbol.shownInterval;
  return symbol.indicators.filter((each) => each.interval === interval && each.since <= at.value);
});

/** Keys of those that are drawn. */
export const drawn = computed(() => {
  const keys = available.value.map(({ key }) => key);
  if (chosen.value !== null) return keys.filter((key) => chosen.value!.includes(key));
  return available.value
    .filter(({ overlay }) => overlay)
    .slice(0, FIRST_SHOWN)
    .map(({ key }) => key);
});

export const bars = resource(
  () => {
    if (run.value === null || shown.value === null || at.value === 0) return null;
    return {
      log: log.value,
      symbol: shown.value.symbol,
      interval: shown.value.shownInterval.interval,
      at: at.value,
      px: BUCKETS,
      indicators: drawn.value.join(','),
    };
  },
  (question, signal) => ask('bars', question, { signal }),
);
