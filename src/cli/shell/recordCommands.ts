/** What the run has on record: signals, facts, the whole state, the summary. */
import type { FactOf, SessionJson } from '../../index.ts';
import { FactFilter } from '../../inspect/factFilter.ts';
import { FactLines } from '../../inspect/factText.ts';
import { argument } from '../invocation.ts';
import { describeRun } from '../runSession.ts';
import { aligned, counted } from '../table.ts';
import { writeWhole } from '../wholeFile.ts';
import type { Call, ShellCommand } from './command.ts';
import { countOf } from './lookups.ts';

const FACTS_SHOWN = 10;

export const RECORD_COMMANDS: readonly ShellCommand[] = [
  {
    name: 'signals',
    usage: '[N]',
    summary: `the last signals, ${FACTS_SHOWN} or N`,
    run: signals,
  },
  {
    name: 'log',
    usage: '[TYPE] [N] [--symbol SYM]',
    summary: `the last facts, ${FACTS_SHOWN} or N`,
    details: 'TYPE is a type of fact, or a glob such as "Bar*".',
    run: log,
  },
  {
    name: 'export',
    usage: '[FILE]',
    summary: 'write the present state as JSON',
    details: 'FILE is RUN.json if left out; - writes to the screen.',
    run: exportState,
  },
  {
    name: 'report',
    summary: 'what has come out of the run so far, and where the time went',
    run: ({ shell }) => `${describeRun(shell.session)}\n\n${shell.session.formatReport()}`,
  },
];

function signals({ shell, given: { N } }: Call): string {
  const count = N === undefined ? FACTS_SHOWN : countOf(N);
  const filter = new FactFilter({ types: ['SignalEmitted'] });
  const found = filter.last(shell.session.log, count) as FactOf<'SignalEmitted'>[];
  if (found.length === 0) return 'no signal yet';
  const rows = found.map(({ at, symbol, side, strength, strategy, reason }) => [
    shell.clock(at),
    symbol,
    side,
    String(strength),
    strategy,
    reason,
  ]);
  return aligned([['time', 'symbol', 'side', 'strength', 'strategy', 'reason'], ...rows], 'lllrll');
}

function log({ shell, given }: Call): string {
  const facts = shell.session.log;
  // A count may stand alone: no type of fact is a number.
  const alone = given.TYPE !== undefined && /^\d+$/.test(given.TYPE) && given.N === undefined;
  const [type, number] = alone ? [undefined, given.TYPE] : [given.TYPE, given.N];
  const count = number === undefined ? FACTS_SHOWN : countOf(number);
  const symbol = given['--symbol'];
  const filter = new FactFilter({
    types: type === undefined ? [] : [type],
    symbols: symbol === undefined ? [] : [symbol],
  });
  const lines = new FactLines(shell.time.calendar.zone, facts.position);
  const found = filter.last(facts, count);
  return found.length === 0 ? 'no such fact yet' : found.map((fact) => lines.line(fact)).join('\n');
}

async function exportState({ shell, given: { FILE } }: Call): Promise<string> {
  const { session } = shell;
  const state = session.toJSON();
  if (FILE === '-') return [...exportText(state)].join('');
  const file = FILE ?? `${session.run}.json`;
  await writeWhole(exportText(state), file);
  return `wrote ${argument(file)}: the state after fact ${counted(session.view.seq)}`;
}

/** A symbol at a time: as one text, a large state could be too long for a string. */
function* exportText(state: SessionJson): Generator<string> {
  const { session_data: symbols, ...rest } = state;
  yield '{"session_data":{';
  let separator = '\n';
  for (const [symbol, json] of Object.entries(symbols)) {
    yield `${separator}${JSON.stringify(symbol)}:${JSON.stringify(json)}`;
    separator = ',\n';
  }
  yield `},${JSON.stringify(rest).slice(1)}\n`;
}
