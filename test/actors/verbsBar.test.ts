import { beforeEach, describe, expect, it } from 'vitest';
import {
  type Fact,
  factsOf,
  openSession,
  type Session,
  type StrategyContext,
} from '../../src/index.ts';
import { barsOf, configOf, MINUTE, select } from '../support.ts';
import { expectFoldToEqual, recorded, runTo } from './comparing.ts';

const DATE = '2024-01-02';
const OPEN = Date.parse('2024-01-02T14:30:00Z');
const at = (minute: number) => OPEN + minute * MINUTE;
const bar = (minute: number, price = 100) => ({
  opened: at(minute),
  open: price,
  high: price + 1,
  low: price - 1,
  close: price,
  volume: 10,
});
/** Minutes 2 and 7 are missing, and the last three of the day. */
const holes = barsOf({
  dates: [DATE],
  seed: 4,
  missing: (minute) => minute === 2 || minute === 7 || minute > 386,
});
const data = { AAPL: barsOf({ dates: [DATE] }), HOLES: holes };
const config = configOf({
  symbols: ['AAPL', 'HOLES'],
  streams: ['1m', '5m', '10m'],
  session: {
    indicators: {
      session: [
        { name: 'sma', period: 3, interval: '1m' },
        { name: 'ema', period: 2, interval: '5m' },
        { name: 'donchian', period: 2, interval: '10m' },
      ],
    },
  },
});

describe('a bar added by hand to a window that has closed', () => {
  let session: Session;
  let facts: Fact[];
  let before: string;
  let seqs: Map<string, number>;

  beforeEach(async () => {
    ({ session, facts } = await recorded({ config, data }));
    await runTo(session, DATE, 12);
    before = JSON.stringify(facts);
    seqs = new Map(
      select(facts, 'BarDerived', 'HOLES').map(({ interval, opened, seq }) => [
        `${interval} ${opened}`,
        seq,
      ]),
    );
    const updated = select(facts, 'IndicatorUpdated', 'HOLES');
    for (const { key, seq } of updated) seqs.set(key, seq);
    facts.length = 0;
    expect(await session.addBar('HOLES', '1m', bar(2, 500))).toEqual({
      added: true,
      symbol: 'HOLES',
    });
  });

  it('is appended as made by hand, because it was asked for', () => {
    const [received] = select(facts, 'MessageReceived');
    expect(received).toMatchObject({ message: 'bar.add', cause: null, by: 'session' });
    expect(received?.detail).toEqual({
      symbol: 'HOLES',
      interval: '1m',
      bar: bar(2, 500),
      replace: false,
    });
    expect(select(facts, 'BarAppended')).toMatchObject([
      { symbol: 'HOLES', opened: at(2), close: 500, adhoc: true, cause: received?.seq, at: at(12) },
    ]);
  });

  it('corrects each closed window once, naming the fact it corrects', () => {
    const [appended] = select(facts, 'BarAppended');
    const corrected = select(facts, 'BarCorrected');
    expect(corrected).toMatchObject([
      { interval: '5m', opened: at(0), high: 501, count: 5, corrects: seqs.get(`5m ${at(0)}`) },
      { interval: '10m', opened: at(0), high: 501, count: 9, corrects: seqs.get(`10m ${at(0)}`) },
    ]);
    expect(corrected.map(({ cause }) => cause)).toEqual([appended?.seq, appended?.seq]);
    expect(select(facts, 'BarDerived')).toEqual([]);
  });

  it('gives each indicator one update with its present value, naming the one it corrects', () => {
    const updated = select(facts, 'IndicatorUpdated');
    expect(updated.map(({ key, corrects }) => [key, corrects])).toEqual([
      ['sma_3_1m', seqs.get('sma_3_1m')],
      ['ema_2_5m', seqs.get('ema_2_5m')],
      ['donchian_2_10m', seqs.get('donchian_2_10m')],
    ]);
    const causes = [select(facts, 'BarAppended')[0]!, ...select(facts, 'BarCorrected')];
    expect(updated.map(({ cause }) => cause)).toEqual(causes.map(({ seq }) => seq));
  });

  it('takes the minute out of its gap and scores anew', () => {
    expect(select(facts, 'GapFilled')).toMatchObject([
      { symbol: 'HOLES', start: at(2), end: at(3), filled: 1 },
    ]);
    expect(select(facts, 'QualityScored')).toMatchObject([{ present: 11, expected: 12 }]);
    expect(session.view.symbol('HOLES')?.gaps()).toEqual([
      { start: at(7), end: at(8), missing: 1 },
    ]);
  });

  it('corrects a correction by naming that one', async () => {
    const [five] = select(facts, 'BarCorrected');
    facts.length = 0;
    await session.addBar('HOLES', '1m', bar(2, 600), { replace: true });
    expect(select(facts, 'BarCorrected')[0]).toMatchObject({ corrects: five?.seq, high: 601 });
    expect(select(facts, 'GapFilled')).toEqual([]);
    expect(session.view.symbol('HOLES')?.bars('1m')?.length).toBe(11);
  });

  it('leaves the past as it was seen', () => {
    const { log } = session;
    const all = [...log.read()].flatMap((frame) => [...factsOf(frame, log.table)]);
    expect(JSON.stringify(all.filter(({ seq }) => seq < facts[0]!.seq))).toBe(before);
  });

  it('folds to what the session shows, there and at the end', async () => {
    expectFoldToEqual(session);
    await session.finish();
    expectFoldToEqual(session);
  });
});

describe('a bar added by hand', () => {
  it('opens a window that had passed without one, and is no correction there', async () => {
    const { session, facts } = await recorded({ config, data });
    await runTo(session, DATE, 388);
    facts.length = 0;
    await session.addBar('HOLES', '1m', bar(387));
    expect(select(facts, 'GapDetected')).toEqual([]);
    expect(select(facts, 'IndicatorUpdated')).toMatchObject([{ key: 'sma_3_1m' }]);
    expect(select(facts, 'IndicatorUpdated')[0]).not.toHaveProperty('corrects');
    await session.finish();
    const derived = select(facts, 'BarDerived', 'HOLES').at(-1);
    expect(derived).toMatchObject({ interval: '10m', count: 8, expected: 10 });
  });

  it('ends a gap when it comes after it', async () => {
    const { session, facts } = await recorded({ config, data });
    await runTo(session, DATE, 389);
    facts.length = 0;
    await session.addBar('HOLES', '1m', bar(388));
    expect(select(facts, 'GapDetected')).toMatchObject([{ start: at(387), end: at(388) }]);
    await session.finish();
    expect(select(facts, 'GapDetected', 'HOLES').at(-1)).toMatchObject({ start: at(389) });
  });

  it('can be the first of its symbol', async () => {
    const late = holes.filter(({ opened }) => opened >= at(30));
    const session = await openSession({ config, data: { ...data, HOLES: late } });
    await runTo(session, DATE, 20);
    expect(await session.addBar('HOLES', '1m', bar(0))).toMatchObject({ added: true });
    const seen = session.view.symbol('HOLES')!;
    expect([...seen.bars('5m')!].map(({ opened, count }) => [opened, count])).toEqual([[at(0), 1]]);
    expect(seen.metrics).toMatchObject({ open: 100, last: 100, bars: 1 });
    await session.finish();
    expectFoldToEqual(session);
  });

  it.each([
    ['of a derived interval', '5m', bar(5), 'only base bars, here 1m'],
    ['before the session', '1m', bar(-1), 'no 1m bar of the session of 2024-01-02 opens at'],
    ['at the close', '1m', bar(390), 'no 1m bar of the session of 2024-01-02 opens at'],
    ['off the grid', '1m', { ...bar(2), opened: at(2) + 1 }, 'opens at 2024-01-02T09:32:00.001'],
    ['after the clock', '1m', bar(12), 'ends at 2024-01-02T09:43:00'],
    ['that is there', '1m', bar(3), 'a bar opened at 2024-01-02T09:33:00.000-05:00 is there'],
  ])('%s is refused on the record', async (_, interval, given, reason) => {
    const { session, facts } = await recorded({ config, data });
    await runTo(session, DATE, 12);
    facts.length = 0;
    const result = await session.addBar('HOLES', interval, given);
    expect(result).toMatchObject({ added: false, reason: expect.stringContaining(reason) });
    const [received] = select(facts, 'MessageReceived');
    expect(select(facts, 'MessageRefused')).toMatchObject([
      { message: 'bar.add', state: 'active', cause: received?.seq },
    ]);
    expect(select(facts, 'BarAppended')).toEqual([]);
    await session.close();
  });

  it.each([
    [{ ...bar(2), high: 1 }, 'high "1" is below low "99"'],
    [{ ...bar(2), low: -1 }, 'low "-1" is not positive'],
    [{ ...bar(2), volume: -1 }, 'volume "-1" is negative'],
    [{ ...bar(2), close: Number.NaN }, 'needs a number as its close'],
    [{ ...bar(2), opened: 1e300 }, 'opens at epoch milliseconds'],
    [{ opened: at(2) }, 'needs a number as its open'],
  ])('that cannot be is refused at once: %j', async (given, message) => {
    const session = await openSession({ config, data });
    await expect(session.addBar('HOLES', '1m', given as never)).rejects.toThrow(message);
    await expect(session.addBar('HOLES', 'minute', bar(2))).rejects.toThrow('is no interval');
    expect(session.status).toBe('ready');
    await session.close();
  });

  it('of a daily session is complete at its close only', async () => {
    const daily = [DATE, '2024-01-03'].map((date, i) => ({
      ...bar(0, 100 + i),
      opened: Date.parse(`${date}T14:30:00Z`),
      interval: '1d',
    }));
    const session = await openSession({
      config: configOf({ streams: ['1d', '2d'], end: '2024-01-03' }),
      data: { AAPL: daily },
    });
    const asked = session.addBar('AAPL', '1d', bar(0), { replace: true });
    expect(await asked).toMatchObject({
      added: false,
      reason: expect.stringContaining('ends at 2024-01-02T16:00:00.000-05:00, after the clock'),
    });
    await session.close();
  });

  it('can replace the daily bar of the day when a strategy sees it', async () => {
    const daily = [DATE, '2024-01-03'].map((date, i) => ({
      ...bar(0, 100 + i),
      opened: Date.parse(`${date}T14:30:00Z`),
      interval: '1d',
    }));
    const mender = () => ({
      onBar: ({ interval, opened }: { interval: string; opened: number }, ctx: StrategyContext) => {
        if (interval === '1d')
          ctx.addBar('AAPL', '1d', { ...bar(0, 300), opened }, { replace: true });
      },
    });
    const { session, facts } = await recorded({
      config: configOf({
        streams: ['1d', '2d'],
        end: '2024-01-03',
        session: {
          strategies: [{ module: 'mender' }],
          indicators: { session: [{ name: 'sma', period: 2, interval: '1d' }] },
        },
      }),
      data: { AAPL: daily },
      strategies: { mender },
    });
    expect((await session.finish()).status).toBe('completed');
    expect(select(facts, 'MessageRefused')).toEqual([]);
    expect(select(facts, 'BarCorrected')).toMatchObject([
      { interval: '2d', opened: OPEN, open: 300, close: 300, count: 2, expected: 2 },
    ]);
    expect(session.view.symbol('AAPL')?.indicator('sma_2_1d')?.value).toBe(300);
    expectFoldToEqual(session);
  });

  it('of seconds corrects what was derived from them', async () => {
    const seconds = barsOf({ dates: [DATE], stepMs: 1_000, missing: (i) => i === 3 || i > 200 });
    const session = await openSession({
      config: configOf({ streams: ['1s', '10s', '1m'] }),
      data: { AAPL: seconds.map((each) => ({ ...each, interval: '1s' })) },
    });
    await session.runUntil(OPEN + 90_000);
    const made = { ...bar(0, 900), opened: OPEN + 3_000 };
    expect(await session.addBar('AAPL', '1s', made)).toMatchObject({ added: true });
    const first = (interval: string) => session.view.symbol('AAPL')?.bars(interval)?.at(0);
    expect(first('10s')).toMatchObject({ high: 901, count: 10 });
    expect(first('1m')).toMatchObject({ high: 901, count: 60 });
    await session.finish();
    expectFoldToEqual(session);
  });
});
