/** Everything that can be done, by a name that stays the same: keys, palette, tests and links use it. */
import { event } from '../data/cursorData.ts';
import { muteToggled, term } from '../data/filter.ts';
import { engine, order } from '../data/live.ts';
import { pin } from '../data/notes.ts';
import { at, run } from '../data/run.ts';
import { closeDialog, openDialog } from '../state/dialogs.ts';
import { go, place, STEP_UNITS } from '../state/place.ts';
import { toggleTheme } from '../state/theme.ts';
import { copyEvent, copyLink, copyState, copyTest } from './copying.ts';
import { focusOn } from './focus.ts';
import { follow, hit, notice, step, toBreak, toCause, toEffect, toEnd, toStart } from './moves.ts';
import { togglePlay } from './playback.ts';

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Move' | 'Look' | 'Mark' | 'Page' | 'Take away';
  /** As `event.key` says them, with modifiers before: `shift+ArrowLeft`, `mod+k`. */
  readonly keys: readonly string[];
  readonly run: () => void;
}

const FOCUS_REACH = 50;

function list(
  group: Command['group'],
  entries: Readonly<Record<string, readonly [string, string, () => unknown]>>,
): Command[] {
  return Object.entries(entries).map(([name, [keys, title, act]]) => ({
    id: `inspector.${name}`,
    title,
    group,
    keys: keys.split(' ').filter(Boolean),
    run: () => void act(),
  }));
}

export const COMMANDS: readonly Command[] = [
  ...list('Move', {
    nextEvent: ['ArrowRight j', 'Next fact', () => step('event', 'next')],
    previousEvent: ['ArrowLeft k', 'Previous fact', () => step('event', 'previous')],
    nextBar: ['shift+ArrowRight', 'Next bar', () => step('bar', 'next')],
    previousBar: ['shift+ArrowLeft', 'Previous bar', () => step('bar', 'previous')],
    nextTransition: ['alt+ArrowRight', 'Next change of a chart', () => step('transition', 'next')],
    previousTransition: [
      'alt+ArrowLeft',
      'Previous change of a chart',
      () => step('transition', 'previous'),
    ],
    nextPhase: [']', 'Next phase', () => step('phase', 'next')],
    previousPhase: ['[', 'Previous phase', () => step('phase', 'previous')],
    nextDay: ['}', 'Next trading day', () => step('day', 'next')],
    previousDay: ['{', 'Previous trading day', () => step('day', 'previous')],
    first: ['Home', 'First fact of the run', toStart],
    last: ['End', 'Last fact of the run', toEnd],
    goTo: ['g', 'Go to a number or a time…', () => focusOn('place')],
    goToCause: ['c', 'Go to what led to this fact', toCause],
    firstEffect: ['C', 'Go to the first thing that came of it', toEffect],
    nextHit: ['n', 'Next hit of the filter', () => hit('next')],
    previousHit: ['N', 'Previous hit of the filter', () => hit('previous')],
    nextBreak: ['F8', 'Run on to the next breakpoint', () => toBreak('next')],
    previousBreak: ['shift+F8', 'Run back to a breakpoint', () => toBreak('previous')],
    play: ['Space', 'Play or stop', togglePlay],
    live: ['l', 'Follow the end of a live run', follow],
    resumeRun: ['', 'Let a held run go on', () => letGoOn({ type: 'resume' })],
    stepRun: [
      '',
      'Let a held run go on by one frame',
      () => letGoOn({ type: 'step', unit: 'bar' }),
    ],
  }),
  ...list('Look', {
    search: ['/', 'Filter the facts…', () => focusOn('filter')],
    clearFilter: ['', 'Clear the filter', () => go({ q: '' })],
    focusWindow: ['f', 'Lanes: show what is around the cursor', focusWindow],
    wholeWindow: ['F', 'Lanes: show the whole run', () => go({ window: null })],
    tree: ['s', 'SessionData as a tree', () => go({ tab: 'tree' })],
    diff: ['d', 'What changed', () => go({ tab: 'diff' })],
    why: ['w', 'Why is it so?', () => go({ tab: 'why' })],
    findValue: ['v', 'Find a value in SessionData…', () => focusOn('value')],
    mute: ['m', 'Mute facts of this type', muteType],
    unmute: ['M', 'Show all that is muted', () => go({ mute: [] })],
    stepUnit: ['u', 'Another unit for stepping', nextUnit],
    otherRun: ['o', 'Show the other run', otherRun],
  }),
  ...list('Mark', {
    breakpoint: ['b', 'Breakpoint on facts like this one', breakHere],
    breakpoints: ['B', 'Breakpoints…', () => openDialog('breakpoints')],
    pin: ['p', 'Pin this moment with a note', pinHere],
  }),
  ...list('Take away', {
    copyState: ['', 'Copy SessionData as JSON', copyState],
    copyEvent: ['', 'Copy this fact as JSON', copyEvent],
    copyTest: ['', 'Copy as test', copyTest],
    copyLink: ['y', 'Copy a link to this place', copyLink],
  }),
  ...list('Page', {
    palette: ['mod+k', 'All commands…', () => openDialog('palette')],
    help: ['?', 'All keys, and what this page is', () => openDialog('keys')],
    theme: ['t', 'Light or dark', toggleTheme],
    close: ['Escape', 'Close what is open, leave a field', close],
  }),
];

function focusWindow(): void {
  const first = Math.max(1, at.peek() - FOCUS_REACH);
  go({ window: [first, at.peek() + FOCUS_REACH] });
}

function muteType(): void {
  const type = event.value.peek()?.row.type;
  if (type !== undefined) go({ mute: muteToggled(term('type', type)) });
}

function nextUnit(): void {
  const index = STEP_UNITS.indexOf(place.peek().step);
  go({ step: STEP_UNITS[(index + 1) % STEP_UNITS.length]! }, 'silent');
}

function otherRun(): void {
  if (run.peek()?.other === null) notice.value = 'The page was opened with one run only.';
  else go({ log: place.peek().log === 'a' ? 'b' : 'a' });
}

/** A breakpoint that this very fact would hit: its type, or the state that was entered. */
function breakHere(): void {
  const fact = event.value.peek()?.fact;
  if (fact === undefined) return;
  const line =
    fact.type === 'TransitionTaken'
      ? `entering ${String(fact.actor).split('/').at(-1)}.${String(fact.to)}`
      : `type=${fact.type}`;
  const { breakpoints } = place.peek();
  const has = breakpoints.includes(line);
  go({
    breakpoints: has ? breakpoints.filter((each) => each !== line) : [...breakpoints, line],
  });
  notice.value = `Breakpoint ${has ? 'taken away' : 'set'}: ${line}`;
}

function letGoOn(how: Parameters<typeof order>[0]): void {
  if (engine.peek()?.paused === true) order(how);
  else notice.value = 'No run is held here.';
}

function pinHere(): void {
  const seq = at.peek();
  if (seq === 0) return;
  pin(seq);
  focusOn(`note ${seq}`);
}

function close(): void {
  closeDialog();
  if (place.peek().wide !== '') go({ wide: '' });
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

/** Does what the command of this name does. */
export function perform(id: string): void {
  COMMANDS.find((command) => command.id === id)?.run();
}
