/**
 * Writes `sampleFrames` into a run as fast as it can, for tests that do something to the process.
 *
 *   node writerProcess.ts FOLDER SEGMENT_BYTES FRAMES
 *
 * Opens the run if there is one. Prints the last seq after each `durable()`, `done` at the end, or the name of
 * the error that stopped it.
 */
import { existsSync } from 'node:fs';
import { FileLog } from '../../src/store/fileLog.ts';
import { sampleFrames } from './sampleFrames.ts';

const [folder, segmentBytes, frames] = process.argv.slice(2);
const options = { segmentBytes: Number(segmentBytes) };
const given = {
  run: 'run-1',
  config: null,
  versions: { engine: '0.1.0', chart: 1, events: 2, behaviour: 2 },
  seed: null,
  data: {},
  parent: null,
};

try {
  const log = existsSync(`${folder}/manifest.json`)
    ? await FileLog.open(folder!, options)
    : await FileLog.create(folder!, given, options);
  let appended = 0;
  for (const frame of sampleFrames(Number(frames))) {
    if (frame.firstSeq <= log.position) continue;
    log.append(frame);
    if (++appended % 20 !== 0) continue;
    const { position } = log;
    await log.durable();
    process.stdout.write(`${position}\n`);
  }
  await log.close('completed');
  process.stdout.write('done\n');
} catch (error) {
  process.stdout.write(`${(error as Error).name}: ${(error as Error).message}\n`);
}
