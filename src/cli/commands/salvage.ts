/** `openbell salvage`: copies what is good of a damaged log. The original stays as it is. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isoUtc } from '../../domain/calendar/display.ts';
import { type Salvage, salvageLog } from '../../store/salvage.ts';
import { argument } from '../invocation.ts';
import { print } from '../output.ts';
import { counted, plural } from '../table.ts';

interface Options {
  readonly out?: string;
  readonly json?: true;
}

export function define(command: Command): void {
  command
    .argument('<run>', 'folder of the run')
    .option('--out <folder>', 'where to copy it; default RUN-salvaged')
    .option('--json', 'a JSON object')
    .action(salvage);
}

async function salvage(folder: string, { out, json }: Options): Promise<void> {
  const into = out ?? `${resolve(folder)}-salvaged`;
  const salvaged = salvageLog(folder, into);
  if (json) await print(JSON.stringify(salvageJson(salvaged, into)));
  else if (salvaged === null) {
    await print(`nothing of the log in ${argument(folder)} is damaged: nothing was copied`);
  } else await print(salvageText(salvaged, into));
}

function salvageJson(salvaged: Salvage | null, into: string) {
  if (salvaged === null) return { damaged: false };
  const { position, at, lost, damage } = salvaged;
  const { message, segment, offset } = damage;
  return {
    damaged: true,
    out: into,
    position,
    at: isoUtc(at),
    lost,
    damage: { message, segment, offset },
  };
}

function salvageText({ position, at, lost, damage }: Salvage, into: string): string {
  const what =
    lost === null
      ? 'what came after it'
      : `${plural(lost, 'fact')} after it, up to fact ${counted(position + lost)}`;
  return [
    `copied facts 1 to ${counted(position)} into ${argument(into)}`,
    `the last one is of ${isoUtc(at)}; ${lost === 0 ? 'no fact is lost' : `lost is ${what}`}`,
    `the original is as it was: ${damage.message.replace(/: restore the file.*$/, '')}`,
  ].join('\n');
}
