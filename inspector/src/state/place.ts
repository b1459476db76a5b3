/**
 * Where the reader is: everything that the page shows is a function of the log and of this, and this is the
 * part of the address behind `#`. So back, forward, links and tests come by themselves.
 */
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Side, StepUnit } from '../../../src/inspect/protocol.ts';

export const TABS = ['tree', 'diff', 'why'] as const;
export type Tab = (typeof TABS)[number];

export const STEP_UNITS = ['event', 'bar', 'transition', 'phase', 'day'] as const;

export interface Place {
  /** The cursor: the last fact that has happened. 0 is before the first. */
  readonly seq: number;
  readonly follow: boolean;
  readonly step: StepUnit;
  /** Filter of the event list. */
  readonly q: string;
  /** Terms of the filter language that are left out, such as `type:BarAppended`. */
  readonly mute: readonly string[];
  readonly symbol: string;
  readonly interval: string;
  readonly indicators: readonly string[] | null;
  readonly actor: string;
  /** What of SessionData is selected, and how it is looked at. */
  readonly path: string;
  readonly tab: Tab;
  /** Other end of the diff; null for the fact before the cursor. */
  readonly from: number | null;
  /** Facts that the lanes show, first and last; null for all of the run. */
  readonly window: readonly [number, number] | null;
  readonly breakpoints: readonly string[];
  /** Moments that are marked, notes aside. */
  readonly pins: readonly number[];
  /** Nodes of the tree that are open; null for those that are at first. */
  readonly open: readonly string[] | null;
  /** True if the list shows what facts after the cursor hold. */
  readonly ahead: boolean;
  /** The pane that fills the page, if one does. */
  readonly wide: string;
  /** Which of two runs is shown. */
  readonly log: Side;
}

/** How a move is remembered: steps in a row are one entry of the history. */
export type Move = 'jump' | 'step' | 'silent';

const START: Place = {
  seq: -1,
  follow: false,
  step: 'event',
  q: '',
  mute: [],
  symbol: '',
  interval: '',
  indicators: null,
  actor: '',
  path: '',
  tab: 'tree',
  from: null,
  window: null,
  breakpoints: [],
  pins: [],
  open: null,
  ahead: false,
  wide: '',
  log: 'a',
};

const current = signal<Place>(read(location.hash));
let moved: Move = 'jump';

/** The address as the reader brought it: what they typed, followed, or went back to. */
export const arrival = signal(new URLSearchParams(location.hash.slice(1)));

/** The place the reader is at. */
export const place: ReadonlySignal<Place> = current;

/** How the reader got here. */
export function lastMove(): Move {
  return moved;
}

/** One part of the place; changes only when that part does. */
export function part<K extends keyof Place>(key: K): ReadonlySignal<Place[K]> {
  return computed(() => current.value[key]);
}

/** Goes elsewhere, and says so in the address. */
export function go(patch: Partial<Place>, move: Move = 'jump'): void {
  const next = { ...current.peek(), ...patch };
  const hash = `#${write(next)}`;
  if (hash === location.hash) return;
  const replaces = move === 'silent' || (move === 'step' && moved === 'step');
  if (move !== 'silent') moved = move;
  current.value = next;
  history[replaces ? 'replaceState' : 'pushState'](null, '', hash);
}

/** Where one stands in the run, and its marks: a view is what is left of the address without. */
const MOMENT = new Set(['seq', 'follow', 'from', 'window', 'pins', 'log']);

/** How the page is set up, wherever the cursor is: filter, mutes, panes, symbol, breakpoints. */
export function viewHere(): string {
  const words = write(current.peek()).split('&');
  return words.filter((word) => !MOMENT.has(word.split('=')[0]!)).join('&');
}

/** Sets the page up like that, at the cursor. */
export function goToView(view: string): void {
  const { seq, follow, from, window, pins, log } = current.peek();
  go({ ...read(view), seq, follow, from, window, pins, log });
}

/** Follows the address when it is changed from outside: back, forward, a link. */
export function followAddress(): void {
  const onChange = () => {
    moved = 'jump';
    current.value = read(location.hash);
    arrival.value = new URLSearchParams(location.hash.slice(1));
  };
  addEventListener('popstate', onChange);
  addEventListener('hashchange', onChange);
}

function write(at: Place): string {
  const words: [string, string][] = [['seq', String(at.seq)]];
  const put = (key: string, value: string) => value !== '' && words.push([key, value]);
  put('follow', at.follow ? '1' : '');
  put('step', at.step === 'event' ? '' : at.step);
  put('q', at.q);
  put('mute', at.mute.join(','));
  put('symbol', at.symbol);
  put('interval', at.interval);
  if (at.indicators !== null) words.push(['show', at.indicators.join(',')]);
  put('actor', at.actor);
  put('path', at.path);
  put('tab', at.tab === 'tree' ? '' : at.tab);
  put('from', at.from === null ? '' : String(at.from));
  put('window', at.window?.join('-') ?? '');
  for (const text of at.breakpoints) put('break', text);
  put('pins', at.pins.join(','));
  put('ahead', at.ahead ? '1' : '');
  put('wide', at.wide);
  if (at.open !== null) words.push(['open', at.open.map(encodeURIComponent).join(',')]);
  put('log', at.log === 'a' ? '' : at.log);
  return words.map(([key, value]) => `${key}=${encodeWord(value)}`).join('&');
}

/** Leaves what an address can hold as it is, so that it stays readable. */
function encodeWord(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|2C|2F|40|3D|2A)/g, decodeURIComponent);
}

function read(hash: string): Place {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (key: string) => words.get(key) ?? '';
  const list = (key: string) => text(key).split(',').filter(Boolean);
  const window = text('window').split('-').map(natural);
  return {
    seq: natural(text('seq')) ?? START.seq,
    follow: text('follow') === '1',
    step: STEP_UNITS.find((unit) => unit === text('step')) ?? START.step,
    q: text('q'),
    mute: list('mute'),
    symbol: text('symbol'),
    interval: text('interval'),
    indicators: words.has('show') ? list('show') : null,
    actor: text('actor'),
    path: text('path'),
    tab: TABS.find((tab) => tab === text('tab')) ?? START.tab,
    from: natural(text('from')),
    window: window[0] != null && window[1] != null ? [window[0], window[1]] : null,
    breakpoints: words.getAll('break').filter(Boolean),
    pins: list('pins').flatMap((pin) => natural(pin) ?? []),
    ahead: text('ahead') === '1',
    wide: text('wide'),
    open: words.has('open') ? list('open').map(decodeURIComponent) : null,
    log: text('log') === 'b' ? 'b' : 'a',
  };
}

function natural(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
