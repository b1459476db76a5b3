import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Fact,
  FileLog,
  type Frame,
  factsOf,
  type LogReader,
  MemoryLog,
  openSession,
} from '../../src/index.ts';
import { diffLogs } from '../../src/inspect/logDiff.ts';
import { sealLog } from '../../src/store/sealLog.ts';
import { barsOf, configOf, MINUTE, runOf } from '../support.ts';
import { counting, marketRun, rewritten } from './marketRun.ts';

const run = await marketRun();
const { facts, log } = run;
let copies = 0;

type Change = (frame: Frame) => readonly Frame[];

/** The run's log with other frames, in many segments. */
async function copied(change?: Change, { sealed = false } = {}): Promise<LogReader> {
  copies += 1;
  const into = join(run.folder, `../copy${copies}`);
  await rewritten(run.folder, into, change === undefined ? {} : { change });
  if (sealed) await sealLog(into);
  return FileLog.read(into);
}

/** Adds to the volume of the first base bar at or after `seq`. */
function withOtherVolume(seq: number): Change {
  let done = false;
  return (frame) => {
    for (const section of done ? [] : frame.sections) {
      if (section.kind !== 'block' || section.type !== 'BarAppended') continue;
      const row = Math.max(0, seq - section.firstSeq);
      if (row >= section.rows || section.firstSeq + row < seq) continue;
      section.columns[7]!.data[row]! += 1;
      done = true;
      break;
    }
    return [frame];
  };
}

const firstBarFrom = (seq: number) =>
  facts.find((fact) => fact.type === 'BarAppended' && fact.seq >= seq)!;

describe('two logs', () => {
  it('are equal if their chains are, whatever their segments', async () => {
    const same = { equal: true, common: facts.length, sameChain: true, first: null, beyond: null };
    for (const sealed of [false, true]) {
      const copy = await copied(undefined, { sealed });
      const counted = counting(copy);
      expect(diffLogs(log, counted.log)).toMatchObject(same);
      expect(counted.frames).toBe(0);
    }
  });

  it('differ first in the one price that was changed, wherever that is', async () => {
    const bars = facts.filter(({ type }) => type === 'BarAppended');
    const places = [bars[0]!.seq, 1_000, 3_759, 4_086, 6_500, bars.at(-1)!.seq];
    for (const [i, place] of places.entries()) {
      const bar = firstBarFrom(place) as Extract<Fact, { type: 'BarAppended' }>;
      const copy = await copied(withOtherVolume(place), { sealed: i % 2 === 1 });
      const [a, b] = [counting(log), counting(copy)];
      const diff = diffLogs(a.log, b.log);
      const { volume } = bar;
      const fields = [{ path: 'volume', a: volume, b: volume + 1 }];
      expect(diff).toMatchObject({ equal: false, sameChain: false, beyond: null });
      expect(diff.first).toEqual({ a: bar, b: { ...bar, volume: volume + 1 }, fields });
      expect(diff.common).toBeLessThan(bar.seq);
      const links = Array.from(log.links(), ({ lastSeq }) => lastSeq);
      expect(diff.common).toBe(links.findLast((lastSeq) => lastSeq < bar.seq) ?? 0);
      // A chain block is 16 KiB, and some more where a frame is large.
      expect(Math.max(a.frames, b.frames)).toBeLessThan(400);
      expect(diffLogs(log, copy, { ignore: ['volume'] })).toMatchObject({
        equal: true,
        first: null,
      });
      expect(diffLogs(log, copy, { ignore: ['BarAppended.volume'] }).equal).toBe(true);
      expect(diffLogs(log, copy, { ignore: ['BarDerived.volume'] }).equal).toBe(false);
      expect(diffLogs(log, copy, { ignore: ['Bar*'] }).equal).toBe(true);
    }
  });

  it('differ where one ends and the other goes on', async () => {
    for (const last of [2, 999, facts.length - 1]) {
      const cut = (frame: Frame) => (frame.firstSeq + frame.count - 1 <= last ? [frame] : []);
      const shorter = await copied(cut);
      const next = facts[shorter.position]!;
      expect(diffLogs(log, shorter).first).toEqual({ a: next, b: null, fields: [] });
      expect(diffLogs(shorter, log).first).toEqual({ a: null, b: next, fields: [] });
      expect(diffLogs(shorter, log)).toMatchObject({
        equal: false,
        facts: { a: shorter.position, b: facts.length },
      });
    }
  });

  it('are equal if only their frames are cut differently', async () => {
    const copy = await copied(split);
    expect([...copy.read()].length).toBeGreaterThan([...log.read()].length + 500);
    const diff = diffLogs(log, copy);
    expect(diff).toMatchObject({ equal: true, sameChain: false, first: null });
    expect(diff.common).toBeLessThan(20);
  });

  it('are told apart in frames that are cut differently', async () => {
    const change = withOtherVolume(5_000);
    const copy = await copied((frame) => change(frame).flatMap(split));
    const bar = firstBarFrom(5_000);
    expect(diffLogs(log, copy).first?.a).toEqual(bar);
    expect(diffLogs(copy, log).first?.b).toEqual(bar);
  });

  it('are compared without what is ignored, also where it moves the numbers of the rest', async () => {
    const data = { AAPL: barsOf({ dates: ['2024-01-02', '2024-01-03'] }) };
    const run = (every: number) => {
      const emitting = () => ({
        onBar: ({ opened }: { opened: number }, { emit }: { emit: (signal: object) => void }) => {
          if ((opened / MINUTE) % every === 0) emit({ symbol: 'AAPL', side: 'buy' });
        },
      });
      const session = { strategies: [{ module: 'emitting' }] };
      const config = configOf({ end: '2024-01-03', session });
      return runOf({ config, data, strategies: { emitting } as never });
    };
    const [often, seldom] = await Promise.all([run(7), run(11)]);
    const [a, b] = [often.session.log, seldom.session.log];
    expect(a.position).toBeGreaterThan(b.position + 40);
    const { first } = diffLogs(a, b);
    expect([first?.a?.type, first?.b?.type]).toContain('SignalEmitted');
    expect(diffLogs(a, b, { ignore: ['Signal*'] })).toMatchObject({ equal: true, first: null });
    // A signal is the cause of nothing, a bar of many facts.
    const cause = diffLogs(a, b, { ignore: ['SignalEmitted', 'BarDerived', 'BarAppended'] });
    expect(cause.first).toBe(null);
  });

  it('differ in a cause that means another fact, and not in one that is but numbered otherwise', () => {
    const quality = (cause: number) => ({
      ...{ type: 'QualityScored', by: 'session/quality', cause, symbol: 'A', interval: '1m' },
      ...{ quality: 100, present: 1, expected: 1 },
    });
    const moved = { type: 'QueuesCleared', by: 'x', cause: null, date: '2024-01-02', bars: 0 };
    const started = { ...moved, date: '2024-01-03' };
    const a = logOf([started, moved, started, quality(3)]);
    const b = logOf([started, started, quality(2)]);
    const c = logOf([started, started, quality(1)]);
    const ignore = ['QueuesCleared.bars'];
    expect(diffLogs(a, b, { ignore }).equal).toBe(false);
    const types = ['RunStopped'];
    const stopped = { type: 'RunStopped', by: 'session', cause: null, phase: 3, sessions: 0 };
    const d = logOf([started, stopped, stopped, started, quality(4)]);
    expect(diffLogs(d, b, { ignore: types }).equal).toBe(true);
    expect(diffLogs(b, d, { ignore: types }).equal).toBe(true);
    const [field] = diffLogs(d, c, { ignore: types }).first!.fields;
    expect(field).toMatchObject({ path: 'cause', a: 4 });
    expect(diffLogs(d, c, { ignore: [...types, 'cause'] }).equal).toBe(true);
    const e = logOf([started, stopped, stopped, started, quality(3)]);
    const f = logOf([started, stopped, started, quality(2)]);
    expect(diffLogs(e, f, { ignore: types }).equal).toBe(true);
    expect(diffLogs(e, b, { ignore: types }).equal).toBe(false);
  });

  it('started differently are compared beyond that', async () => {
    const start = async (metadata: object, session: Record<string, unknown> = {}) => {
      const data = { AAPL: barsOf({ dates: ['2024-01-02'] }) };
      const opened = await openSession({ config: configOf({ metadata, session }), data });
      await opened.finish();
      return opened.log;
    };
    const [a, b] = [await start({ note: 'a' }), await start({ note: 'b' })];
    const diff = diffLogs(a, b);
    expect(diff.first?.fields).toEqual([{ path: 'config.metadata.note', a: 'a', b: 'b' }]);
    expect(diff).toMatchObject({ equal: false, beyond: null });
    expect(diffLogs(a, b, { ignore: ['config.metadata'] })).toMatchObject({ equal: true });
    const indicators = { session: [{ name: 'sma', period: 3, interval: '1m' }] };
    const other = diffLogs(a, await start({ note: 'a' }, { indicators }));
    expect(other.first?.a?.type).toBe('RunStarted');
    expect(other.beyond?.fields.length).toBeGreaterThan(0);
  });

  it('are refused names that are neither types nor fields', () => {
    const ignore =
      (...names: string[]) =>
      () =>
        diffLogs(log, log, { ignore: names });
    expect(ignore('TransitionTake')).toThrow('did you mean "TransitionTaken"?');
    expect(ignore('strenght')).toThrow(
      '"strenght" is neither a type of fact nor a field of one: did you mean "strength"?',
    );
    expect(ignore('BarDerived.strength')).toThrow('"strength" is neither');
    expect(ignore('scanStarted')).toThrow('did you mean "ScanStarted"?');
  });
});

/** The same facts, a frame for each section. */
function split({ at, sections, series }: Frame): Frame[] {
  return sections.map((section, i) => {
    const isBlock = section.kind === 'block';
    const firstSeq = isBlock ? section.firstSeq : section.facts[0]!.seq;
    const count = isBlock ? section.facts : section.facts.length;
    return { at, firstSeq, count, sections: [section], series: i === 0 ? series : [] };
  });
}

/** A log of control facts, one a frame. */
function logOf(given: readonly object[]): LogReader {
  const memory = new MemoryLog();
  for (const [i, fields] of given.entries()) {
    const facts = [{ seq: i + 1, at: 1_000, ...fields }] as never;
    const sections = [{ kind: 'control', facts }] as const;
    memory.append({ at: 1_000, firstSeq: i + 1, count: 1, sections, series: [] });
  }
  expect([...memory.read()].flatMap((frame) => [...factsOf(frame, memory.table)])).toHaveLength(
    given.length,
  );
  return memory;
}
