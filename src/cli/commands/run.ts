/** `openbell run`: the sessions of a config, from the command line. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../domain/errors.ts';
import { tryParseInterval } from '../../domain/interval.ts';
import { behindList, reportOption } from '../arguments.ts';
import { loadConfigFile } from '../configFile.ts';
import { withDataFiles } from '../dataFiles.ts';
import { nextRunFolder } from '../runFolder.ts';
import { type RunDisplay, runSession } from '../runSession.ts';

interface Options extends RunDisplay {
  readonly data?: readonly string[];
  readonly stamp?: 'open' | 'close';
  readonly interval: string;
  readonly timezone?: string;
  readonly log?: string;
  readonly slice: number | 'auto';
  readonly stately?: true;
}

export function define(command: Command): void {
  command
    .usage('<config> [options]')
    .argument('[config]', 'config file: .yaml, .json or .ts')
    .option('--data <file...>', "bars in place of the config's: FILE, SYMBOL=FILE or {symbol}.csv")
    .addOption(
      new Option('--stamp <at>', 'whether a row of FILE bears its open or its close').choices([
        'open',
        'close',
      ]),
    )
    .option('--interval <interval>', 'length of the bars in FILE', storedInterval, '1m')
    .option('--timezone <zone>', "of times in FILE without an offset; default the exchange's", zone)
    .option('--log <folder>', 'run folder to make; default runs/NAME-N')
    .option('--json', 'print the summary as JSON')
    .addOption(reportOption())
    .option('--slice <frames>', 'market frames between two looks at messages', slice, 'auto')
    .option('--stately', 'show the statecharts in the Stately inspector')
    .option('--quiet', 'no progress')
    .action(run);
}

async function run(given: string | undefined, options: Options): Promise<void> {
  const missing = 'run needs a config file: "config init" writes one';
  const { argument, list } = behindList(given, options.data ?? [], missing);
  refuseIdleOptions(options);
  const { raw, folder } = await loadConfigFile(argument);
  await runSession({
    ...options,
    config: list.length === 0 ? raw : withDataFiles(raw, { ...options, data: list }),
    folder,
    log: options.log ?? nextRunFolder(sessionName(raw)),
  });
}

/** What describes the files of `--data` says nothing of the config's own data. */
function refuseIdleOptions({ data, stamp, timezone }: Options): void {
  if (data !== undefined) return;
  const idle = stamp !== undefined ? '--stamp' : timezone !== undefined ? '--timezone' : undefined;
  if (idle === undefined) return;
  throw new UsageError(
    `${idle} describes the files of --data: give those, or write it in the config`,
  );
}

function sessionName(raw: unknown): string {
  const given = (raw ?? {}) as Readonly<Record<string, unknown>>;
  return String(given.session_name ?? given.sessionName ?? '');
}

function storedInterval(text: string): string {
  const interval = tryParseInterval(text);
  if (interval !== null && (interval.intraday || interval.text === '1d')) return interval.text;
  throw new InvalidArgumentError('Write seconds, minutes, hours or 1d, such as 1m.');
}

function zone(name: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    throw new InvalidArgumentError('Write an IANA zone such as America/New_York.');
  }
}

function slice(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const frames = Number(text);
  if (/^\d+$/.test(text) && frames >= 1 && Number.isSafeInteger(frames)) return frames;
  throw new InvalidArgumentError('Write a whole number from 1 on, or auto.');
}
