import { describe, expect, it } from 'vitest';
import { type Fact, findCalendar } from '../../src/index.ts';
import { seqAt } from '../../src/inspect/position.ts';
import { findTarget, type Target } from '../../src/inspect/target.ts';
import { MINUTE, select } from '../support.ts';
import { counting, INSERTED, marketRun, OPEN, REPLACED } from './marketRun.ts';

const xnys = findCalendar('XNYS')!;
const { facts, log } = await marketRun();

const at = (place: string) => seqAt(log, place, xnys);
const find = (symbol: string, target: Target, to = log.position) =>
  findTarget(log, { symbol, target, to });
const value = (key: string): Target => ({ kind: 'value', key });
const bar = (interval: string): Target => ({ kind: 'bar', interval });
const reasonOf = (found: ReturnType<typeof find>) => (found.ok ? null : found.reason);

describe('what a value, a bar, a score or a signal stood on', () => {
  it('is the last fact about it up to there', () => {
    const places = ['2024-01-02T10:42', '2024-01-03T11:30', '2024-01-03T16:00', '10:42', '16:00'];
    for (const place of places) {
      const to = at(place);
      const last = (isIt: (fact: Fact) => boolean) =>
        facts
          .slice(0, to)
          .findLast((fact) => 'symbol' in fact && fact.symbol === 'AAPL' && isIt(fact));
      const wanted: [Target, Fact | undefined][] = [
        [
          value('sma_5_5m'),
          last((fact) => fact.type === 'IndicatorUpdated' && fact.key === 'sma_5_5m'),
        ],
        [value('high_2d'), last(({ type }) => type === 'HistoricalIndicatorCalculated')],
        [bar('1m'), last(({ type }) => type === 'BarAppended')],
        [bar('60s'), last(({ type }) => type === 'BarAppended')],
        [
          bar('5m'),
          last(({ type, ...fact }) => {
            return (
              /^Bar(Derived|Corrected)$/.test(type) && 'interval' in fact && fact.interval === '5m'
            );
          }),
        ],
        [{ kind: 'quality' }, last(({ type }) => type === 'QualityScored')],
        [{ kind: 'signal' }, last(({ type }) => type === 'SignalEmitted')],
      ];
      for (const [target, fact] of wanted)
        expect(find('AAPL', target, to)).toEqual({ ok: true, fact });
    }
  });

  it('is the corrected bar where one was corrected last', () => {
    const corrected = select(facts, 'BarCorrected').at(-1)!;
    expect(find('AAPL', bar('5m'), corrected.seq)).toEqual({ ok: true, fact: corrected });
    expect(REPLACED).toBeLessThan(INSERTED);
  });

  it('is not there, with a reason, before it came to be', () => {
    const open = select(facts, 'SessionActivated')[1]!.seq;
    expect(reasonOf(find('AAPL', bar('5m'), open))).toBe('AAPL has no 5m bar there yet');
    expect(reasonOf(find('AAPL', { kind: 'quality' }, open))).toMatch(
      /^the quality of AAPL was not scored yet in this session/,
    );
    expect(reasonOf(find('NEW', value('sma_5_5m'), open))).toBe(
      'NEW is not loaded: no session has loaded it since that of 2024-01-02 was torn down',
    );
    expect(reasonOf(find('AAPL', bar('5m'), 10))).toBe('AAPL is not loaded yet');
    expect(reasonOf(find('NEW', { kind: 'signal' }, open))).toMatch(
      /^no strategy emitted a signal for NEW up to there/,
    );
  });

  it('is what it was when the session was torn down, until another one is loaded', () => {
    const torn = select(facts, 'SessionTornDown')[0]!;
    const last = facts.findLast(({ type, seq }) => type === 'BarAppended' && seq < torn.seq);
    expect(find('MSFT', bar('1m'), torn.seq + 5)).toEqual({ ok: true, fact: last });
    expect(find('MSFT', bar('1m'), torn.seq)).toEqual({ ok: true, fact: last });
  });

  it('is asked for by names that exist', () => {
    expect(() => find('AAPLE', bar('1m'), 10)).toThrow(
      'the log has nothing of a symbol "AAPLE": did you mean "AAPL"?',
    );
    expect(() => find('AAPL', value('sma_5_1m'))).toThrow(
      'AAPL has no indicator "sma_5_1m": did you mean "sma_5_5m"?',
    );
    expect(() => find('AAPL', value('high_2w'))).toThrow('did you mean "high_2d"?');
    expect(() => find('AAPL', bar('15m'))).toThrow('AAPL has no bars of "15m": did you mean "1m"?');
    expect(() => find('AAPL', bar('weekly'))).toThrow(
      'AAPL has no bars of "weekly": it has 1m, 5m, 1d',
    );
  });

  it('is found without reading more than what is near', () => {
    const counted = counting(log);
    const to = facts.findLast((fact) => fact.at === OPEN + 200 * MINUTE)!.seq;
    findTarget(counted.log, { symbol: 'AAPL', target: value('sma_5_5m'), to });
    expect(counted.frames).toBeLessThan(60);
  });
});
