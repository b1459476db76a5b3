import { describe, expect, it } from 'vitest';
import { LogIndex } from '../../src/store/logIndex.ts';
import { CONTENTS } from '../../src/store/record.ts';

describe('the marks of an index', () => {
  it('share the types that they have in common, the last one aside, to which some are added', () => {
    const index = new LogIndex();
    const none = Buffer.alloc(0);
    index.note(1, { kind: 'head', firstSeq: 1, at: 0, contents: 0 }, 0, none);
    for (let i = 0; i < 8; i++) {
      const contents = CONTENTS.BarAppended | (i % 2 === 0 ? CONTENTS.IndicatorUpdated : 0);
      const frame = { kind: 'frame', firstSeq: i + 1, at: i, contents } as const;
      index.note(1, frame, i * 70_000, none);
    }
    const types = index.segments[0]!.marks!.map((mark) => mark.types!);
    const both = ['BarAppended', 'IndicatorUpdated'];
    const one = ['BarAppended'];
    expect(types.map((set) => [...set])).toEqual([both, one, both, one, both, one, both, one]);
    expect(types.map((set) => types.indexOf(set))).toEqual([0, 1, 0, 1, 0, 1, 0, 7]);
  });
});
