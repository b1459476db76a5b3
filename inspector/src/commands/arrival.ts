/** A link to what this run does not have: says so, and puts what is shown instead into the address. */
import { effect, untracked } from '@preact/signals';
import { at, isLoaded, last, type Run, run, shown } from '../data/run.ts';
import { countOf } from '../state/marketTime.ts';
import { arrival, go, place, STEP_UNITS, TABS } from '../state/place.ts';
import { notice } from './moves.ts';

/** What was asked for, and what is shown in its place. */
type Missing = readonly [wanted: string, instead: string];

export function checkArrivals(): void {
  let checked: URLSearchParams | null = null;
  effect(() => {
    const link = arrival.value;
    const known = run.value;
    if (known?.index.ready !== true || !isLoaded.value || link === checked) return;
    checked = link;
    // What a living run does not have may still come.
    if (known.live) return;
    untracked(() => putRight(known, link));
  });
}

function putRight(known: Run, words: URLSearchParams): void {
  const { symbol, interval } = place.peek();
  const now = shown.peek();
  const missing = [
    ...factOf(words),
    ...wordOf(words, 'symbol', now?.symbol, (text) =>
      known.symbols.some((each) => each.symbol === text),
    ),
    ...wordOf(words, 'interval', now?.shownInterval.interval, (text) =>
      now?.intervals.some((each) => each.interval === text),
    ),
    ...wordOf(words, 'tab', place.peek().tab, (text) => TABS.some((tab) => tab === text)),
    ...wordOf(words, 'step', place.peek().step, (text) => STEP_UNITS.some((unit) => unit === text)),
  ];
  if (missing.length === 0) return;
  go(
    {
      seq: at.peek(),
      symbol: symbol === '' ? '' : (now?.symbol ?? ''),
      interval: interval === '' ? '' : (now?.shownInterval.interval ?? ''),
    },
    'silent',
  );
  const wanted = missing.map(([text]) => text).join(', ');
  const instead = missing.map(([, text]) => text).join(', ');
  notice.value = `The link names what is not here: ${wanted}. Shown instead: ${instead}.`;
}

function factOf(words: URLSearchParams): Missing[] {
  const text = words.get('seq') ?? '';
  const isThere = /^\d{1,15}$/.test(text) && Number(text) <= last.peek();
  return text === '' || isThere ? [] : [[`fact ${text}`, `fact ${countOf(at.peek())}`]];
}

function wordOf(
  words: URLSearchParams,
  key: string,
  instead: string | undefined,
  isThere: (text: string) => boolean | undefined,
): Missing[] {
  const text = words.get(key) ?? '';
  if (text === '' || isThere(text) === true) return [];
  return [[`${key} "${text}"`, `${key} ${instead ?? 'none'}`]];
}
