/** What every event log does, whatever it is stored in. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvariantViolated } from '../../src/domain/errors.ts';
import { Block, type Frame, factsOf } from '../../src/domain/frame.ts';
import type { LogWriter } from '../../src/store/eventLog.ts';
import { anyFrames } from '../store/anyFrames.ts';
import {
  blockOf,
  contentOf,
  frameOf,
  OPEN,
  SERIES,
  sampleFrames,
  sampleTable,
} from '../store/sampleFrames.ts';

/** Chain over the first frames of `sampleFrames`: the format of the log, to the bit. */
const CHAIN_OF_100 = '0d2b705058aaa37f0c7c138b02f9e5a042bbe450df51391607555626ae0ef63e';

/** @param create an empty log; called once for each test, and closed by the test */
export function describeEventLog(name: string, create: () => Promise<LogWriter>): void {
  describe(name, () => {
    let log: LogWriter;
    beforeEach(async () => {
      log = await create();
    });
    afterEach(() => log.close());

    const fill = (frames: number) => {
      for (const frame of sampleFrames(frames)) log.append(frame);
    };
    const starts = (frames: Iterable<Frame>) => Array.from(frames, ({ firstSeq }) => firstSeq);

    it('is empty at first', () => {
      expect(log.position).toBe(0);
      expect([...log.read()]).toEqual([]);
      expect([...log.links()]).toEqual([]);
      expect(log.seek(OPEN)).toBe(0);
      expect(log.chainHash()).toBe('0'.repeat(64));
      expect(log.table.entries).toEqual([]);
    });

    it('gives back every frame as it was', () => {
      const frames = [...sampleFrames(60)];
      const positions = frames.map((frame) => log.append(frame));
      expect(positions.slice(0, 3)).toEqual([2, 11, 20]);
      expect(log.position).toBe(positions.at(-1));
      const table = sampleTable();
      const read = Array.from(log.read(), (frame) => contentOf(frame, table));
      expect(read).toEqual(frames.map((frame) => contentOf(frame, table)));
      expect(log.table.entries).toEqual(SERIES);
    });

    it('gives back its facts with the keys in their order', () => {
      fill(2);
      const [entered, loaded, bar] = [...log.read()].flatMap((f) => [...factsOf(f, log.table)]);
      expect(JSON.stringify(entered)).toBe(
        '{"seq":1,"at":1704205800000,"type":"PhaseEntered","by":"session","cause":null,"phase":2,' +
          '"name":"initializing","date":"2024-01-02"}',
      );
      expect(loaded).toMatchObject({ seq: 2, cause: 1, symbol: 'AAPL', interval: '1m' });
      expect(JSON.stringify(bar)).toBe(
        '{"seq":3,"at":1704205860000,"type":"BarAppended","by":"session/feed","cause":null,"symbol":"AAPL",' +
          '"interval":"1m","opened":1704205800000,"open":104.96,"high":105.46,"low":99.36,"close":99.61,' +
          '"volume":101,"count":1,"expected":1}',
      );
    });

    it('takes frames whose blocks are reused', () => {
      const block = new Block('BarAppended');
      block.by = 'session/feed';
      for (let minute = 0; minute < 3; minute++) {
        block.clear();
        const row = [0, 0, OPEN, 100 + minute, 101, 99, 100, 5, 1, 1];
        block.columns.forEach((column, i) => {
          column.push(row[i]!);
        });
        block.rows = 1;
        const place = { firstSeq: minute + 1, at: OPEN };
        log.append(frameOf(place, [block], minute === 0 ? [SERIES[0]!] : []));
      }
      const facts = [...log.read()].flatMap((frame) => [...factsOf(frame, log.table)]);
      expect(facts).toMatchObject([{ open: 100 }, { open: 101 }, { open: 102 }]);
    });

    it('yields frames that stay as they are, unless they are to be reused', () => {
      fill(30);
      const openOf = ({ sections }: Frame) => (sections[0] as Block).columns[3]?.data[0];
      const [, first, second] = [...log.read()];
      expect([openOf(first!), openOf(second!)]).toEqual([104.96, 94.26]);
      const reused = [...log.read({ from: 3, reuse: true })];
      expect(openOf(reused[0]!)).toBe(openOf(reused.at(-1)!));
      const table = sampleTable();
      const seen: unknown[] = [];
      for (const frame of log.read({ reuse: true })) seen.push(contentOf(frame, table));
      expect(seen).toEqual(Array.from(sampleFrames(30), (frame) => contentOf(frame, table)));
    });

    it('leaves blocks without rows out', () => {
      const empty = blockOf('BarDerived', 'session/processor', []);
      const bars = blockOf('BarAppended', 'session/feed', [[0, 0, OPEN, 1, 1, 1, 1, 1, 1, 1]]);
      log.append(frameOf({ firstSeq: 1, at: OPEN }, [empty, [], bars], [SERIES[0]!]));
      expect([...log.read()].map(({ sections }) => sections.length)).toEqual([1]);
    });

    it('reads a range by frames that come whole', () => {
      fill(6);
      expect(starts(log.read())).toEqual([1, 3, 12, 21, 30, 39]);
      expect(starts(log.read({ from: 12 }))).toEqual([12, 21, 30, 39]);
      expect(starts(log.read({ from: 20, to: 21 }))).toEqual([12, 21]);
      expect(starts(log.read({ from: 2, to: 2 }))).toEqual([1]);
      expect(starts(log.read({ to: 12 }))).toEqual([1, 3, 12]);
      expect(starts(log.read({ from: 50, to: 1000 }))).toEqual([39]);
      expect(starts(log.read({ from: 51 }))).toEqual([]);
      expect(starts(log.read({ from: 21, to: 20 }))).toEqual([]);
    });

    it('passes over frames without facts of the types asked for', () => {
      fill(101);
      const read = (...types: string[]) => starts(log.read({ types: new Set(types) }));
      const all = starts(log.read());
      expect(read('BarAppended')).toEqual(all.slice(1));
      expect(read('BarDerived')).toEqual(all.filter((_, i) => i > 0 && i % 5 === 0));
      expect(read('SymbolRefused')).toEqual([all[50], all[100]]);
      expect(read('PhaseEntered', 'HistoricalBarsLoaded')).toEqual([1]);
      expect(read('PhaseEntered', 'SymbolRefused')).toEqual([1, all[50], all[100]]);
      expect(read('SignalEmitted')).toEqual([]);
      expect(read()).toEqual([]);
      const refused = new Set(['SymbolRefused']);
      expect(starts(log.read({ from: all[51]!, types: refused }))).toEqual([all[100]]);
      expect(starts(log.read({ to: all[99]!, types: refused }))).toEqual([all[50]]);
    });

    it('reads from anywhere in a long log', () => {
      fill(3000);
      for (const from of [1, 9_000, 15_555, 27_000]) {
        const [first] = log.read({ from });
        expect(first!.firstSeq).toBeLessThanOrEqual(from);
        expect(first!.firstSeq + first!.count).toBeGreaterThan(from);
      }
    });

    it('reads up to where it was when reading began', () => {
      const frames = [...sampleFrames(5)];
      for (const frame of frames.slice(0, 3)) log.append(frame);
      const reading = log.read()[Symbol.iterator]();
      reading.next();
      for (const frame of frames.slice(3)) log.append(frame);
      expect(starts({ [Symbol.iterator]: () => reading })).toEqual([3, 12]);
    });

    it('finds the last fact of a time', () => {
      fill(3000);
      expect(log.seek(OPEN - 1)).toBe(0);
      expect(log.seek(OPEN)).toBe(2);
      expect(log.seek(OPEN + 59_999)).toBe(2);
      expect(log.seek(OPEN + 60_000)).toBe(11);
      expect(log.seek(OPEN + 5 * 60_000)).toBe(50);
      expect(log.seek(OPEN + 2_000 * 60_000)).toBe(19_242);
      expect(log.seek(OPEN + 1e9)).toBe(log.position);
    });

    it('follows what is there and what comes, until it is closed', async () => {
      const frames = [...sampleFrames(5)];
      const seen: number[] = [];
      const following = (async () => {
        for await (const frame of log.tail({ from: 3 })) seen.push(frame.firstSeq);
      })();
      for (const frame of frames) {
        log.append(frame);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await log.close();
      await following;
      expect(seen).toEqual([3, 12, 21, 30]);
    });

    it('stops following when it is told to', async () => {
      fill(2);
      const stop = new AbortController();
      const seen: number[] = [];
      setTimeout(() => stop.abort(), 20);
      for await (const frame of log.tail({ signal: stop.signal })) seen.push(frame.firstSeq);
      expect(seen).toEqual([1, 3]);
    });

    it('takes a frame only at the position that is expected', () => {
      const [first, second, third] = sampleFrames(3);
      expect(() => log.append(first!, { expected: 5 })).toThrow(
        new InvariantViolated(1, 'the log is at 0, expected 5'),
      );
      expect(log.append(first!, { expected: 'none' })).toBe(2);
      expect(() => log.append(second!, { expected: 'none' })).toThrow(InvariantViolated);
      expect(log.append(second!, { expected: 2 })).toBe(11);
      expect(log.append(third!, { expected: 'any' })).toBe(20);
    });

    it('refuses a frame that does not follow, and stays as it was', () => {
      const [first, second, third] = sampleFrames(3);
      log.append(first!);
      const chain = log.chainHash();
      const { sections, series, firstSeq, count } = second!;
      const shifted = frameOf({ firstSeq: 3, at: OPEN }, [blockOf('BarAppended', 'x', [[0]])]);
      const refused: [Frame, string][] = [
        [third!, 'fact 12: follows 2'],
        [{ ...second!, at: OPEN - 1 }, 'market time goes back'],
        [{ ...second!, at: Number.NaN }, '"NaN" is no market time'],
        [{ ...second!, count: 8 }, 'a frame of 8 facts holds 9'],
        [{ at: OPEN, firstSeq, count: 0, sections: [], series }, 'a frame of 0 facts'],
        [
          { ...second!, series: [{ symbol: 'AAPL', name: '1m' }], sections: third!.sections },
          'begins at',
        ],
        [shifted, '"cause" has 0 values for 1 rows'],
        [
          { at: OPEN + 1, firstSeq, count, sections: first!.sections, series },
          'PhaseEntered is fact 1',
        ],
        [signal(Number.NaN), '"strength" is NaN'],
      ];
      for (const [frame, message] of refused) {
        expect(() => log.append(frame)).toThrow(InvariantViolated);
        expect(() => log.append(frame)).toThrow(message);
      }
      expect([log.position, log.chainHash()]).toEqual([2, chain]);
      log.append({ at: OPEN + 60_000, firstSeq, count, sections, series });
      expect(log.position).toBe(11);
    });

    it('appends a frame with the id of an earlier one only once', () => {
      const [first, second, third] = sampleFrames(3);
      log.append(first!, { id: 'a' });
      log.append(second!, { id: 'b', expected: 2 });
      const chain = log.chainHash();
      expect(log.append(first!, { id: 'a' })).toBe(2);
      expect(log.append(second!, { id: 'b', expected: 2 })).toBe(11);
      expect([log.position, log.chainHash()]).toEqual([11, chain]);
      expect(log.append(third!, { id: 'c' })).toBe(20);
    });

    it('says when everything is on stable storage', async () => {
      await log.durable();
      fill(100);
      await Promise.all([log.durable(), log.durable()]);
      expect(log.backlog).toBe(0);
    });

    it('shares its series table with the producer', () => {
      const [first] = sampleFrames(1);
      for (const entry of SERIES) log.table.add(entry);
      log.append(first!);
      expect(log.table.entries).toEqual(SERIES);
      const place = { firstSeq: 3, at: OPEN };
      log.table.add({ symbol: 'X', name: '1m' });
      expect(() => log.append(frameOf(place, [phase(1)], [{ symbol: 'Y', name: '1m' }]))).toThrow(
        'series 12 is "X/1m" in the table and "Y/1m" in the frame',
      );
    });

    it('has a chain that is the same for the same frames', () => {
      fill(100);
      expect(log.chainHash()).toBe(CHAIN_OF_100);
    });

    it('has another chain if the last bit of one value differs', async () => {
      const other = await create();
      const [first, second] = sampleFrames(2);
      log.append(first!);
      log.append(second!);
      const { data } = (second!.sections[0] as Block).columns[3]!;
      data[2] = 154.96000000000004;
      other.append(first!);
      other.append(second!);
      expect(other.chainHash()).not.toBe(log.chainHash());
      await other.close();
    });

    it('links the chain every 16 KiB of payload, and before a frame that enters a phase', () => {
      let seq = 1;
      const append = (...facts: Record<string, unknown>[]) => {
        log.append(frameOf({ firstSeq: seq, at: OPEN }, [facts]));
        seq += facts.length;
      };
      append(...phase(0));
      append(text(10_000));
      append(text(10_000));
      append(text(10));
      append(...phase(1));
      append(text(10));
      expect([...log.links()]).toMatchObject([
        { firstSeq: 1, lastSeq: 3 },
        { firstSeq: 4, lastSeq: 4 },
      ]);
      append(...phase(2));
      const links = [...log.links()];
      expect(links.map(({ lastSeq }) => lastSeq)).toEqual([3, 4, 6]);
      expect(new Set([...links.map(({ hash }) => hash), log.chainHash()]).size).toBe(4);
    });

    it('counts its bytes, also once it is closed', async () => {
      const atFirst = log.bytes;
      const [first, second] = sampleFrames(2);
      log.append(first!);
      const afterOne = log.bytes;
      log.append(second!);
      const all = log.bytes;
      expect([afterOne > atFirst, all > afterOne]).toEqual([true, true]);
      await log.close();
      expect(log.bytes).toBe(all);
    });

    it('finds the link up to any fact', () => {
      fill(3000);
      const links = [...log.links()];
      expect(links.length).toBeGreaterThan(20);
      const places = [0, 1, 2, 3, log.position, log.position + 5];
      for (const { lastSeq } of links) places.push(lastSeq - 1, lastSeq, lastSeq + 1);
      for (const seq of places) {
        const expected = links.findLast(({ lastSeq }) => lastSeq <= seq);
        const found = log.linkUpTo(seq);
        expect(found === null).toBe(expected === undefined);
        if (found !== null) expect(expected).toMatchObject(found);
      }
    });

    it('is closed for good to appends', async () => {
      const [first] = sampleFrames(1);
      await log.close();
      await log.close();
      expect(() => log.append(first!)).toThrow('the log is closed');
    });
  });

  describe(`${name}, whatever the frames`, () => {
    it('gives them back to the bit', async () => {
      await fc.assert(
        fc.asyncProperty(anyFrames(), async ({ frames, table }) => {
          const log = await create();
          try {
            for (const frame of frames) log.append(frame);
            const expected = frames.map((frame) => contentOf(frame, table));
            expect(Array.from(log.read(), (frame) => contentOf(frame, log.table))).toEqual(
              expected,
            );
          } finally {
            await log.close();
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}

const phase = (number: number) => [
  { type: 'PhaseEntered', by: 'session', cause: null, phase: number, name: 'active', date: null },
];

const text = (length: number) => ({
  type: 'SymbolRefused',
  by: 'session',
  cause: null,
  symbol: 'X',
  reason: 'x'.repeat(length),
});

function signal(strength: number): Frame {
  const fields = { strategy: 's', symbol: 'X', side: 'buy', strength, reason: '' };
  const place = { firstSeq: 3, at: OPEN };
  return frameOf(place, [[{ type: 'SignalEmitted', by: 'session', cause: 1, ...fields }]]);
}
