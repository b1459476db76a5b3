/** `openbell stats`: what the log of a run is made of. */
import type { Command } from 'commander';
import { isoUtc } from '../../domain/calendar/display.ts';
import { FactLines } from '../../inspect/factText.ts';
import { statsOf } from '../../inspect/logStats.ts';
import { segmentSizes } from '../../store/segmentSizes.ts';
import { openRun } from '../openRun.ts';
import { print } from '../output.ts';
import { type StoredStats, statsText, totalsOf } from '../statsText.ts';

export function define(command: Command): void {
  command
    .argument('<run>', 'folder of the run')
    .option('--json', 'a JSON object')
    .action(printStats);
}

async function printStats(folder: string, { json }: { readonly json?: true }): Promise<void> {
  await using run = await openRun(folder);
  const { log, calendar, manifest, cutOff } = run;
  const status = cutOff ? 'interrupted' : manifest.status;
  const stored = {
    run: manifest.run,
    status,
    stats: statsOf(log),
    segments: segmentSizes(folder),
  };
  const lines = new FactLines(calendar.zone, log.position);
  await print(json ? JSON.stringify(statsJson(stored, log.chainHash())) : statsText(stored, lines));
}

function statsJson({ run, status, stats, segments }: StoredStats, chainHash: string) {
  const { facts, frames, firstAt, lastAt, sessions, symbols, types, actors, days } = stats;
  const byType = types.map(({ type, facts, bytes }) => [type, { facts, bytes }]);
  const byActor = actors.map(({ actor, facts }) => [actor, facts]);
  return {
    run,
    status,
    chain_hash: chainHash,
    facts,
    frames,
    first_at: firstAt === null ? null : isoUtc(firstAt),
    last_at: lastAt === null ? null : isoUtc(lastAt),
    sessions,
    symbols,
    ...totalsOf(segments),
    types: Object.fromEntries(byType),
    actors: Object.fromEntries(byActor),
    days,
    segments: segments.map(({ name, sealed, bytes, rawBytes }) => {
      return { name, sealed, bytes, raw_bytes: rawBytes };
    }),
  };
}
