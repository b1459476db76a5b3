/** Takes back the end of a log: what was recorded after some frame. The caller holds its lock. */
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { syncFile, syncFolder } from './durableFile.ts';
import { HEADER_BYTES } from './record.ts';
import { recordsOf } from './records.ts';
import { unsealSegment } from './sealing.ts';
import { listSegments, sealedName, segmentName } from './segments.ts';

/**
 * Cuts the log after the frame that ends with fact `seq`; 0 cuts all of it. A crash in the middle leaves a log
 * that opens, and ends somewhere between there and where it ended before.
 */
export function cutAfter(folder: string, seq: number): void {
  const end = endOf(folder, seq);
  // From the last segment backwards: what is left is the beginning of the log at every moment.
  for (const number of listSegments(folder).reverse()) {
    if (number <= end.segment) break;
    rmSync(join(folder, segmentName(number)), { force: true });
    rmSync(join(folder, sealedName(number)), { force: true });
    syncFolder(folder);
  }
  if (end.segment === 0) return;
  unsealSegment(folder, end.segment);
  const path = join(folder, segmentName(end.segment));
  truncateSync(path, end.offset);
  syncFile(path);
  syncFolder(folder);
}

/** Where the frame ends; what follows it, a link perhaps, is written again when the log goes on. */
function endOf(folder: string, seq: number): { segment: number; offset: number } {
  let end = { segment: 0, offset: 0 };
  for (const { segment, offset, header } of recordsOf(folder, seq)) {
    if (header.kind !== 'frame') continue;
    end = { segment, offset: offset + HEADER_BYTES + header.payloadBytes };
  }
  return end;
}
