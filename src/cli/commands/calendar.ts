import type { Command } from 'commander';

interface Options {
  readonly from: string;
  readonly to: string;
  readonly json?: true;
}

export function defineCalendar(program: Command): void {
  program
    .command('calendar')
    .description('print the sessions and holidays of an exchange')
    .argument('<name>', 'US_EQUITY, XNYS, XNAS, CRYPTO, FOREX or CME')
    .requiredOption('--from <date>', 'first date, such as 2024-07-01')
    .requiredOption('--to <date>', 'last date, inclusive')
    .option('--json', 'one JSON object a line')
    .action(printCalendar);
}

async function printCalendar(name: string, { from, to, json }: Options): Promise<void> {
  const { calendarNames, findCalendar } = await import('../../domain/calendar/calendars.ts');
  const { calendarRows } = await import('../../domain/calendar/calendarRows.ts');
  const { isoInZone, parseInstant } = await import('../../domain/calendar/display.ts');
  const { dayNumber, weekdayOf } = await import('../../domain/calendar/civil.ts');
  const { UsageError } = await import('../../domain/errors.ts');
  const { suggest } = await import('../../domain/suggest.ts');
  const { Output } = await import('../output.ts');

  const calendar = findCalendar(name) ?? findCalendar(name.toUpperCase());
  if (calendar === undefined) {
    const names = calendarNames();
    const meant = suggest(name, names);
    const remedy = meant === undefined ? `choose one of ${names.join(', ')}` : `did you mean "${meant}"?`;
    throw new UsageError(`there is no calendar "${name}": ${remedy}`);
  }
  const local = (iso: string) => isoInZone(parseInstant(iso), calendar.zone);
  const output = new Output();
  for (const row of calendarRows(calendar, from, to)) {
    output.add(json ? `${JSON.stringify(row)}\n` : `${humanRow(row)}\n`);
    if (output.full) await output.flush();
  }
  await output.flush();

  function humanRow(row: import('../../domain/calendar/calendarRows.ts').CalendarRow): string {
    const day = `${row.date}  ${WEEKDAYS[weekdayOf(dayNumber(row.date)) - 1]}`;
    if (row.open === null) return `${day}  closed  ${row.holiday}`;
    const open = local(row.open);
    const close = local(row.close);
    const opensBefore = open.slice(0, 10) === row.date ? '' : `${open.slice(0, 10)} `;
    const early = row.early_close ? '  early close' : '';
    return `${day}  ${opensBefore}${open.slice(11, 16)} to ${close.slice(11, 16)} ${open.slice(23)}${early}`;
  }
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
