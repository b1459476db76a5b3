/** What can be read of a damaged log, in memory: its frames up to the first that is not intact or out of order. */
import { InvariantViolated } from '../domain/errors.ts';
import { Malformed } from './bytes.ts';
import { FrameDecoder } from './frameCodec.ts';
import { MemoryLog } from './memoryLog.ts';
import { HEADER_BYTES } from './record.ts';
import { recordsOf } from './records.ts';

/** The chain is not looked at: which fact of a block was altered, it cannot tell. */
export function goodFramesOf(folder: string): MemoryLog {
  const log = new MemoryLog();
  const decoder = new FrameDecoder();
  try {
    for (const { header, bytes } of recordsOf(folder)) {
      if (header.kind !== 'frame') continue;
      log.append(decoder.decode(header, Buffer.from(bytes.subarray(HEADER_BYTES))));
    }
  } catch (error) {
    if (!(error instanceof Malformed) && !(error instanceof InvariantViolated)) throw error;
  }
  return log;
}
