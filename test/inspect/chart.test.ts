/** Price chart, statecharts, actors and lanes of the inspector, against the facts and the library. */
import { describe, expect, it } from 'vitest';
import type { Fact, IndicatorFact } from '../../src/index.ts';
import { random } from '../support.ts';
import { marketRun } from './marketRun.ts';
import { served } from './served.ts';

const run = await marketRun();
const { facts, log } = run;
const last = facts.length;
const { ask, request } = await served(run.folder);

const streaming = facts.filter(({ type }) => type === 'BarAppended').map(({ seq }) => seq);
const places = (() => {
  const next = random(5);
  return Array.from({ length: 15 }, () => streaming[Math.floor(next() * streaming.length)]!);
})();

describe('bars at a cursor', () => {
  it('are those of the session as it stands there, corrections taken in', async () => {
    for (const at of places) {
      const { data } = log.stateAt(at);
      for (const symbol of data.symbols.keys()) {
        for (const interval of ['1m', '5m']) {
          const answer = await ask('bars', { symbol, interval, at });
          const { bars } = data.symbols.get(symbol)!.bars.get(interval)!;
          const rows = Array.from({ length: bars.length }, (_, i) => bars.at(i));
          const shown = answer.opened.map((opened, i) => ({
            opened,
            open: answer.open[i],
            high: answer.high[i],
            low: answer.low[i],
            close: answer.close[i],
            volume: answer.volume[i],
            count: answer.count[i],
            expected: answer.expected[i],
          }));
          expect(shown).toEqual(rows);
        }
      }
    }
  });

  it('and everything beside them are never newer than the cursor', async () => {
    for (const at of places) {
      const answer = await ask('bars', {
        symbol: 'AAPL',
        interval: '1m',
        at,
        from: 0,
        indicators: '*',
      });
      const { at: time } = facts[at - 1]!;
      const seqs = [
        ...answer.seq,
        ...answer.indicators.flatMap(({ seq }) => seq),
        ...answer.gaps.map(({ seq }) => seq),
        ...answer.signals.map(({ seq }) => seq),
        answer.unfinished?.seq ?? 0,
      ];
      expect(Math.max(...seqs)).toBeLessThanOrEqual(at);
      expect(answer.time).toBe(time);
      expect(
        Math.max(...answer.opened, ...answer.indicators.flatMap(({ opened }) => opened)),
      ).toBeLessThan(time);
      expect(answer.sessions.every(({ open, close }) => open <= time && (close ?? 0) <= time)).toBe(
        true,
      );
      expect(answer.indicators.map(({ key }) => key)).not.toHaveLength(0);
    }
  });

  it('name the fact of each, and the last one of an indicator is its current value', async () => {
    const at = places[3]!;
    const answer = await ask('bars', {
      symbol: 'MSFT',
      interval: '5m',
      at,
      indicators: 'sma_5_5m',
    });
    for (const [i, seq] of answer.seq.entries()) {
      const bar = facts[seq - 1] as Extract<Fact, { type: 'BarDerived' }>;
      expect(bar).toMatchObject({ symbol: 'MSFT', interval: '5m', opened: answer.opened[i] });
    }
    const [line] = answer.indicators;
    expect(line!.value.at(-1)).toBe(
      log.stateAt(at).view.symbol('MSFT')!.indicator('sma_5_5m')!.value,
    );
    const update = facts[line!.seq.at(-1)! - 1] as IndicatorFact;
    expect(update).toMatchObject({ symbol: 'MSFT', key: 'sma_5_5m' });
    expect(line!.opened.at(-1)).toBe(answer.opened.at(-1));
  });

  it('show the window that has not closed as unfinished, of the bars so far', async () => {
    const bars = facts.filter(
      (fact): fact is Extract<Fact, { type: 'BarAppended' }> =>
        fact.type === 'BarAppended' && fact.symbol === 'MSFT' && !fact.catchup,
    );
    for (const bar of [bars[6]!, bars[7]!, bars[200]!, bars[900]!]) {
      const answer = await ask('bars', { symbol: 'MSFT', interval: '5m', at: bar.seq });
      const start = bar.opened - (bar.opened % 300_000);
      const within = bars.filter(({ opened, seq }) => opened >= start && seq <= bar.seq);
      expect(answer.unfinished).toEqual(
        bar.at >= start + 300_000
          ? null
          : {
              opened: start,
              open: within[0]!.open,
              high: Math.max(...within.map(({ high }) => high)),
              low: Math.min(...within.map(({ low }) => low)),
              close: within.at(-1)!.close,
              volume: within.reduce((sum, { volume }) => sum + volume, 0),
              count: within.length,
              expected: 5,
              seq: bar.seq,
            },
      );
    }
  });

  it('come in buckets with first, max, min and last where there are more than asked for', async () => {
    const question = { symbol: 'MSFT', interval: '1m', at: last, from: 0 };
    const all = await ask('bars', question);
    const few = await ask('bars', { ...question, px: 100 });
    const { perBucket } = few;
    expect(perBucket).toBe(Math.ceil(all.total / 100));
    expect(few.opened.length).toBeLessThanOrEqual(100);
    few.opened.forEach((opened, i) => {
      const part = <T>(column: T[]) => column.slice(i * perBucket, (i + 1) * perBucket);
      expect(opened).toBe(part(all.opened)[0]);
      expect(few.open[i]).toBe(part(all.open)[0]);
      expect(few.high[i]).toBe(Math.max(...part(all.high)));
      expect(few.low[i]).toBe(Math.min(...part(all.low)));
      expect(few.close[i]).toBe(part(all.close).at(-1));
      expect(few.seq[i]).toBe(part(all.seq).at(-1));
    });
  });

  it('have the gaps and the quality of that moment', async () => {
    for (const at of places) {
      const view = log.stateAt(at).view.symbol('AAPL')!;
      const answer = await ask('bars', { symbol: 'AAPL', interval: '1m', at });
      expect(answer.gaps.map(({ start, end, missing }) => ({ start, end, missing }))).toEqual(
        [...view.gaps()].sort((a, b) => a.start - b.start),
      );
      expect(answer.quality).toEqual({ ...view.quality });
    }
  });

  it('are refused for what was not there yet', async () => {
    const { since } = (await ask('run')).symbols.find(({ symbol }) => symbol === 'NEW')!;
    const { status } = await request(`/api/bars?symbol=NEW&interval=1m&at=${since - 1}`);
    expect(status).toBe(400);
  });
});

describe('charts at a fact', () => {
  it('are in the states that the last transitions led to, of those who are still there', async () => {
    for (const { seq } of facts.filter(({ type }) => type === 'PhaseEntered')) {
      const { charts, taken } = await ask('charts', { at: seq });
      const value = new Map<string, string>();
      for (const fact of facts.slice(0, seq))
        if (fact.type === 'TransitionTaken') value.set(fact.actor, fact.to);
      const session = charts.find(({ actor }) => actor === 'session')!;
      expect(session.value).toBe(value.get('session'));
      expect(session.active).toEqual([session.value]);
      for (const chart of charts)
        expect([chart.actor, chart.value]).toEqual([chart.actor, value.get(chart.actor)]);
      expect(taken!.seq).toBe(
        facts.findLast((fact) => fact.seq <= seq && fact.type === 'TransitionTaken')!.seq,
      );
    }
  });

  it('show each phase alone, and streaming again after inserting', async () => {
    const entered = facts.filter(
      (fact): fact is Extract<Fact, { type: 'TransitionTaken' }> =>
        fact.type === 'TransitionTaken' && fact.actor === 'session/active',
    );
    const inserting = entered.findIndex(({ to }) => to === 'inserting');
    const during = await ask('charts', { at: entered[inserting]!.seq + 1 });
    const actors = during.charts.map(({ actor }) => actor);
    expect(actors).toContain('session/active');
    expect(actors).not.toContain('session/initialization');
    expect(actors).not.toContain('session/validation');
    expect(during.charts.find(({ actor }) => actor === 'session/active')!.active).toEqual([
      'inserting',
    ]);
    const after = await ask('charts', { at: entered[inserting + 1]!.seq });
    expect(after.charts.find(({ actor }) => actor === 'session/active')!.active).toEqual([
      'streaming',
    ]);
    expect(after.charts.map(({ actor }) => actor)).not.toContain('session/active/insertion');
  });

  it('name regions that are active side by side', async () => {
    const seq = facts.find((fact) => fact.type === 'TransitionTaken' && fact.to.includes('+'))!.seq;
    const { charts } = await ask('charts', { at: seq });
    const scanning = charts.find(({ chart }) => chart === 'scanning')!;
    expect(scanning.active).toEqual([
      'running',
      'running.scans',
      'running.scans.settingUp',
      'running.insertion',
      'running.insertion.idle',
    ]);
  });

  it('go with actors that say what they did and hold', async () => {
    for (const at of places) {
      const { actors, phase } = await ask('actors', { at });
      const { tally, data } = log.stateAt(at);
      expect(phase).toEqual({
        phase: data.phase!.number,
        name: data.phase!.name,
        date: data.phase!.date,
      });
      for (const actor of actors) {
        const own = facts.filter(({ by, seq }) => by === actor.path && seq <= at);
        expect([actor.path, actor.facts]).toEqual([actor.path, own.length]);
        expect(actor.lastSeq).toBe(own.at(-1)?.seq ?? null);
        expect(actor.state).toBe(tally.actors.get(actor.path)?.state ?? null);
      }
      expect(actors.length).toBeGreaterThanOrEqual(tally.actors.size);
    }
  });
});

describe('lanes and overview', () => {
  it('count every fact once, in its actor’s lane and its pixel', async () => {
    for (const px of [1, 7, 100]) {
      const [from, to] = [500, 2200];
      const { lanes, coarse } = await ask('lanes', { from, to, px });
      expect(coarse).toBe(false);
      const expected = new Map<string, number[]>();
      for (const { seq, by } of facts.slice(from - 1, to)) {
        const counts = expected.get(by) ?? new Array<number>(px).fill(0);
        expected.set(by, counts);
        counts[Math.floor((seq - from) / ((to - from + 1) / px))]! += 1;
      }
      expect(Object.fromEntries(lanes.map(({ actor, counts }) => [actor, counts]))).toEqual(
        Object.fromEntries(expected),
      );
    }
  });

  it('count by market time as well', async () => {
    const from = facts[streaming[50]! - 1]!.at;
    const to = from + 3_600_000 - 1;
    const { lanes, first, last: end } = await ask('lanes', { by: 'time', from, to, px: 60 });
    const within = facts.filter(({ at }) => at >= from && at <= to);
    expect([first, end]).toEqual([within[0]!.seq, within.at(-1)!.seq]);
    const total = lanes.reduce((sum, { facts: count }) => sum + count, 0);
    expect(total).toBe(within.length);
  });

  it('have arrows from cause to effect in short windows only', async () => {
    const { arrows, transitions } = await ask('lanes', { from: 60, to: 400 });
    const expected = facts.slice(59, 400).filter(({ cause }) => cause !== null);
    expect(arrows.map(({ seq, cause }) => [seq, cause])).toEqual(
      expected.map(({ seq, cause }) => [seq, cause]),
    );
    for (const { seq, cause, from, to } of arrows) {
      expect([from, to]).toEqual([facts[cause - 1]!.by, facts[seq - 1]!.by]);
    }
    expect(transitions).toHaveLength(
      facts.slice(59, 400).filter(({ type }) => type === 'TransitionTaken').length,
    );
    const wide = await ask('lanes', { from: 1, to: last });
    expect([wide.coarse, wide.arrows.length, wide.transitions.length]).toEqual([true, 0, 0]);
  });

  it('show the whole run in a strip, with the hits of a filter', async () => {
    const answer = await ask('overview', { px: 64, q: 'type:GapDetected' });
    const count = (test: (fact: Fact) => boolean) =>
      answer.seqs.map((seq, i) => {
        const end = answer.seqs[i + 1] ?? last + 1;
        return facts.slice(seq - 1, end - 1).filter(test).length;
      });
    expect(answer.seqs).toHaveLength(64);
    expect(answer.hits).toEqual(count(({ type }) => type === 'GapDetected'));
    expect(answer.notable).toEqual(
      count(({ type }) => !['BarAppended', 'BarDerived', 'IndicatorUpdated'].includes(type)),
    );
    expect(answer.times).toEqual(answer.seqs.map((seq) => facts[seq - 1]!.at));
  });
});
