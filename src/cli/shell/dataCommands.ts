import { plural } from '../table.ts';
import { type Call, Declined, type ShellCommand } from './command.ts';
import { barsTable, historyTable, indicatorsTable, symbolsTable, symbolText } from './dataText.ts';
import { countOf, intervalOf, symbolOf } from './lookups.ts';

const BARS_SHOWN = 10;

export const DATA_COMMANDS: readonly ShellCommand[] = [
  {
    name: 'data session',
    usage: '[SYM]',
    summary: 'every symbol in a line, or one in detail',
    run: ({ shell, given: { SYM } }) => {
      if (SYM !== undefined) return symbolText(symbolOf(SYM, shell), shell);
      return shell.session.view.symbols.length === 0 ? 'no symbol is loaded' : symbolsTable(shell);
    },
  },
  {
    name: 'data add-symbol',
    usage: 'SYM [STREAM...]',
    summary: 'load a symbol and catch it up to the clock',
    details:
      'STREAM is an interval for this symbol beside those of the config. A run that was not begun is begun;\n' +
      'between two sessions the symbol joins when the next one opens.',
    run: addSymbol,
  },
  {
    name: 'data remove-symbol',
    usage: 'SYM [--force]',
    summary: 'take a symbol out of the session',
    details: 'Symbols of the config, and those that are locked, go with --force only.',
    run: removeSymbol,
  },
  {
    name: 'data bars',
    usage: 'SYM [INTERVAL] [N]',
    summary: `the last bars of today, ${BARS_SHOWN} or N`,
    run: ({ shell, given: { SYM, INTERVAL, N } }) => {
      const symbol = symbolOf(SYM!, shell);
      const interval = INTERVAL === undefined ? symbol.base : intervalOf(INTERVAL, symbol);
      const count = N === undefined ? BARS_SHOWN : countOf(N);
      return barsTable(symbol, { interval, count }, shell);
    },
  },
  {
    name: 'data indicators',
    usage: 'SYM',
    summary: 'the indicators of a symbol',
    run: ({ shell, given: { SYM } }) => {
      const symbol = symbolOf(SYM!, shell);
      return indicatorsTable(symbol.indicators, shell) || `${symbol.symbol} has no indicators`;
    },
  },
  {
    name: 'data history',
    usage: 'SYM',
    summary: 'the bars of earlier days, per interval',
    run: ({ shell, given: { SYM } }) => {
      const symbol = symbolOf(SYM!, shell);
      return historyTable(symbol) || `${symbol.symbol} has no history: the config asks for none`;
    },
  },
];

async function addSymbol({ shell, given, rest, signal }: Call): Promise<string> {
  const { session } = shell;
  const adding = session.addSymbol(given.SYM!, { streams: rest });
  const aborted = new Promise<null>((resolve) => {
    signal.addEventListener('abort', () => resolve(null));
  });
  const result = await Promise.race([adding, aborted]);
  if (result === null)
    return 'it was asked for all the same: "data session" shows when it is there';
  const { symbol } = result;
  if (result.added) {
    const bars = session.view.symbol(symbol)?.metrics.bars ?? 0;
    return `${symbol} is loaded: ${plural(bars, 'bar')} up to ${shell.clock()}`;
  }
  // A run that fails refuses what is asked of it: why it failed, says more.
  await shell.drive.settle();
  if (result.loaded) return `${symbol} is loaded already`;
  throw new Declined(`${symbol} was refused: ${result.reason}`);
}

async function removeSymbol({ shell, given }: Call): Promise<string> {
  const force = given['--force'] !== undefined;
  const result = await shell.session.removeSymbol(given.SYM!, { force });
  if (result.removed) return `${result.symbol} is removed`;
  throw new Declined(`${result.symbol} was not removed: ${result.reason}`);
}
