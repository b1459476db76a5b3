/** Takes snapshots apart, and puts others together that look whole. */
import { crc32 } from 'node:zlib';
import { ByteReader, ByteWriter } from '../../src/store/bytes.ts';

/** Where the checksum is, and what it covers. */
const CRC_AT = 8;
const LENGTH_AT = 16;
const HEAD_BYTES = 24;

/** The texts of a snapshot, and its columns. */
export function partsOf(bytes: Buffer): { texts: string[]; columns: Buffer } {
  const reader = new ByteReader(bytes);
  reader.at = HEAD_BYTES;
  const texts = [reader.text(), reader.text(), reader.text()];
  return { texts, columns: bytes.subarray(reader.at) };
}

/** A snapshot of other parts, as whole as any. */
export function mended(head: Buffer, texts: readonly string[], columns: Buffer): Buffer {
  const writer = new ByteWriter();
  for (const text of texts) writer.text(text);
  const parts = [head.subarray(0, HEAD_BYTES), writer.written(), columns];
  const bytes = Buffer.concat(parts);
  bytes.writeDoubleLE(bytes.length, LENGTH_AT);
  bytes.writeUInt32LE(crc32(bytes.subarray(CRC_AT + 4)), CRC_AT);
  return bytes;
}
