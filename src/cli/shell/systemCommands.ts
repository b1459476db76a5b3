/** `system …`: how the run goes on. */
import { parseClock, parseInstant } from '../../domain/calendar/display.ts';
import { UsageError } from '../../domain/errors.ts';
import type { MarketTime } from '../../index.ts';
import { few } from '../../inspect/factText.ts';
import { argument } from '../invocation.ts';
import { aligned, counted, plural } from '../table.ts';
import type { Call, ShellCommand } from './command.ts';
import { countOf } from './lookups.ts';
import type { Shell } from './shell.ts';

export const SYSTEM_COMMANDS: readonly ShellCommand[] = [
  {
    name: 'system start',
    usage: '[--until TIME]',
    summary: 'run in the background, or up to a time',
    details:
      'TIME is a clock time of the exchange, such as 10:42, in this session or the next one that has it ahead,\n' +
      'or such as 2024-01-03T10:42. The command ends when everything due by then is done, and the run stands\n' +
      'there; Ctrl-C has it stand earlier.',
    run: start,
  },
  {
    name: 'system step',
    usage: '[N]',
    summary: 'go on by one market instant, or by N',
    run: step,
  },
  {
    name: 'system pause',
    summary: 'halt what runs in the background, between two market instants',
    run: async ({ shell }) => {
      await shell.drive.pause();
      return `paused at ${shell.clock()}`;
    },
  },
  {
    name: 'system resume',
    summary: 'go on in the background after a pause',
    run: ({ shell }) => {
      const from = shell.clock();
      shell.drive.resume();
      return `resumed at ${from}`;
    },
  },
  {
    name: 'system wait',
    summary: 'wait until nothing runs in the background',
    details: 'For scripts: what follows "system start" does not wait by itself.',
    run: wait,
  },
  {
    name: 'system stop',
    summary: 'end the run where it is',
    run: async ({ shell }) => {
      const { status, log } = await shell.drive.stop();
      return `${status} at ${shell.clock()}${log === null ? '' : `; the log is ${argument(log)}`}`;
    },
  },
  {
    name: 'system status',
    summary: 'how far the run has come',
    run: ({ shell }) => statusText(shell),
  },
];

async function start({ shell, given, signal }: Call): Promise<string> {
  const { drive } = shell;
  const until = given['--until'];
  if (until !== undefined) {
    const time = timeMeant(until, shell);
    await shell.watch(() => drive.goTo(time, signal));
    return standingText(shell);
  }
  if (drive.state === 'running') return 'it runs already: "system status" shows how far it is';
  drive.begin();
  return 'running in the background: "system status" shows how far it is';
}

async function step({ shell, given, signal }: Call): Promise<string> {
  const count = given.N === undefined ? 1 : countOf(given.N);
  const before = shell.session.log.position;
  const done = await shell.watch(() => shell.drive.step(count, signal));
  const facts = shell.session.log.position - before;
  return `${standingText(shell)}: ${plural(done, 'instant')}, ${plural(facts, 'fact')}`;
}

async function wait({ shell, signal }: Call): Promise<string> {
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });
  await shell.watch(() => Promise.race([shell.drive.atRest, aborted]));
  return standingText(shell);
}

function standingText(shell: Shell): string {
  const { state } = shell.drive;
  if (state === 'ready') return 'not begun';
  return state === 'standing' ? `at ${shell.clock()}` : `${state} at ${shell.clock()}`;
}

function statusText(shell: Shell): string {
  const { session, drive, time } = shell;
  const { view, progress } = session;
  const { phase } = view;
  const facts = session.log.position;
  const { signals } = session.summary();
  const first = session.config.backtest_config.start_date;
  const day = phase?.date ? `${phase.date}, ${time.countTradingDays(first, phase.date)}` : 'none';
  const rows = [
    ['run', `${session.run}: ${drive.state}`],
    ['clock', facts === 0 ? 'not begun' : shell.clock()],
    ['phase', phase === null ? 'none' : `${phase.number} ${phase.name}`],
    ['session', `${day} of ${progress.sessions}`],
    ['symbols', few(view.symbols.toSorted()) || 'none'],
    ['bars', counted(session.bars)],
    ['facts', counted(facts)],
    ['signals', counted(signals)],
    ['log', session.folder === null ? 'in memory' : argument(session.folder)],
  ];
  return aligned(rows, 'll');
}

/** The instant that a time stands for. @throws {UsageError} if it is none, or not ahead */
function timeMeant(text: string, shell: Shell): MarketTime {
  const { calendar } = shell.time;
  const isClock = /^\d{1,2}:/.test(text);
  const time = isClock ? nextClock(text, shell) : parseInstant(text, calendar.zone);
  if (time !== undefined && time > nowOf(shell)) return time;
  const ahead = isClock ? 'in no session that is ahead' : 'over';
  throw new UsageError(`"${text}" is ${ahead}: the clock is at ${shell.clock(nowOf(shell))}`);
}

/** When the exchange's clock shows `text` next: in the session that is not over, or a later one. */
function nextClock(text: string, shell: Shell): MarketTime | undefined {
  const { calendar } = shell.time;
  const now = nowOf(shell);
  const { start_date, end_date } = shell.session.config.backtest_config;
  return shell.time
    .tradingDatesBetween(start_date, end_date)
    .map((date) => calendar.session(date)!)
    .filter(({ close }) => close > now)
    .map((session) => ({ ...session, time: parseClock(text, session, calendar.zone) }))
    .find(({ open, time }) => time >= open && time > now)?.time;
}

/** Before a run begins its clock shows nothing yet: even the first open is ahead. */
function nowOf({ session, time }: Shell): MarketTime {
  if (session.log.position > 0) return session.view.now;
  const { start_date } = session.config.backtest_config;
  return time.calendar.session(time.firstTradingDate(start_date))!.open - 1;
}
