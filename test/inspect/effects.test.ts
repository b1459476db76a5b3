import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/index.ts';
import { effectsOf } from '../../src/inspect/effects.ts';
import { MINUTE, select } from '../support.ts';
import { counting, FILLED, marketRun, OPEN } from './marketRun.ts';

const { facts, log } = await marketRun();

/** By the definition: what names it or an effect as its cause, corrects one, or is a bar of whose window it is. */
function naive(root: Fact): number[] {
  const found = new Map([[root.seq, root]]);
  for (const fact of facts.slice(root.seq)) {
    const named = [fact.cause, 'corrects' in fact ? fact.corrects : null];
    const history = fact.type === 'HistoricalBarsLoaded' ? fact.held.map(({ seq }) => seq) : [];
    const inWindow = [...found.values()].some((bar) => {
      if (bar.type !== 'BarAppended' || fact.type !== 'BarDerived') return false;
      const length = fact.interval === '5m' ? 5 * MINUTE : Number.POSITIVE_INFINITY;
      const within = bar.opened >= fact.opened && bar.opened < fact.opened + length;
      const asked = bar === root || bar.adhoc === true;
      return asked && bar.symbol === fact.symbol && within;
    });
    const follows = [...named, ...history].some((seq) => seq != null && found.has(seq));
    if (follows || inWindow) found.set(fact.seq, fact);
  }
  return [...found.keys()].slice(1);
}

const seqsOf = (seq: number) => Array.from(effectsOf(log, seq), ({ fact }) => fact.seq);

describe('effects', () => {
  it('are what follows by the causes on record, and by the windows that bars are in', () => {
    const bars = select(facts, 'BarAppended');
    const some: Fact[] = [
      ...bars.filter((_, i) => i % 500 === 77),
      ...bars.filter(({ adhoc }) => adhoc),
      ...select(facts, 'MessageReceived'),
      ...select(facts, 'BarDerived').filter((_, i) => i % 200 === 11),
      select(facts, 'HistoricalBarsLoaded', 'AAPL')[0]!,
      select(facts, 'GapDetected')[5]!,
      select(facts, 'IndicatorRegistered')[1]!,
    ];
    for (const fact of some) expect(seqsOf(fact.seq)).toEqual(naive(fact));
  });

  it('of a bar are its values, the bars it is part of, their values, and signals', () => {
    const bar = select(facts, 'BarAppended', 'MSFT').find(
      ({ opened }) => opened === OPEN + MINUTE,
    )!;
    const effects = [...effectsOf(log, bar.seq)].filter(({ depth }) => depth === 1);
    expect(effects.map(({ from }) => from)).toEqual(effects.map(() => bar.seq));
    expect(effects.map(({ fact }) => fact.type)).toEqual([
      ...['IndicatorUpdated', 'IndicatorUpdated', 'BarDerived', 'BarDerived'],
    ]);
    const intervals = effects.flatMap(({ fact }) => ('interval' in fact ? [fact.interval] : []));
    expect(intervals).toEqual(['5m', '1d']);
  });

  it('of a message that adds a bar are what was corrected', () => {
    const message = select(facts, 'MessageReceived').at(-1)!;
    const effects = [...effectsOf(log, message.seq)];
    const types = new Set(effects.map(({ fact }) => fact.type));
    expect(types).toEqual(
      new Set(
        'BarAppended BarCorrected BarDerived GapFilled HistoricalBarsLoaded IndicatorUpdated QualityScored'
          .split(' ')
          .concat('HistoricalIndicatorCalculated TransitionTaken'.split(' ')),
      ),
    );
    expect(effects.find(({ fact }) => fact.type === 'BarAppended')?.fact).toMatchObject({
      opened: FILLED,
    });
  });

  it('of a queue are its bars first', () => {
    const queue = select(facts, 'QueueLoaded', 'NEW').at(-1)!;
    const bars = [...effectsOf(log, queue.seq)].filter(({ fact }) => fact.type === 'BarAppended');
    expect(bars).toHaveLength(queue.bars);
    expect(new Set(bars.map(({ from, depth }) => `${from} ${depth}`))).toEqual(
      new Set([`${queue.seq} 1`]),
    );
  });

  it('come one by one, so that nobody has to wait for the end of the log', () => {
    const counted = counting(log);
    const [first] = effectsOf(counted.log, 1);
    expect(first!.fact.seq).toBe(2);
    expect(counted.frames).toBeLessThan(3);
  });

  it('of the last fact are none', () => {
    expect(seqsOf(facts.length)).toEqual([]);
  });
});
