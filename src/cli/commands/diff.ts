/** `openbell diff`: the first fact in which two runs differ, with what led to it. */
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.ts';
import { diffJson } from '../../inspect/diffJson.ts';
import { FactLines } from '../../inspect/factText.ts';
import { diffLogs, type LogDiff } from '../../inspect/logDiff.ts';
import { settingsDiff, sideOf } from '../../inspect/runDiff.ts';
import { diffText, equalText, type NamedRun } from '../diffText.ts';
import { openRun, type RecordedRun } from '../openRun.ts';
import { print } from '../output.ts';

interface Options {
  readonly ignore?: readonly string[];
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .usage('<run> <other> [options]')
    .argument('[run]', 'folder of a run')
    .argument('[other]', 'folder of the run to compare it with')
    .option(
      '--ignore <name...>',
      'leave out types of facts ("Scan*"), fields ("strength") or fields of a type ("SignalEmitted.reason")',
    )
    .option('--json', 'a JSON object')
    .addHelpText('after', '\nExits with 0 if the runs are equal, with 1 if they differ.')
    .action(diff);
}

async function diff(
  first: string | undefined,
  second: string | undefined,
  { ignore = [], json }: Options,
): Promise<void> {
  const { folders, names } = foldersOf([first, second], ignore);
  await using a = await openRun(folders[0]);
  await using b = await openRun(folders[1]);
  const found = diffLogs(a.log, b.log, { ignore: names });
  if (!found.equal) process.exitCode = 1;
  if (found.equal && !json) {
    await print(equalText(found));
    return;
  }
  const settings = settingsDiff(a, b);
  const sides = sidesOf(a, b, found);
  const [nameA, nameB] = folders;
  const runs = { a: namedRun(nameA, a), b: namedRun(nameB, b) };
  await print(
    json
      ? JSON.stringify(diffJson(found, sides, settings))
      : diffText(found, sides!, settings, runs),
  );
}

/** The runs may stand behind the names to ignore, which take all words up to the next option. */
function foldersOf(given: readonly (string | undefined)[], ignore: readonly string[]) {
  const folders = given.filter((folder) => folder !== undefined);
  const taken = 2 - folders.length;
  if (ignore.length < taken || (taken > 0 && ignore.length === taken)) {
    throw new UsageError('diff needs two runs, such as runs/demo-1 runs/demo-2');
  }
  const names = ignore.slice(0, ignore.length - taken);
  const all = [...folders, ...ignore.slice(names.length)] as [string, string];
  return { folders: all, names };
}

function sidesOf(a: RecordedRun, b: RecordedRun, { first, beyond }: LogDiff) {
  const shown = beyond ?? first;
  if (shown === null) return null;
  return { a: sideOf(a.log, shown.a, shown), b: sideOf(b.log, shown.b, shown) };
}

function namedRun(name: string, { log, calendar, manifest }: RecordedRun): NamedRun {
  return { name, lines: new FactLines(calendar.zone, log.position), parent: manifest.parent };
}
