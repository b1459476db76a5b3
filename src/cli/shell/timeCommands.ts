/** `time …`: the market's clock and calendar. */
import { calendarRows } from '../../domain/calendar/calendarRows.ts';
import { addDays } from '../../domain/calendar/civil.ts';
import type { TradingDate } from '../../index.ts';
import { calendarLine } from '../calendarText.ts';
import { aligned, plural } from '../table.ts';
import type { Call, ShellCommand } from './command.ts';
import type { Shell } from './shell.ts';

export const TIME_COMMANDS: readonly ShellCommand[] = [
  {
    name: 'time',
    summary: "the market's clock, its session and the next ones",
    run: ({ shell }) => timeText(shell),
  },
  {
    name: 'time calendar',
    usage: '[DATE] [LAST]',
    summary: 'the session of a date, or of all dates up to LAST',
    run: calendarText,
  },
];

const DATES_AHEAD = 3;
/** No exchange was ever closed for longer. */
const DAYS_LOOKED_AHEAD = 30;

function timeText(shell: Shell): string {
  const { session, time } = shell;
  const { calendar } = time;
  const { start_date, end_date } = session.config.backtest_config;
  const { start, end, sessions } = time.resolveWindow(start_date, end_date);
  const begun = session.log.position > 0;
  const date = today(shell);
  const rows = [
    ['now', `${begun ? shell.clock() : 'not begun'}, ${calendar.zone}`],
    ['session', datesText(date, date, shell)],
    ['next', datesAfter(date, shell).join(', ') || 'none'],
    ['run', `${start} to ${end}, ${plural(sessions, 'session')} of ${calendar.name}`],
  ];
  return aligned(rows, 'll');
}

function calendarText({ shell, given }: Call): string {
  const from = given.DATE ?? today(shell);
  return datesText(from, given.LAST ?? from, shell);
}

/** The trading day that the run is in, or begins with. */
function today({ session: { view, config }, time }: Shell): TradingDate {
  const { start_date } = config.backtest_config;
  return view.phase?.date ?? view.session?.date ?? time.firstTradingDate(start_date);
}

function datesAfter(date: TradingDate, { time }: Shell): TradingDate[] {
  const last = addDays(date, DAYS_LOOKED_AHEAD);
  const { lastDate } = time.calendar;
  const dates = time.tradingDatesBetween(date, last < lastDate ? last : lastDate);
  return dates.filter((each) => each > date).slice(0, DATES_AHEAD);
}

function datesText(from: TradingDate, to: TradingDate, { time: { calendar } }: Shell): string {
  const rows = [...calendarRows(calendar, from, to)];
  if (rows.length === 0) return `${from === to ? from : `${from} to ${to}`}  closed: weekend`;
  return rows.map((row) => calendarLine(row, calendar)).join('\n');
}
