/** The first record of every segment: with it, the segment can be read and its chain checked by itself. */
import type { SeriesEntry } from '../domain/series.ts';
import type { MarketTime } from '../domain/time.ts';
import { ByteReader, type ByteWriter, Malformed } from './bytes.ts';
import { LINK_BYTES } from './chain.ts';
import { asSeries, parseJson } from './json.ts';
import { HEADER_BYTES, type RecordHeader, writeHeader } from './record.ts';

/** Version of what the bytes of a log mean. */
export const LOG_FORMAT = 1;

export interface SegmentHead {
  /** Number of the segment, from 1. */
  readonly segment: number;
  readonly firstSeq: number;
  /** Of the last fact before the segment. */
  readonly at: MarketTime;
  /** The last link of the chain; a segment begins where a chain block does. */
  readonly link: Uint8Array;
  /** Every series of the log so far. */
  readonly series: readonly SeriesEntry[];
  /** Ids of earlier appends, with the position after each. */
  readonly ids: readonly (readonly [id: string, position: number])[];
}

/** Appends the record of a head. */
export function encodeHead(writer: ByteWriter, head: SegmentHead): void {
  const { segment, firstSeq, at, link, series, ids } = head;
  const start = writer.length;
  writer.reserve(HEADER_BYTES);
  writer.length += HEADER_BYTES;
  const hash = Buffer.from(link).toString('hex');
  writer.text(JSON.stringify({ format: LOG_FORMAT, segment, link: hash, series, ids }));
  writeHeader(writer, start, { kind: 'head', count: 0, contents: 0, firstSeq, at });
}

/** @throws {Malformed} for an intact record that is no head, or one of another version */
export function decodeHead(header: RecordHeader, payload: Buffer): SegmentHead {
  const parsed = parseJson(new ByteReader(payload).text()) ?? {};
  const { format, segment, link, series, ids } = parsed as Record<string, unknown>;
  if (format !== LOG_FORMAT) {
    throw new Malformed(`the format is "${format}", this version reads "${LOG_FORMAT}"`);
  }
  const hash = Buffer.from(String(link), 'hex');
  if (hash.length !== LINK_BYTES || !Number.isInteger(segment) || !isIds(ids)) {
    throw new Malformed('the segment head does not hold what it should');
  }
  return {
    segment: segment as number,
    firstSeq: header.firstSeq,
    at: header.at,
    link: hash,
    series: asSeries(series),
    ids,
  };
}

function isIds(ids: unknown): ids is [string, number][] {
  const isPair = (pair: unknown) =>
    Array.isArray(pair) && typeof pair[0] === 'string' && Number.isInteger(pair[1]);
  return Array.isArray(ids) && ids.every(isPair);
}
