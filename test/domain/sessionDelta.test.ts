import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePath, pathInto, pathOfRange } from '../../src/domain/jsonPath.ts';
import { deltaOf } from '../../src/domain/sessionDelta.ts';
import type { SessionJson } from '../../src/domain/sessionJson.ts';
import { applyDelta } from '../../src/index.ts';

type Json = Record<string, unknown>;

/** An export of which only the data of its symbols matters. */
function exportOf(seq: number, session_data: Json): SessionJson {
  return {
    session_data: session_data as SessionJson['session_data'],
    performance_metrics: {},
    time_manager: {},
    actors: {},
    system: {},
    session_config: {},
    _metadata: { version: 1, mode: 'complete', seq, from_seq: 0, changed_paths: [] },
  };
}

function changeOf(before: Json, after: Json) {
  const { _metadata, session_data } = deltaOf(exportOf(1, before), exportOf(2, after));
  return { paths: _metadata.changed_paths, values: session_data };
}

const row = (minute: number, close: number) => [`09:3${minute}`, close];

describe('a delta', () => {
  it('holds the new rows, the changed leaves and the names of what is gone', () => {
    const before = exportOf(10, {
      'BRK.B': {
        bars: { '1m': { count: 2, data: [row(0, 10), row(1, 11)], gaps: { ranges: [] } } },
        indicators: { session: { macd_1m: { current_value: null, valid: false } } },
        metrics: { high: 11, last: 11, volume: 500 },
        quotes: null,
      },
      AAPL: { metrics: { last: 5 } },
    });
    const after = exportOf(14, {
      'BRK.B': {
        bars: {
          '1m': { count: 3, data: [row(0, 10), row(1, 11), row(2, 9)], gaps: { ranges: [] } },
        },
        indicators: { session: { macd_1m: { current_value: { macd: 1 }, valid: true } } },
        metrics: { high: 11, last: 9, volume: 800 },
        quotes: { bid: 9 },
      },
      MSFT: { metrics: { last: 7 } },
    });
    const delta = deltaOf(before, after);
    expect(delta).toEqual({
      session_data: {
        'BRK.B': {
          bars: { '1m': { count: 3, data: [['09:32', 9]] } },
          indicators: { session: { macd_1m: { current_value: { macd: 1 }, valid: true } } },
          metrics: { last: 9, volume: 800 },
          quotes: { bid: 9 },
        },
        MSFT: { metrics: { last: 7 } },
      },
      _metadata: {
        version: 1,
        mode: 'delta',
        seq: 14,
        from_seq: 10,
        changed_paths: [
          'session_data["BRK.B"].bars.1m.count',
          'session_data["BRK.B"].bars.1m.data[2:]',
          'session_data["BRK.B"].indicators.session.macd_1m.current_value',
          'session_data["BRK.B"].indicators.session.macd_1m.valid',
          'session_data["BRK.B"].metrics.last',
          'session_data["BRK.B"].metrics.volume',
          'session_data["BRK.B"].quotes',
          'session_data.AAPL',
          'session_data.MSFT',
        ],
      },
    });
    expect(applyDelta(before, JSON.parse(JSON.stringify(delta)))).toEqual(after);
  });

  it('of nothing is empty', () => {
    const state = exportOf(3, { AAPL: { metrics: { last: 5 } } });
    expect(deltaOf(state, structuredClone(state))).toEqual({
      _metadata: { version: 1, mode: 'delta', seq: 3, from_seq: 3, changed_paths: [] },
    });
  });

  it.each([
    ['rows put behind', [1, 2], [1, 2, 3, 4], ['A[2:]'], [3, 4]],
    ['a row corrected', [1, 2, 3], [1, 9, 3], ['A[1:2]'], [9]],
    ['rows corrected here and there', [1, 2, 3, 4], [0, 2, 9, 4], ['A[0:1]', 'A[2:3]'], [0, 9]],
    ['one corrected, one behind', [1, 2, 3], [1, 9, 3, 4], ['A[1:2]', 'A[3:]'], [9, 4]],
    ['the last ones corrected', [1, 2, 3], [1, 8, 9], ['A[1:]'], [8, 9]],
    ['rows gone from the end', [1, 2, 3], [1], ['A[1:]'], []],
    ['all others', [1, 2, 3], [4, 5], ['A[0:]'], [4, 5]],
    ['none left', [1], [], ['A[0:]'], []],
    ['the first rows', [], [1], ['A[0:]'], [1]],
  ])('of an array with %s has those alone', (_, before, after, paths, sent) => {
    const found = changeOf({ A: before }, { A: after });
    expect(found).toEqual({
      paths: paths.map((path) => `session_data.${path}`),
      values: { A: sent },
    });
  });

  it('sends a value whole when it was of another kind', () => {
    expect(changeOf({ A: null, B: [1], C: { x: 1 } }, { A: {}, B: { 0: 1 }, C: [1] })).toEqual({
      paths: ['session_data.A', 'session_data.B', 'session_data.C'],
      values: { A: {}, B: { 0: 1 }, C: [1] },
    });
  });

  it('lists what is gone and sends nothing for it', () => {
    expect(changeOf({ A: { x: 1, y: 2 } }, { A: { y: 2 } })).toEqual({
      paths: ['session_data.A.x'],
      values: undefined,
    });
  });
});

/** Few keys and values, so that two trees have much in common; keys that need care among them. */
const anyKey = fc.constantFrom('a', 'b', 'BRK.B', 'x[0]', '[1:]', '"', '', 'constructor');
const anyLeaf = fc.constantFrom<unknown>(0, 1, 2, 'a', '', null, true);
const { tree: anyTree } = fc.letrec<{ tree: Json; value: unknown; list: unknown[] }>((tie) => ({
  tree: fc.dictionary(anyKey, tie('value'), { maxKeys: 4 }),
  list: fc.array(fc.oneof(anyLeaf, fc.array(anyLeaf, { maxLength: 2 })), { maxLength: 6 }),
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, anyLeaf, tie('list'), tie('tree')),
}));
const anyExport = (seq: number) => anyTree.map((tree) => exportOf(seq, { ...tree }));

describe('any delta', () => {
  it('brings the earlier export to the later one, also as text, and changes neither', () => {
    fc.assert(
      fc.property(anyExport(1), anyExport(2), (before, after) => {
        const [was, is] = [structuredClone(before), structuredClone(after)];
        const delta = JSON.parse(JSON.stringify(deltaOf(before, after)));
        const copy = structuredClone(delta);
        expect(applyDelta(before, delta)).toEqual(after);
        expect([before, after, delta]).toEqual([was, is, copy]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('needs every path it lists', () => {
    fc.assert(
      fc.property(anyExport(1), anyExport(2), (before, after) => {
        const delta = deltaOf(before, after);
        const { changed_paths } = delta._metadata;
        for (const left of changed_paths) {
          const paths = changed_paths.filter((path) => path !== left);
          const less = { ...delta, _metadata: { ...delta._metadata, changed_paths: paths } };
          // Two ranges of one array share their elements: without one of them the other does not fit.
          expect(outcomeOf(() => applyDelta(before, less))).not.toEqual(after);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('lists each place that differs once, in an order that does not matter to other places', () => {
    fc.assert(
      fc.property(anyExport(1), anyExport(2), (before, after) => {
        const delta = deltaOf(before, after);
        const { changed_paths } = delta._metadata;
        expect(new Set(changed_paths).size).toBe(changed_paths.length);
        const turned = changed_paths.toSorted((a, b) =>
          b.split('[')[0]!.localeCompare(a.split('[')[0]!),
        );
        const again = { ...delta, _metadata: { ...delta._metadata, changed_paths: turned } };
        expect(applyDelta(before, again)).toEqual(after);
      }),
    );
  });
});

function outcomeOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

describe('a path', () => {
  const anyName = fc.oneof(anyKey, fc.string({ minLength: 0, maxLength: 4 }));

  it('is read as it was written, whatever the keys', () => {
    const keys = fc.array(anyName, { minLength: 1, maxLength: 4 });
    const to = fc.option(fc.nat(99));
    fc.assert(
      fc.property(keys, fc.option(fc.record({ from: fc.nat(99), to })), (names, range) => {
        const path = names.reduce(pathInto, '');
        const text = range === null ? path : pathOfRange(path, range);
        expect(parsePath(text)).toEqual({ keys: names, range });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(['', 'a.', '.a', 'a..b', '[0:]', 'a[0]', 'a[0:].b', 'a["b"', 'a.["b"]', '["a"]b', 'a]'])(
    'is not "%s"',
    (text) => {
      expect(() => parsePath(text)).toThrow(`"${text}" is no path of an export`);
    },
  );
});

describe('applying a delta', () => {
  const state = exportOf(5, { A: { data: [1, 2], last: 2 } });
  const delta = deltaOf(state, exportOf(6, { A: { data: [1, 2, 3], last: 3 } }));

  it.each<[string, () => unknown, string]>([
    [
      'to an export of another fact',
      () => applyDelta(exportOf(4, {}), delta),
      'the delta says what changed since fact 5, the export is of fact 4: give the one of fact 5',
    ],
    [
      'that is a complete export',
      () => applyDelta(state, state),
      'this is no delta but a complete export: it needs nothing to go with it',
    ],
    [
      'to a delta',
      () => applyDelta(delta as SessionJson, delta),
      'a delta goes with a complete export: apply it to one, not to a delta',
    ],
    [
      'of another version',
      () => applyDelta(state, { ...delta, _metadata: { ...delta._metadata, version: 2 } }),
      'the export is of version 1, its delta of 2, and this program reads 1',
    ],
    [
      'that lost what it lists',
      () => applyDelta(state, { _metadata: delta._metadata }),
      'the delta does not fit at "session_data.A.data[2:]": it was altered, or is of another run',
    ],
    [
      'of another run',
      () => applyDelta(exportOf(5, { B: {} }), delta),
      'the delta does not fit at "session_data.A.data[2:]"',
    ],
  ])('is refused for one %s', (_, apply, sentence) => {
    expect(apply).toThrow(sentence);
  });
});
