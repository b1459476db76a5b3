import { describe, expect, it } from 'vitest';
import type { FactOf } from '../../src/index.ts';
import { type CauseRole, type Explained, explain } from '../../src/inspect/causes.ts';
import { MINUTE, select } from '../support.ts';
import { ADDED, counting, marketRun, OPEN, REPLACED } from './marketRun.ts';

const run = await marketRun();
const { facts, log } = run;

const why = (seq: number) => explain(log, seq);
const inRole = (explained: Explained, role: CauseRole) =>
  explained.because.filter((each) => each.role === role);
const factIn = (explained: Explained, role: CauseRole) =>
  inRole(explained, role).map(({ fact }) => fact);
const earlier = (seq: number) => facts.slice(0, seq - 1);

/** The rows of the CSV file that lines name. */
function rowsAt(symbol: string, { lines }: Explained): string[] {
  return lines.flatMap(({ file, firstLine, lastLine }) => {
    expect(file).toBe(`${symbol}.csv`);
    return run.lines[symbol]!.slice(firstLine - 1, lastLine);
  });
}

const rowOf = ({ opened, open, high, low, close, volume }: FactOf<'BarAppended'>) =>
  [new Date(opened).toISOString(), open, high, low, close, volume].join(',');

describe('a bar that was fed', () => {
  it('comes from a line of its file, on every day, inserted or not, beside gaps and bad rows', () => {
    const fed = select(facts, 'BarAppended').filter(({ adhoc }) => !adhoc);
    const ends = fed.filter(
      ({ cause, symbol }, i) => cause !== null || symbol !== fed[i + 1]?.symbol,
    );
    const some = new Set([...fed.filter((_, i) => i % 53 === 0), ...ends.slice(0, 20)]);
    expect(new Set(Array.from(some, ({ symbol }) => symbol))).toEqual(
      new Set(['AAPL', 'MSFT', 'NEW']),
    );
    for (const bar of some) {
      const explained = why(bar.seq);
      expect(explained.fact).toEqual(bar);
      expect(rowsAt(bar.symbol, explained)).toEqual([rowOf(bar)]);
      const queue = earlier(bar.seq).findLast(
        (fact) => fact.type === 'QueueLoaded' && fact.symbol === bar.symbol,
      );
      expect(factIn(explained, 'queue')).toEqual([queue]);
    }
  });
});

describe('a derived bar', () => {
  const derived = () => [...select(facts, 'BarDerived'), ...select(facts, 'BarCorrected')];

  it('is made of the base bars in its window, as they were then', () => {
    const daily = derived().filter(({ interval }) => interval === '1d');
    const corrected = select(facts, 'BarCorrected');
    const some = [...daily, ...corrected, ...derived().filter((_, i) => i % 29 === 0)];
    expect([daily.length, corrected.length]).toEqual([8, 2]);
    for (const bar of some) {
      const explained = why(bar.seq);
      const bars = explained.because
        .map(({ fact }) => fact)
        .filter((fact): fact is FactOf<'BarAppended'> => fact.type === 'BarAppended');
      expect(bars.length + explained.omitted).toBe(bar.count);
      expect(bars.map(({ symbol }) => symbol)).toEqual(bars.map(() => bar.symbol));
      expect([
        ...[bars[0]!.open, Math.max(...bars.map(({ high }) => high))],
        ...[Math.min(...bars.map(({ low }) => low)), bars.at(-1)!.close],
        bars.reduce((sum, { volume }) => sum + volume, 0),
      ]).toEqual([bar.open, bar.high, bar.low, bar.close, bar.volume]);
      const fed = bars.filter(({ adhoc }) => !adhoc);
      expect(rowsAt(bar.symbol, explained)).toEqual(fed.map(rowOf));
    }
  });

  it('names the last of them as its cause, which is explained further', () => {
    const bar = select(facts, 'BarDerived', 'NEW').at(-3)!;
    const [cause, ...others] = inRole(why(bar.seq), 'cause');
    expect([cause!.fact.seq, others]).toEqual([bar.cause, []]);
    expect(inRole(cause!, 'queue')).toHaveLength(1);
  });

  it('lists some of many, the first and the last, if asked to', () => {
    const daily = select(facts, 'BarDerived', 'AAPL').find(({ interval }) => interval === '1d')!;
    const whole = why(daily.seq);
    const { because, omitted, lines } = explain(log, daily.seq, { bars: 5 });
    expect(because.map(({ fact }) => fact)).toEqual(
      [...whole.because.slice(0, 2), ...whole.because.slice(-3)].map(({ fact }) => fact),
    );
    expect(because.length + omitted).toBe(daily.count);
    expect(lines).toEqual(whole.lines);
  });

  it('that was corrected rests on the bar added by hand, and on what it replaces', () => {
    const [first, second] = select(facts, 'BarCorrected');
    const explained = why(first!.seq);
    expect(factIn(explained, 'corrected')).toEqual([facts[first!.corrects - 1]]);
    const [added] = inRole(explained, 'cause');
    expect(added!.fact).toMatchObject({ adhoc: true, opened: REPLACED, ...ADDED });
    expect(added!.lines).toEqual([]);
    expect(factIn(added!, 'cause')).toMatchObject([
      { type: 'MessageReceived', message: 'bar.add' },
    ]);
    expect(inRole(why(second!.seq), 'bar')).toHaveLength(4);
  });
});

describe('a value', () => {
  it('goes on from the one before, and rests on its bar down to the feed', () => {
    const values = select(facts, 'IndicatorUpdated', 'MSFT').filter(
      ({ key }) => key === 'sma_5_5m',
    );
    for (const value of values.filter((_, i) => i % 40 === 7)) {
      const explained = why(value.seq);
      expect(factIn(explained, 'cause')).toEqual([facts[value.cause! - 1]]);
      const last = values.filter(({ seq }) => seq < value.seq).at(-1);
      expect(factIn(explained, 'before')).toEqual([last]);
      const [bar] = inRole(explained, 'cause');
      expect(rowsAt('MSFT', bar!).length).toBe((bar!.fact as FactOf<'BarDerived'>).count);
    }
  });

  it('at its registration rests on the history of its series', () => {
    const registered = select(facts, 'IndicatorRegistered', 'NEW')[0]!;
    const value = facts.find(({ cause }) => cause === registered.seq)!;
    const explained = why(value.seq);
    expect(factIn(explained, 'cause')).toEqual([registered]);
    const [history] = inRole(explained, 'history');
    expect(history!.fact).toMatchObject({ symbol: 'NEW', interval: '1m' });
    const rows = rowsAt('NEW', history!);
    expect(rows.length).toBe(
      select(facts, 'HistoricalBarsLoaded', 'NEW')[0]!.columns.opened!.length,
    );
    expect(rows[0]).toMatch(/^2023-12-28T14:30/);
  });

  it('that was corrected names what it replaces', () => {
    const corrected = select(facts, 'IndicatorUpdated').filter(({ corrects }) => corrects);
    expect(corrected).toHaveLength(8);
    for (const value of corrected) {
      const explained = why(value.seq);
      expect(factIn(explained, 'corrected')).toEqual([facts[value.corrects! - 1]]);
      expect(inRole(explained, 'before')).toEqual([]);
    }
  });

  it('of earlier days rests on the history it was calculated from', () => {
    const value = select(facts, 'HistoricalIndicatorCalculated', 'AAPL').at(-1)!;
    const [history] = inRole(why(value.seq), 'cause');
    expect(history!.fact.type).toBe('HistoricalBarsLoaded');
    expect(inRole(history!, 'history').length).toBeGreaterThan(0);
  });
});

describe('history', () => {
  it('rests on the lines of its days, whoever brought them into the log', () => {
    const minutes = select(facts, 'HistoricalBarsLoaded').filter(
      ({ interval }) => interval === '1m',
    );
    expect(minutes.flatMap(({ held }) => held).length).toBeGreaterThan(5);
    for (const loaded of minutes) {
      const explained = why(loaded.seq);
      const rows = [explained, ...inRole(explained, 'history')].flatMap((each) =>
        rowsAt(loaded.symbol, each),
      );
      const inDays = run.lines[loaded.symbol]!.slice(1).filter((row) => {
        const date = row.slice(0, 10);
        const isFed = !row.includes('T14:29') && !row.includes('n/a');
        return isFed && date >= loaded.from && date <= loaded.to;
      });
      expect(rows.sort()).toEqual(inDays.sort());
    }
  });
});

describe('a score', () => {
  it('rests on every gap of the session so far', () => {
    const scores = select(facts, 'QualityScored', 'AAPL');
    for (const score of [scores.at(-1)!, ...scores.filter((_, i) => i % 9 === 0)]) {
      const explained = why(score.seq);
      const registered = select(earlier(score.seq), 'SymbolRegistered', 'AAPL').at(-1)!;
      const gaps = earlier(score.seq).filter(
        (fact) =>
          (fact.type === 'GapDetected' || fact.type === 'GapFilled') &&
          fact.symbol === 'AAPL' &&
          fact.seq > registered.seq,
      );
      const shown = [...factIn(explained, 'cause'), ...factIn(explained, 'gap')];
      const asGaps = shown.filter(({ type }) => type.startsWith('Gap')).map(({ seq }) => seq);
      expect(asGaps.sort((a, b) => a - b)).toEqual(gaps.map(({ seq }) => seq));
    }
  });
});

describe('a signal', () => {
  it('leads from the decision to the lines of the file', () => {
    const signal = select(facts, 'SignalEmitted', 'NEW').at(-1)!;
    const [bar] = inRole(why(signal.seq), 'cause');
    expect(bar!.fact).toMatchObject({ type: 'BarDerived', symbol: 'NEW', interval: '5m' });
    expect(
      rowsAt('NEW', bar!)[0]!.startsWith(isoOf((bar!.fact as FactOf<'BarDerived'>).opened)),
    ).toBe(true);
  });
});

const isoOf = (time: number) => new Date(time).toISOString();

describe('an explanation', () => {
  it('follows every cause to an input, as deep as asked', () => {
    const signal = select(facts, 'SignalEmitted')[3]!;
    for (const depth of [0, 1, 2]) {
      const explained = explain(log, signal.seq, { depth });
      const depthOf = ({ because }: Explained): number =>
        because.length === 0 ? 0 : 1 + Math.max(...because.map(depthOf));
      expect(depthOf(explained)).toBe(depth);
    }
    expect(explain(log, signal.seq, { depth: 0 })).toMatchObject({ because: [], omitted: 1 });
    for (const seq of [1, 2, 40, 3_000, 5_000, facts.length]) {
      let at: Explained | undefined = explain(log, seq, { depth: 1_000 });
      while (at !== undefined && at.fact.cause !== null) at = inRole(at, 'cause')[0];
      expect(at?.fact.cause).toBeNull();
    }
  });

  it('decodes no more than the frames with bars of the session', () => {
    const late = select(facts, 'IndicatorUpdated', 'AAPL').find(
      ({ at, key }) => at >= OPEN + 300 * MINUTE && key === 'sma_5_5m',
    )!;
    const counted = counting(log);
    explain(counted.log, late.seq);
    expect(counted.frames).toBeLessThan(500);
    expect([...log.read()].length).toBeGreaterThan(1_200);
  });

  it('is refused for a fact that is not there', () => {
    expect(() => why(facts.length + 1)).toThrow(RangeError);
  });
});
