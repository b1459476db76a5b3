/** `openbell demo`: the first thing to try; it needs no config and no data. */
import { type Command, InvalidArgumentError } from 'commander';
import { countFrom1, reportOption } from '../arguments.ts';
import { DEMO, type DemoSize, demoConfig } from '../demoConfig.ts';
import { addInspectOptions, type InspectOptions } from '../inspectOptions.ts';
import { nextRunFolder } from '../runFolder.ts';
import { type RunDisplay, runSession } from '../runSession.ts';

interface Options extends RunDisplay, DemoSize, InspectOptions {
  readonly log?: string;
}

const SYMBOLS_MAX = 500;

export function define(command: Command): void {
  addInspectOptions(command)
    .option('--days <n>', 'trading days', countFrom1, DEMO.days)
    .option('--symbols <n>', `symbols, at most ${SYMBOLS_MAX}`, symbolCount, DEMO.symbols)
    .option('--seed <n>', 'each seed is another market', wholeNumber, DEMO.seed)
    .option('--log <folder>', 'run folder to make; default runs/demo-N')
    .option('--json', 'print the summary as JSON')
    .addOption(reportOption())
    .option('--quiet', 'no progress')
    .action((options: Options) =>
      runSession({
        ...options,
        config: demoConfig(options),
        folder: '.',
        log: options.log ?? nextRunFolder('demo'),
      }),
    );
}

function symbolCount(text: string): number {
  const count = countFrom1(text);
  if (count <= SYMBOLS_MAX) return count;
  throw new InvalidArgumentError(`Write at most ${SYMBOLS_MAX}.`);
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^-?\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError('Write a whole number.');
}
