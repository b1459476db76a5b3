import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { deltaOf } from '../../src/domain/sessionDelta.ts';
import { type SessionJson as Export, sessionJson } from '../../src/domain/sessionJson.ts';
import {
  applyDelta,
  FileLog,
  findCalendar,
  type LogReader,
  openSession,
  type Session,
  type SessionDelta,
} from '../../src/index.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { barsOf, configOf, MINUTE, runOf } from '../support.ts';
import { anySeed, market, tradingDays } from './naive.ts';

const scratch = mkdtempSync(join(tmpdir(), 'openbell-delta-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let folders = 0;

const calendar = findCalendar('XNYS')!;
const days = tradingDays('2024-06-28', '2024-07-05');
const anyRun = fc.record({
  seed: anySeed,
  share: fc.constantFrom(0, 0.05, 0.3),
  sessions: fc.constantFrom(2, 3),
  streams: fc.subarray(['5m', '1h', '1d'], { minLength: 1 }),
  loaded: fc.subarray(['5m', '1d'], { minLength: 1 }),
  /** Where a symbol is added, in base bars from the start of the run. */
  added: fc.integer({ min: 0, max: 700 }),
  cuts: fc.uniqueArray(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 5 }),
});

type AnyRun = typeof anyRun extends fc.Arbitrary<infer T> ? T : never;

async function logOf({
  seed,
  share,
  sessions,
  streams,
  loaded,
  added,
}: AnyRun): Promise<LogReader> {
  const dates = days.slice(-sessions);
  const symbols = ['AAPL', 'BRK.B', 'NEW'];
  const data = Object.fromEntries(symbols.map((s, i) => [s, market(days, seed + i, share)]));
  const session = await openSession({
    config: configOf({
      symbols: symbols.slice(0, 2),
      ...{ start: dates[0]!, end: dates.at(-1)!, streams: ['1m', ...streams] },
      session: {
        historical: { data: [{ trailing_days: 1, intervals: loaded }] },
        indicators: {
          session: [
            { name: 'macd', interval: '1m' },
            { name: 'bbands', period: 20, interval: '5m', params: { num_std: 3 } },
          ],
        },
      },
    }),
    data,
  });
  await session.runUntil((view) => view.seq > 60 + added * 4);
  await session.addSymbol('NEW');
  await session.finish();
  return session.log;
}

function exportAt(log: LogReader, seq: number): Export {
  const { data, tally } = stateAt(log, seq);
  return sessionJson(data, { calendar, config: {}, tally, system: { openbell: '1' } });
}

/** Places at which two JSON values differ, to any depth, found without the code under test. */
function differences(before: unknown, after: unknown, path: readonly string[] = []): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const bothHold = [before, after].every((value) => typeof value === 'object' && value !== null);
  const isRow = Array.isArray(before) && path.at(-1) !== 'data' && path.at(-1) !== 'ranges';
  if (!bothHold || isRow) return [path.join('\n')];
  const [old, now] = [before as Record<string, unknown>, after as Record<string, unknown>];
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...keys].flatMap((key) => differences(old[key], now[key], [...path, key]));
}

/** The same places as a delta names them, its ranges written out. */
function placesOf(delta: SessionDelta, before: Export, after: Export): string[] {
  return delta._metadata.changed_paths.flatMap((path) => {
    const [, place, from, to] = /^(.*?)(?:\[(\d+):(\d*)\])?$/.exec(path)!;
    const keys = [...place!.matchAll(/\["(.*?)"\]|([^.[\]]+)/g)].map((m) => m[1] ?? m[2]!);
    if (from === undefined) return [keys.join('\n')];
    const length = (tree: unknown) =>
      (keys.reduce((inner, key) => (inner as never)[key], tree) as unknown[]).length;
    const end = to === '' ? Math.max(length(before), length(after)) : Number(to);
    const elements = Array.from({ length: end - Number(from) }, (_, i) => i + Number(from));
    return elements.map((i) => [...keys, String(i)].join('\n'));
  });
}

describe('deltas between any facts of any run', () => {
  it('bring the first export to each later one, and hold what differs and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (any) => {
        const log = await logOf(any);
        const cuts = any.cuts
          .map((share) => Math.round(share * log.position))
          .sort((a, b) => a - b);
        let before = exportAt(log, cuts[0]!);
        for (const seq of cuts.slice(1)) {
          const after = exportAt(log, seq);
          const delta = deltaOf(before, after);
          expect(applyDelta(before, JSON.parse(JSON.stringify(delta)))).toEqual(after);
          const { _metadata: _, ...old } = before;
          const { _metadata: __, ...now } = after;
          const differing = differences(old, now);
          expect(placesOf(delta, before, after).sort()).toEqual(differing.sort());
          before = after;
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it('need each of their paths', async () => {
    await fc.assert(
      fc.asyncProperty(anyRun, async (any) => {
        const log = await logOf(any);
        const [from, to] = any.cuts
          .map((share) => Math.round(share * log.position))
          .sort((a, b) => a - b);
        const [before, after] = [exportAt(log, from!), exportAt(log, to!)];
        const delta = deltaOf(before, after);
        const paths = delta._metadata.changed_paths;
        for (let i = 0; i < paths.length; i += 1 + Math.floor(paths.length / 25)) {
          const less = { ...delta._metadata, changed_paths: paths.toSpliced(i, 1) };
          expect(applyDelta(before, { ...delta, _metadata: less })).not.toEqual(after);
        }
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});

describe('a running session', () => {
  const dates = ['2024-01-02', '2024-01-03'];
  const data = { AAPL: barsOf({ dates, seed: 1 }), 'BRK.B': barsOf({ dates, seed: 2 }) };
  const config = configOf({ symbols: ['AAPL', 'BRK.B'], end: '2024-01-03' });
  const open = Date.parse('2024-01-02T14:30:00Z');
  const at10 = async (session: Session) => session.runUntil(open + 30 * MINUTE);

  it('gives what is new since it was last asked, across the change of days', async () => {
    await using session = await openSession({ config, data });
    let state = session.toJSON({ complete: false }) as Export;
    expect(state._metadata).toMatchObject({ mode: 'complete', seq: 0 });
    while ((await session.step()) !== null) {
      if (session.view.seq % 7 !== 0) continue;
      const delta = session.toJSON({ complete: false }) as SessionDelta;
      expect(delta._metadata).toMatchObject({ mode: 'delta', from_seq: state._metadata.seq });
      state = applyDelta(state, delta);
    }
    state = applyDelta(state, session.toJSON({ complete: false }) as SessionDelta);
    expect(state).toEqual(session.toJSON());
  });

  it('sends a minute as its rows and the values they changed', async () => {
    await using session = await openSession({ config, data });
    await at10(session);
    session.toJSON();
    await session.step();
    const delta = session.toJSON({ complete: false }) as SessionDelta;
    const { open: o, high, low, close, volume } = data['BRK.B'][30]!;
    expect(delta.session_data).toMatchObject({
      'BRK.B': {
        bars: {
          '1m': {
            count: 31,
            data: [['2024-01-02T10:00:00.000-05:00', o, high, low, close, volume, 1, 1]],
          },
        },
        metrics: { last: close, bar_count: 31 },
        quotes: { bid: close, timestamp: '2024-01-02T10:01:00.000-05:00' },
      },
    });
    const { changed_paths } = delta._metadata;
    expect(changed_paths).toContain('session_data["BRK.B"].bars.1m.data[30:]');
    expect(changed_paths.filter((path) => /5m|config|metadata|system|actors/.test(path))).toEqual(
      [],
    );
  });

  it('gives what changed since any earlier fact, the last export or not', async () => {
    await using session = await openSession({ config, data });
    await at10(session);
    const early = session.toJSON();
    const { seq } = early._metadata;
    await session.runUntil(open + 40 * MINUTE);
    session.toJSON();
    await session.runUntil(open + 50 * MINUTE);
    const delta = session.toJSON({ since: seq });
    expect(delta._metadata).toMatchObject({ from_seq: seq, seq: session.view.seq });
    expect(applyDelta(early, delta)).toEqual(session.toJSON());
    const fromNothing = session.toJSON({ since: 0 });
    expect(fromNothing._metadata.changed_paths).toContain('session_data.AAPL');
    expect(Object.keys(session.toJSON({ since: session.view.seq }))).toEqual(['_metadata']);
  });

  it('has the same delta as its log on disk', async () => {
    const log = join(scratch, `run-${folders++}`);
    const { session } = await runOf({ config, data, log });
    const reader = await FileLog.read(log);
    const { openbell } = session.toJSON().system as { openbell: string };
    const [before, after] = [500, reader.position].map((seq) => {
      const { data: state, tally } = stateAt(reader, seq);
      const from = session.toJSON().session_config as Record<string, unknown>;
      return sessionJson(state, { calendar, config: from, tally, system: { openbell } });
    });
    expect(session.toJSON({ since: 500 })).toEqual(deltaOf(before!, after!));
    await reader.close();
  });

  it.each([-1, 1.5, 1_000_000, Number.NaN, '12' as never])('refuses fact %s', async (since) => {
    await using session = await openSession({ config, data });
    await session.step();
    const { position } = session.log;
    expect(() => session.toJSON({ since })).toThrow(
      `the run has no fact ${since} so far: give one from 0, before its first, to ${position}`,
    );
  });

  it('prints as JSON', async () => {
    await using session = await openSession({ config, data });
    await session.step();
    expect(JSON.parse(JSON.stringify({ session })).session._metadata.mode).toBe('complete');
  });
});
