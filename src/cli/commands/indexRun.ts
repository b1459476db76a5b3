/** `openbell index`: makes what lets a log be searched and any of its facts be reached at once. */
import type { Command } from 'commander';
import { LogWriteFailed } from '../../domain/errors.ts';
import { type Indexed, indexLog } from '../../store/indexLog.ts';
import { print } from '../output.ts';
import { counted, plural } from '../table.ts';

export function define(command: Command): void {
  command.argument('<run>', 'folder of the run').option('--json', 'a JSON object').action(index);
}

async function index(folder: string, { json }: { readonly json?: true }): Promise<void> {
  const { position, snapshots, bytes } = await indexed(folder);
  await print(
    json
      ? JSON.stringify({ facts: position, snapshots, bytes })
      : `indexed ${plural(position, 'fact')}: ${plural(snapshots, 'snapshot')} of the state, ` +
          `${counted(bytes)} bytes`,
  );
}

/** @throws {LogWriteFailed} if there is no room, say; the log is as it was */
async function indexed(folder: string): Promise<Indexed> {
  try {
    return await indexLog(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new LogWriteFailed(
      `the index of "${folder}" could not be written (${message}): the log is as it was, make room and try again`,
      { cause: error },
    );
  }
}
