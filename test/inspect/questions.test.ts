/** Every question of the inspector, against answers worked out from the facts and the library alone. */
import { describe, expect, it } from 'vitest';
import {
  type Fact,
  factJson,
  findCalendar,
  type IndicatorFact,
  sessionJson,
} from '../../src/index.ts';
import { random } from '../support.ts';
import { INSERTED, marketRun, REPLACED } from './marketRun.ts';
import { countedPage, served } from './served.ts';

const run = await marketRun();
const { facts, log } = run;
const last = facts.length;
const calendar = findCalendar('US_EQUITY')!;
const started = facts[0] as Extract<Fact, { type: 'RunStarted' }>;
const { ask, request } = await served(run.folder);

function jsonAt(seq: number) {
  const { data, tally } = log.stateAt(seq);
  const whole = sessionJson(data, { calendar, config: started.config, tally, system: {} });
  return JSON.parse(JSON.stringify(whole));
}

/** Twenty facts of the run, from all parts of it. */
const places = (() => {
  const next = random(11);
  return Array.from({ length: 20 }, () => 1 + Math.floor(next() * last));
})();

const seqOf = (test: (fact: Fact) => boolean) => facts.find(test)!.seq;

/** Every place at which two JSON values differ; rows of bars whole. */
function differences(a: unknown, b: unknown, path = ''): string[] {
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  const isTree = (value: unknown) => typeof value === 'object' && value !== null;
  const isRow = (value: unknown) => Array.isArray(value) && !value.some(isTree) && value.length > 0;
  if (!isTree(a) || !isTree(b) || isRow(a) || isRow(b)) return [path];
  const [x, y] = [a, b] as Record<string, unknown>[];
  return [...new Set([...Object.keys(x!), ...Object.keys(y!)])].flatMap((key) => {
    const step = Array.isArray(a) ? `[${key}]` : path === '' ? key : `.${key}`;
    return differences(x![key], y![key], path + step);
  });
}

describe('a question about the run', () => {
  it('is answered with its charts, symbols, days and phases', async () => {
    await ask('lanes', { from: 1, to: last });
    const answer = await ask('run');
    expect(answer).toMatchObject({
      name: 'test',
      status: 'completed',
      live: false,
      control: false,
      zone: 'America/New_York',
      last,
      chainHash: log.chainHash(),
      damage: null,
      other: null,
    });
    expect(answer.symbols.map(({ symbol }) => symbol)).toEqual(['AAPL', 'MSFT', 'NEW']);
    expect(answer.symbols[0]!.intervals).toEqual([
      { interval: '1m', derived: false },
      { interval: '5m', derived: true },
      { interval: '1d', derived: true },
    ]);
    expect(answer.days.map(({ date }) => date)).toEqual(['2024-01-02', '2024-01-03', '2024-01-04']);
    expect(answer.charts.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'session',
        'validation',
        'loading',
        'active',
        'insertion',
        'scanner',
      ]),
    );
    const phases = facts.filter(({ type }) => type === 'PhaseEntered').map(({ seq }) => seq);
    expect(answer.phases.map(({ first }) => first)).toEqual(phases);
  });

  it('counts every type of fact once all of the log was looked through', async () => {
    await ask('lanes', { from: 1, to: last });
    const { types, index } = await ask('run');
    const counts = new Map<string, number>();
    for (const { type } of facts) counts.set(type, (counts.get(type) ?? 0) + 1);
    expect(index).toEqual({ ready: true, indexed: last, total: last });
    expect(Object.fromEntries(types.map(({ type, facts }) => [type, facts]))).toEqual(
      Object.fromEntries(counts),
    );
  });
});

describe('a page of events', () => {
  const filters: [q: string, picks: (fact: Fact) => boolean][] = [
    ['', () => true],
    [
      'type:Indicator* -type:Bar* symbol:AAPL',
      (fact) => fact.type.startsWith('Indicator') && 'symbol' in fact && fact.symbol === 'AAPL',
    ],
    ['type:Transition*,Phase*', ({ type }) => /^(Transition|Phase)/.test(type)],
    ['by:session/quality', ({ by }) => by === 'session/quality'],
    [
      '-type:BarAppended -by:session/processor',
      (fact) => fact.type !== 'BarAppended' && fact.by !== 'session/processor',
    ],
    [
      'type:BarAppended close>101 interval:1m',
      (fact) => fact.type === 'BarAppended' && fact.close > 101,
    ],
    ['key:sma_5_5m valid=true', (fact) => 'valid' in fact && fact.key === 'sma_5_5m' && fact.valid],
    ['cause:100..300', ({ cause }) => cause !== null && cause >= 100 && cause <= 300],
    [
      'streaming',
      (fact) => fact.type === 'TransitionTaken' && /streaming/.test(`${fact.from} ${fact.to}`),
    ],
  ];

  it.each(filters)('of "%s" holds exactly what a plain filter picks', async (q, picks) => {
    const picked = facts.filter(picks).map(({ seq }) => seq);
    const from = picked[Math.floor(picked.length / 2)]!;
    const page = await countedPage({ ask }, { q, from, limit: 40 });
    expect(page).toMatchObject({ total: picked.length, complete: true, counted: last });
    expect(page.rows.map(({ seq }) => seq)).toEqual(
      picked.filter((seq) => seq >= from).slice(0, 40),
    );
    expect(page.offset).toBe(picked.indexOf(from));
    const before = await ask('events', { q, from, limit: 40, dir: 'previous' });
    expect(before.rows.map(({ seq }) => seq)).toEqual(
      picked.filter((seq) => seq <= from).slice(-40),
    );
    const numbered = await ask('events', { q, offset: 3, limit: 5 });
    expect(numbered.rows.map(({ seq }) => seq)).toEqual(picked.slice(3, 8));
    const rank = await ask('rank', { q, seq: from });
    expect(rank).toMatchObject({ before: picked.indexOf(from), picked: true });
  });

  it('never holds more than 500 rows', async () => {
    expect((await ask('events', { limit: 500 })).rows).toHaveLength(500);
    expect((await request('/api/events?limit=501')).status).toBe(400);
  });

  it('says what is wrong with a filter and what was meant', async () => {
    const { status, body } = await request('/api/events?q=typ:Bar*');
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({
      error: { code: 'bad_request', message: 'a filter has no "typ:": did you mean "type:"?' },
    });
  });

  it('leads to the nearest fact that a filter picks', async () => {
    const gaps = facts.filter(({ type }) => type === 'GapDetected').map(({ seq }) => seq);
    const q = 'type:GapDetected';
    expect((await ask('find', { q, from: gaps[1]! })).seq).toBe(gaps[2]);
    expect((await ask('find', { q, from: gaps[1]!, dir: 'previous' })).seq).toBe(gaps[0]);
    expect((await ask('find', { q, from: gaps.at(-1)! })).seq).toBeNull();
  });

  it('has each fact in full, with its cause, first effect and frame', async () => {
    for (const seq of places) {
      const fact = facts[seq - 1]!;
      const answer = await ask('event', { seq });
      if (fact.type !== 'HistoricalBarsLoaded') {
        expect(answer.fact).toEqual(JSON.parse(JSON.stringify(factJson(fact))));
      }
      expect(answer.cause?.seq ?? null).toBe(fact.cause);
      const direct = facts.find(({ cause }) => cause === seq);
      if (direct !== undefined) expect(answer.firstEffect!.seq).toBeLessThanOrEqual(direct.seq);
      expect(answer.frame.first).toBeLessThanOrEqual(seq);
      expect(answer.frame.last).toBeGreaterThanOrEqual(seq);
    }
  });
});

describe('the state', () => {
  it('is that of the fold, at any fact', async () => {
    for (const at of places) {
      const { json } = await ask('json', { at });
      const { system, ...rest } = json as Record<string, unknown>;
      const { system: other, ...expected } = jsonAt(at);
      expect(rest).toEqual(expected);
      expect(system).toMatchObject({ status: other.status, phase: other.phase });
    }
  });

  it('comes as a tree of bounded size, with counts for what is left out', async () => {
    const at = facts.findLast(({ type }) => type === 'BarAppended')!.seq;
    const { node } = await ask('state', { at, path: 'session_data.AAPL.bars.1m', depth: 2 });
    const expected = jsonAt(at).session_data.AAPL.bars['1m'];
    const data = node!.children!.find(({ key }) => key === 'data')!;
    expect(data.size).toBe(expected.data.length);
    expect(data.children).toHaveLength(200);
    expect(data.before).toBe(expected.data.length - 200);
    expect(data.after).toBe(0);
    const path = 'session_data.AAPL.bars.1m.data';
    const first = await ask('state', { at, path, depth: 2, offset: 0 });
    expect(first.node!.children![2]!.children!.map(({ value }) => value)).toEqual(expected.data[2]);
    expect((await ask('state', { at, path: 'session_data.NONE' })).node).toBeNull();
  });

  it('changes between two facts exactly where a plain comparison finds it', async () => {
    for (const seq of [...places, seqOf(({ type }) => type === 'SessionTornDown')]) {
      const { changes, total } = await ask('diff', { from: seq - 1, to: seq });
      const [a, b] = [seq - 1, seq].map((at) => {
        const { _metadata, system, ...json } = jsonAt(at);
        return { ...json, system: { status: system.status, phase: system.phase } };
      });
      const expected = differences(a, b);
      const shown = changes.map(({ path }) => path);
      if (total <= 1000) expect(shown.toSorted()).toEqual(expected.toSorted());
      else expect(expected.length).toBe(total);
    }
  });

  it('is compared over any stretch, backwards too', async () => {
    const [from, to] = [places[0]!, places[1]!];
    const path = 'session_data.AAPL.metrics';
    const ahead = await ask('diff', { from, to, path });
    const back = await ask('diff', { from: to, to: from, path });
    const [a, b] = [from, to].map((at) => jsonAt(at).session_data.AAPL?.metrics);
    expect(ahead.changes.map(({ path }) => path)).toEqual(differences(a, b, path));
    expect(back.changes.map((change) => [change.path, change.new, change.old])).toEqual(
      ahead.changes.map((change) => [change.path, change.old, change.new]),
    );
  });

  it('is searched for a value, which is found where it first appeared', async () => {
    const value = facts.findLast(
      (fact): fact is IndicatorFact => fact.type === 'IndicatorUpdated' && fact.key === 'vwap_1m',
    )!;
    const text = String(value.value);
    const { hits } = await ask('search', { at: last, value: text });
    const first = facts.find(
      (fact) => fact.type === 'IndicatorUpdated' && fact.value === value.value,
    )!;
    expect(hits[0]).toMatchObject({
      path: `session_data.${value.symbol}.indicators.session.vwap_1m.current_value`,
      seq: first.seq,
      value: value.value,
    });
    expect((await ask('search', { at: first.seq - 1, value: text })).hits).toEqual([]);
  });
});

describe('why', () => {
  it('leads from a value over its cause to the line of the feed', async () => {
    const at = seqOf(
      (fact) =>
        fact.at > INSERTED &&
        fact.type === 'IndicatorUpdated' &&
        fact.key === 'vwap_1m' &&
        !fact.corrects,
    );
    const { symbol } = facts[at - 1] as IndicatorFact;
    const path = `session_data.${symbol}.indicators.session.vwap_1m.current_value`;
    const { why } = await ask('why', { at, path });
    expect(why!.row.seq).toBe(at);
    const bar = why!.because.find(({ role }) => role === 'cause')!;
    expect(bar.row).toMatchObject({ type: 'BarAppended', seq: facts[at - 1]!.cause });
    const [line] = bar.lines;
    const fact = facts[bar.row.seq - 1] as Extract<Fact, { type: 'BarAppended' }>;
    expect(run.lines[symbol]![line!.firstLine - 1]).toContain(new Date(fact.opened).toISOString());
  });

  it('finds the last fact that wrote to a place', async () => {
    const at = seqOf(({ at: time }) => time > INSERTED + 3_600_000);
    const { data } = log.stateAt(at);
    const row = data.symbols.get('AAPL')!.bars.get('1m')!.bars.lowerBound(REPLACED);
    const cases: [path: string, type: string][] = [
      [`session_data.AAPL.bars.1m.data[${row}]`, 'BarAppended'],
      ['session_data.AAPL.metadata', 'SymbolRegistered'],
      ['session_data.AAPL.bars.1m.gaps', 'GapDetected'],
      ['session_data.AAPL.historical.indicators.high_2d.value', 'HistoricalIndicatorCalculated'],
      ['system.phase', 'PhaseEntered'],
      ['time_manager.session', 'SessionActivated'],
      ['session_config', 'RunStarted'],
      ['actors.session/active.state', 'TransitionTaken'],
      ['performance_metrics.events_by_type.SignalEmitted', 'SignalEmitted'],
    ];
    for (const [path, type] of cases) {
      const { why } = await ask('why', { at, path });
      expect([path, why?.row.type]).toEqual([path, type]);
      expect(why!.row.seq).toBeLessThanOrEqual(at);
    }
    const replaced = await ask('why', { at, path: cases[0]![0] });
    expect((replaced.fact as { adhoc?: boolean }).adhoc).toBe(true);
    expect((await ask('why', { at, path: 'performance_metrics.events' })).reason).toContain(
      'counted',
    );
    expect((await ask('why', { at: 90, path: 'session_data.NEW.metrics' })).reason).toContain(
      'NEW',
    );
  });

  it('lists what wrote to a place, the newest first', async () => {
    const path = 'session_data.MSFT.indicators.session.sma_5_5m.current_value';
    const { rows } = await ask('history', { at: last, path, limit: 10 });
    const written = facts.filter(
      (fact) =>
        fact.type === 'IndicatorUpdated' && fact.symbol === 'MSFT' && fact.key === 'sma_5_5m',
    );
    expect(rows.map(({ seq }) => seq)).toEqual(
      written
        .slice(-10)
        .reverse()
        .map(({ seq }) => seq),
    );
  });

  it('names the places a fact writes to, and no others change but by the clock', async () => {
    const byClock =
      /^(time_manager\.current_time|performance_metrics\.(events|frames)$)|\.quality$/;
    for (const seq of places) {
      const { touches } = await ask('event', { seq });
      const { changes } = await ask('diff', { from: seq - 1, to: seq });
      const unexplained = changes
        .map(({ path }) => path)
        .filter((path) => !byClock.test(path) && !touches.some((place) => path.startsWith(place)));
      expect([facts[seq - 1]!.type, unexplained]).toEqual([facts[seq - 1]!.type, []]);
    }
  });

  it('says what strategies could read where there is no signal', async () => {
    const answer = await ask('silence', { at: 90, symbol: 'AAPL' });
    expect(answer.reasons.length).toBeGreaterThan(0);
    expect(answer.strategies).toEqual(['above']);
  });
});

describe('steps', () => {
  const next = (from: number, test: (fact: Fact) => boolean) =>
    facts.find((fact) => fact.seq > from && test(fact))?.seq ?? null;
  const previous = (from: number, test: (fact: Fact) => boolean) =>
    facts.findLast((fact) => fact.seq < from && test(fact))?.seq ?? null;
  const units = {
    event: () => true,
    bar: ({ type }: Fact) => type === 'BarAppended',
    transition: ({ type }: Fact) => type === 'TransitionTaken',
    phase: ({ type }: Fact) => type === 'PhaseEntered',
  };

  it.each(Object.entries(units))('go by %s, forwards and back', async (unit, test) => {
    for (const from of [0, 1, ...places, last]) {
      const ahead = await ask('step', { from, unit: unit as 'event' });
      expect(ahead.seq).toBe(next(from, test));
      const back = await ask('step', { from, unit: unit as 'event', dir: 'previous' });
      expect(back.seq).toBe(previous(from, test));
    }
  });

  it('go by the bar of one symbol, and by day', async () => {
    const ofMsft = (fact: Fact) => fact.type === 'BarAppended' && fact.symbol === 'MSFT';
    const { seq } = await ask('step', { from: places[0]!, unit: 'bar', symbol: 'MSFT' });
    expect(seq).toBe(next(places[0]!, ofMsft));
    const { days } = await ask('run');
    expect((await ask('step', { from: days[0]!.first, unit: 'day' })).seq).toBe(days[1]!.first);
  });

  it('go to a time: the last fact at or before it', async () => {
    const at = INSERTED + 60_000;
    const seq = facts.findLast((fact) => fact.at <= at)!.seq;
    expect(await ask('at', { time: `@${at}` })).toEqual({ seq, at });
    expect((await ask('at', { time: new Date(at).toISOString() })).seq).toBe(seq);
    expect((await ask('at', { time: '11:01', from: seq })).seq).toBe(seq);
    expect((await ask('at', { time: '1200' })).seq).toBe(1200);
  });

  it('stop where a breakpoint is hit', async () => {
    const entered = seqOf(
      (fact) =>
        fact.type === 'TransitionTaken' &&
        fact.actor === 'session/active' &&
        fact.to === 'inserting',
    );
    expect(
      await ask('break', { from: 1, on: 'entering active.inserting\ntype=RunCompleted' }),
    ).toEqual({
      seq: entered,
      on: 'entering active.inserting',
    });
    const values = facts.filter(
      (fact): fact is IndicatorFact =>
        fact.type === 'IndicatorUpdated' && fact.symbol === 'MSFT' && fact.key === 'vwap_1m',
    );
    const level = ((values[40]!.value as number) + (values[41]!.value as number)) / 2;
    const crossed = values.find(({ value }, i) => {
      const before = values[i - 1]?.value as number | undefined;
      return before != null && value !== null && before < level !== (value as number) < level;
    });
    const on = `MSFT vwap_1m crosses ${level}`;
    expect((await ask('break', { from: 1, on })).seq).toBe(crossed!.seq);
    expect((await request(`/api/break?from=1&on=${encodeURIComponent('when ever')}`)).status).toBe(
      400,
    );
  });
});
