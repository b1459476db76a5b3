import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, Malformed } from '../../src/store/bytes.ts';
import { FrameDecoder, FrameEncoder } from '../../src/store/frameCodec.ts';
import { CONTENTS, HEADER_BYTES, nameOf, readHeader } from '../../src/store/record.ts';
import { anyFrames } from './anyFrames.ts';
import { contentOf, sampleFrames, sampleTable } from './sampleFrames.ts';

const records = [...sampleFrames(51)].map((frame) => {
  const writer = new ByteWriter();
  new FrameEncoder().encode(writer, frame, frame.firstSeq === 3 ? 'an id' : null);
  return Buffer.from(writer.written());
});
const [first, second] = records;

describe('the record of a frame', () => {
  it('says in its header what it holds', () => {
    const { series, phaseEntered, control, HistoricalBarsLoaded, id } = CONTENTS;
    expect(readHeader(first!)).toMatchObject({
      kind: 'frame',
      payloadBytes: first!.length - HEADER_BYTES,
      count: 2,
      firstSeq: 1,
      at: 1_704_205_800_000,
      contents: series | phaseEntered | control | HistoricalBarsLoaded,
    });
    const header = readHeader(second!)!;
    expect(header.contents).toBe(id | CONTENTS.BarAppended | CONTENTS.IndicatorUpdated);
    expect(nameOf(header)).toBe('a frame of BarAppended and IndicatorUpdated facts');
  });

  it('is a pure function of the frame', () => {
    fc.assert(
      fc.property(anyFrames(), ({ frames, table }) => {
        const encoder = new FrameEncoder();
        const decoder = new FrameDecoder();
        const bytes = frames.map((frame) => {
          const writer = new ByteWriter();
          encoder.encode(writer, frame, null);
          return Buffer.from(writer.written());
        });
        const again = bytes.map((record) => {
          const frame = decoder.decode(readHeader(record)!, record.subarray(HEADER_BYTES));
          const writer = new ByteWriter();
          new FrameEncoder().encode(writer, frame, null);
          expect(contentOf(frame, table)).toEqual(contentOf(frames[bytes.indexOf(record)]!, table));
          return Buffer.from(writer.written());
        });
        expect(again).toEqual(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it('is small', () => {
    const sizes = records.map((record) => record.length);
    expect([sizes[1], sizes[5], sizes[50]]).toEqual([213, 269, 401]);
  });

  it('is refused if its payload, though intact, is no frame', () => {
    const decoder = new FrameDecoder();
    const cut = records[5]!;
    for (let length = 0; length < cut.length - HEADER_BYTES; length++) {
      const payload = cut.subarray(HEADER_BYTES, HEADER_BYTES + length);
      expect(() => decoder.decode(readHeader(cut)!, payload)).toThrow(Malformed);
    }
  });

  it('makes nobody allocate what it only announces', () => {
    const decoder = new FrameDecoder();
    const header = { ...readHeader(second!)!, contents: 0 };
    const huge = new ByteWriter();
    huge.byte(1);
    huge.count(2 ** 40);
    expect(() => decoder.decode(header, huge.written())).toThrow(
      'a block of 1099511627776 rows is too big',
    );
    const values = Buffer.from([3, 1, 0, 0, 2, 0, 2, 0, 2, 0, 255, 255, 255, 255, 15]);
    expect(() => decoder.decode(header, values)).toThrow(
      'a column of 4294967295 values is too big',
    );
  });

  it('never breaks a reader, whatever its bytes', () => {
    const decoder = new FrameDecoder();
    const table = sampleTable();
    const edit = fc.tuple(fc.nat(records[5]!.length - HEADER_BYTES - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.constantFrom(0, 5, 50), fc.array(edit, { minLength: 1 }), (i, edits) => {
        const payload = Buffer.from(records[i]!.subarray(HEADER_BYTES));
        for (const [at, byte] of edits) payload[at % payload.length] = byte;
        try {
          contentOf(decoder.decode(readHeader(records[i]!)!, payload), table);
        } catch (error) {
          expect(['Malformed', 'InvariantViolated']).toContain((error as Error).name);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
