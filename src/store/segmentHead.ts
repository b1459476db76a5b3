/** The first record of every segment: with it, the segment can be read and its chain checked by itself. */
import type { SeriesEntry } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import { type ByteWriter, Malformed } from './bytes.ts';
import { LINK_BYTES } from './chain.ts';
import { parseSeries } from './frameCodec.ts';
import { HEADER_BYTES, type RecordHeader, writeHeader } from './record.ts';

/** Version of everything in `src/store` that says what bytes mean. */
export const LOG_FORMAT = 1;

export interface SegmentHead {
  /** Number of the segment, from 1. */
  readonly segment: number;
  readonly firstSeq: number;
  /** Of the last fact before the segment. */
  readonly at: MarketTime;
  /** The last link of the chain; segments begin where a chain block does. */
  readonly link: Buffer;
  /** Every series of the log so far. */
  readonly series: readonly SeriesEntry[];
  /** Ids of earlier appends, with the position after each. */
  readonly ids: readonly (readonly [id: string, position: number])[];
}
