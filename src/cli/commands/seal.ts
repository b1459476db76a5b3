/** `openbell seal`: compresses the log of a run that is over. What is read from it stays the same. */
import type { Command } from 'commander';
import { LogWriteFailed } from '../../domain/errors.ts';
import { readManifest } from '../../store/manifest.ts';
import { sealLog } from '../../store/sealLog.ts';
import { segmentSizes } from '../../store/segmentSizes.ts';
import { print } from '../output.ts';
import { totalsOf } from '../statsText.ts';
import { counted, plural } from '../table.ts';

export function define(command: Command): void {
  command.argument('<run>', 'folder of the run').option('--json', 'a JSON object').action(seal);
}

async function seal(folder: string, { json }: { readonly json?: true }): Promise<void> {
  readManifest(folder);
  const before = totalsOf(segmentSizes(folder));
  const segments = await sealed(folder);
  const { bytes } = totalsOf(segmentSizes(folder));
  if (json) {
    await print(JSON.stringify({ segments, bytes_before: before.bytes, bytes }));
    return;
  }
  const what = plural(segments, 'segment');
  await print(
    before.raw === 0
      ? `nothing to do: ${what}, sealed already, ${plural(bytes, 'byte')}`
      : `sealed ${what}: ${counted(before.bytes)} bytes are now ${counted(bytes)}`,
  );
}

/** @throws {LogWriteFailed} if there is no room, say; what was not sealed yet is then as it was */
async function sealed(folder: string): Promise<number> {
  try {
    return await sealLog(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new LogWriteFailed(
      `the log in "${folder}" could not be sealed (${message}): nothing is lost, make room and try again`,
      { cause: error },
    );
  }
}
