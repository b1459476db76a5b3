/** `openbell calendar`: the sessions and holidays of an exchange. */
import type { Command } from 'commander';
import type { Calendar } from '../../domain/calendar/calendar.ts';
import { calendarRows } from '../../domain/calendar/calendarRows.ts';
import { calendarNames, findCalendar } from '../../domain/calendar/calendars.ts';
import { UsageError } from '../../domain/errors.ts';
import { suggest } from '../../domain/suggest.ts';
import { calendarLine } from '../calendarText.ts';
import { Output } from '../output.ts';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .argument('<name>', calendarNames().join(', '))
    .requiredOption('--from <date>', 'first date, such as 2024-07-01')
    .requiredOption('--to <date>', 'last date, inclusive')
    .option('--json', 'one JSON object a line, times in UTC')
    .action(printCalendar);
}

async function printCalendar(name: string, { from, to, json }: Options): Promise<void> {
  const calendar = calendarNamed(name);
  const output = new Output();
  for (const row of calendarRows(calendar, from, to)) {
    output.add(`${json ? JSON.stringify(row) : calendarLine(row, calendar)}\n`);
    if (output.full) await output.flush();
  }
  await output.flush();
}

function calendarNamed(name: string): Calendar {
  const calendar = findCalendar(name) ?? findCalendar(name.toUpperCase());
  if (calendar !== undefined) return calendar;
  const names = calendarNames();
  const meant = suggest(name, names);
  const remedy = meant === undefined ? `choose ${names.join(', ')}` : `did you mean "${meant}"?`;
  throw new UsageError(`there is no calendar "${name}": ${remedy}`);
}
