/** The options that say what to run and how: the same wherever a config is run. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SliceSize } from '../actors/pump.ts';
import { UsageError } from '../domain/errors.ts';
import { tryParseInterval } from '../domain/interval.ts';
import { behindList } from './arguments.ts';
import { loadConfigFile } from './configFile.ts';
import { withDataFiles } from './dataFiles.ts';
import { nextRunFolder } from './runFolder.ts';
import { speedFrom0, withSpeed } from './speed.ts';

export interface RunOptions {
  readonly data?: readonly string[];
  readonly stamp?: 'open' | 'close';
  readonly interval: string;
  readonly timezone?: string;
  readonly log?: string;
  readonly speed?: number;
  readonly slice: SliceSize;
  readonly stately?: true;
}

/** What is to be run, and where its log goes. */
export interface RunChoice {
  readonly config: unknown;
  /** Where relative paths of the config start. */
  readonly folder: string;
  readonly log: string;
}

export function addRunOptions(command: Command): Command {
  return command
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
    .option('--speed <x>', "times real time, in place of the config's; 0: no waiting", speedFrom0)
    .option('--slice <frames>', 'market frames between two looks at messages', slice, 'auto')
    .option('--stately', 'show the statecharts in the Stately inspector');
}

/**
 * Reads the config that was named, with the data files given.
 *
 * @param given what commander took for the config
 * @param none what to say if there is none, or the config that then takes its place
 */
export async function chooseRun(
  given: string | undefined,
  options: RunOptions,
  none: { readonly missing: string; readonly instead?: object },
): Promise<RunChoice> {
  const { missing, instead } = none;
  refuseIdleOptions(options);
  if (instead !== undefined && given === undefined && options.data === undefined) {
    return {
      config: paced(instead, options),
      folder: '.',
      log: options.log ?? nextRunFolder(sessionName(instead)),
    };
  }
  const { argument, list } = behindList(given, options.data ?? [], missing);
  const { raw, folder } = await loadConfigFile(argument);
  return {
    config: paced(
      list.length === 0 ? raw : withDataFiles(raw, { ...options, data: list }),
      options,
    ),
    folder,
    log: options.log ?? nextRunFolder(sessionName(raw)),
  };
}

function paced(config: unknown, { speed }: RunOptions): unknown {
  return speed === undefined ? config : withSpeed(config, speed);
}

/** What describes the files of `--data` says nothing of the config's own data. */
function refuseIdleOptions({ data, stamp, timezone }: RunOptions): void {
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
