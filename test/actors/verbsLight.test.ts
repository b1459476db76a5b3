import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  openSession,
  type ScannerContext,
  type Session,
  type StrategyContext,
} from '../../src/index.ts';
import { configOf, MINUTE, select, type TestBar } from '../support.ts';
import {
  barsWithHoles,
  DATES,
  expectFoldToEqual,
  exported,
  openOf,
  recorded,
  runTo,
  subtree,
} from './comparing.ts';

const data = { AAPL: barsWithHoles(1, 0), NEW: barsWithHoles(3, 0.1) };
const [, first, second, third] = DATES as [string, string, string, string, string];
const SMA = { name: 'sma', period: 20, interval: '1m' };
const DAILY = { name: 'sma', period: 2, interval: '1d' };
const config = (symbols = ['AAPL'], more: object = {}) =>
  configOf({
    symbols,
    start: first,
    end: third,
    streams: ['1m', '5m'],
    session: {
      historical: { data: [{ trailing_days: 1, intervals: ['1m'] }] },
      indicators: { session: [SMA] },
      ...more,
    },
  });

function metadataOf(session: Session, symbol: string) {
  return (session.toJSON().session_data[symbol] as { metadata: object } | undefined)?.metadata;
}

function barAt(date: string, minute: number, price = 50): TestBar {
  const opened = openOf(date) + minute * MINUTE;
  return { opened, open: price, high: price + 1, low: price - 1, close: price, volume: 5 };
}

/** The mean of the closes of the last `count` days before `date`, from bars alone. */
function meanClose(bars: readonly TestBar[], date: string, count: number): number {
  const days = DATES.filter((each) => each < date).slice(-count);
  const closes = days.map((day) => {
    const ofDay = bars.filter(({ opened }) => new Date(opened).toISOString().startsWith(day));
    return ofDay.at(-1)!.close;
  });
  return closes.reduce((sum, close) => sum + close, 0) / count;
}

describe('a symbol registered light', () => {
  it('holds the indicator asked for and its warm-up, says so, and is not fed', async () => {
    const { session, facts } = await recorded({ config: config(), data });
    await runTo(session, second, 30);
    expect(await session.registerIndicator('NEW', DAILY)).toEqual({
      registered: true,
      symbol: 'NEW',
      key: 'sma_2_1d',
    });
    expect(metadataOf(session, 'NEW')).toMatchObject({
      added_by: 'adhoc',
      added_at: '2023-11-22T10:00:00.000-05:00',
      auto_provisioned: true,
      upgraded_from_adhoc: false,
      meets_session_config_requirements: false,
    });
    const seen = session.view.symbol('NEW')!;
    expect(seen.intervals).toEqual(['1m', '1d']);
    expect(seen.indicators).toMatchObject([{ key: 'sma_2_1d', valid: true }]);
    expect(seen.indicators[0]!.value).toBeCloseTo(meanClose(data.NEW, second, 2), 10);
    expect(seen.historyIntervals).toEqual([]);
    await runTo(session, second, 390);
    expect(session.view.symbol('NEW')!.bars('1m')!.length).toBe(0);
    expect(select(facts, 'BarAppended', 'NEW')).toEqual([]);
    expect(select(facts, 'QueueLoaded', 'NEW')).toEqual([]);
    expectFoldToEqual(session);
    await session.close();
  });

  it('is there again the next day, brought up to the day before', async () => {
    const session = await openSession({ config: config(), data });
    await runTo(session, second, 30);
    await session.registerIndicator('NEW', DAILY);
    await runTo(session, third, 1);
    const seen = session.view.symbol('NEW')!;
    expect(seen.indicators[0]!.value).toBeCloseTo(meanClose(data.NEW, third, 2), 10);
    expect(metadataOf(session, 'NEW')).toMatchObject({ auto_provisioned: true });
    expect((await session.finish()).symbols.NEW).toMatchObject({ bars: 0, derived: 0 });
  });

  it('takes bars by hand, with derived values following', async () => {
    const session = await openSession({ config: config(), data });
    await runTo(session, first, 30);
    const spec = { name: 'ema', period: 1, interval: '5m' };
    await session.registerIndicator('NEW', spec);
    expect(await session.addBar('NEW', '1m', barAt(first, 3))).toMatchObject({ added: true });
    const seen = session.view.symbol('NEW')!;
    expect([...seen.bars('5m')!]).toMatchObject([{ opened: openOf(first), close: 50, count: 1 }]);
    expect(seen.indicator('ema_1_5m')).toMatchObject({ value: 50, valid: true });
    expect(seen.metrics).toMatchObject({ last: 50, bars: 1 });
    await session.finish();
    expectFoldToEqual(session);
  });

  it('needs no data at all', async () => {
    const { session, facts } = await recorded({ config: config(), data });
    await runTo(session, first, 30);
    expect(await session.addBar('NONE', '1m', barAt(first, 3))).toMatchObject({ added: true });
    expect(await session.registerIndicator('NONE', SMA)).toMatchObject({ registered: true });
    expect(session.view.symbol('NONE')?.indicator('sma_20_1m')).toMatchObject({ value: null });
    await runTo(session, second, 5);
    await session.addBar('NONE', '1m', barAt(second, 2, 60));
    const two = await session.registerIndicator('NONE', { ...SMA, period: 2 });
    expect(two).toMatchObject({ registered: true });
    // The bar of the day before is of its series.
    expect(session.view.symbol('NONE')?.indicator('sma_2_1m')?.value).toBe(55);
    expect((await session.finish()).status).toBe('completed');
    expect(select(facts, 'SymbolRefused')).toEqual([]);
    expectFoldToEqual(session);
  });

  it('is no trace where what it was registered for is refused', async () => {
    const { session } = await recorded({ config: config(), data });
    await runTo(session, first, 30);
    const before = exported(session, 'AAPL');
    const late = session.addBar('NEW', '1m', barAt(first, 35));
    const impossible = session.registerIndicator('NEW', { ...SMA, interval: '5s' });
    expect(await late).toMatchObject({ added: false });
    expect(await impossible).toMatchObject({ registered: false });
    expect(session.view.symbols).toEqual(['AAPL']);
    expect(exported(session, 'AAPL')).toBe(before);
    await runTo(session, second, 1);
    expect(session.view.symbols).toEqual(['AAPL']);
    await session.close();
  });

  it('upgraded by a full add equals one that was there from the start, and says where it comes from', async () => {
    await using whole = await openSession({ config: config(['AAPL', 'NEW']), data });
    const { session, facts } = await recorded({ config: config(), data });
    await runTo(session, first, 30);
    await session.registerIndicator('NEW', SMA);
    await runTo(session, first, 45);
    expect(await session.addSymbol('NEW')).toEqual({ added: true, symbol: 'NEW' });
    expect(metadataOf(session, 'NEW')).toMatchObject({
      added_by: 'adhoc',
      auto_provisioned: false,
      upgraded_from_adhoc: true,
      meets_session_config_requirements: true,
    });
    expect(select(facts, 'SymbolUpgraded')).toHaveLength(1);
    for (const [date, minute] of [
      [first, 45],
      [first, 46],
      [first, 390],
      [second, 7],
    ] as const) {
      await runTo(session, date, minute);
      await runTo(whole, date, minute);
      expect(subtree(session.view, 'NEW')).toEqual(subtree(whole.view, 'NEW'));
    }
    expect(metadataOf(session, 'NEW')).toMatchObject({ upgraded_from_adhoc: true });
    const [a, b] = [await session.finish(), await whole.finish()];
    expect(a.symbols).toEqual(b.symbols);
    expectFoldToEqual(session);
  });

  it('keeps its own indicators and bars by hand when it is upgraded', async () => {
    const made = barAt(first, 3);
    const fed = [...data.NEW.filter(({ opened }) => opened !== made.opened), made];
    const holed = { ...data, NEW: data.NEW.filter(({ opened }) => opened !== made.opened) };
    const ordered = fed.toSorted((a, b) => a.opened - b.opened);
    const more = { indicators: { session: [SMA, DAILY] } };
    await using whole = await openSession({
      config: config(['AAPL', 'NEW'], more),
      data: { ...data, NEW: ordered },
    });
    const session = await openSession({ config: config(), data: holed });
    await runTo(session, first, 30);
    await session.registerIndicator('NEW', DAILY);
    await session.addBar('NEW', '1m', made);
    await session.addBar('NEW', '1m', barAt(first, 4, 70));
    await session.addSymbol('NEW');
    // The feed has a bar of that minute, and that was not to be replaced.
    for (const [date, minute] of [
      [first, 30],
      [first, 390],
      [second, 7],
    ] as const) {
      await runTo(session, date, minute);
      await runTo(whole, date, minute);
      expect(subtree(session.view, 'NEW')).toEqual(subtree(whole.view, 'NEW'));
    }
    await session.finish();
    expectFoldToEqual(session);
  });

  it('stays light where the full add is refused', async () => {
    const gone = data.NEW.filter(({ opened }) => opened < openOf(second));
    const session = await openSession({ config: config(), data: { ...data, NEW: gone } });
    await runTo(session, second, 30);
    await session.registerIndicator('NEW', DAILY);
    const before = JSON.stringify(session.toJSON().session_data);
    expect(await session.addSymbol('NEW')).toEqual({
      added: false,
      symbol: 'NEW',
      loaded: false,
      reason: 'no 1m bars on 2023-11-22',
    });
    expect(JSON.stringify(session.toJSON().session_data)).toBe(before);
    await expect(session.ensureSymbol('NEW')).rejects.toThrow('was refused: no 1m bars');
    await runTo(session, third, 1);
    expect(metadataOf(session, 'NEW')).toMatchObject({ auto_provisioned: true });
    expect(session.view.symbol('NEW')?.intervals).toEqual(['1m', '1d']);
    await session.close();
  });

  it('that a scanner has locked stays locked when it is upgraded', async () => {
    const holder = () => ({
      scan: async (context: ScannerContext) => {
        await context.registerIndicator('NEW', DAILY);
        context.lock('NEW');
        return { symbols: [] };
      },
    });
    const session = await openSession({
      config: config(['AAPL'], { scanners: [{ module: 'holder', pre_session: true }] }),
      data,
      scanners: { holder },
    });
    await runTo(session, first, 3);
    expect(await session.addSymbol('NEW')).toMatchObject({ added: true });
    expect(await session.removeSymbol('NEW')).toMatchObject({
      removed: false,
      reason: '"NEW" is locked by holder: unlock it first, or use force',
    });
    await session.close();
  });

  it('is not announced to strategies; its upgrade is', async () => {
    const told: string[] = [];
    const watcher = () => ({
      onBar: ({ opened }: { opened: number }, context: StrategyContext) => {
        if (opened === openOf(first) + 5 * MINUTE) context.registerIndicator('NEW', SMA);
        if (opened === openOf(first) + 8 * MINUTE) context.ensureSymbol('NEW');
      },
      onSymbolAdded: (symbol: string, { view, now }: StrategyContext) => {
        told.push(`${symbol} ${view.symbol(symbol)?.bars('1m')?.length} ${now - openOf(first)}`);
      },
    });
    const bars = data.NEW.filter(({ opened }) => opened < openOf(first) + 9 * MINUTE);
    const today = bars.filter(({ opened }) => opened >= openOf(first)).length;
    const session = await openSession({
      config: config(['AAPL'], { strategies: [{ module: 'watcher' }] }),
      data,
      strategies: { watcher },
    });
    await runTo(session, first, 30);
    expect(told).toEqual([`NEW ${today} ${9 * MINUTE}`]);
    expect(session.view.symbol('NEW')?.addedBy).toBe('strategy');
    await session.close();
  });

  it('comes from files as well as from memory', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'openbell-'));
    const csv = (bars: readonly TestBar[]) =>
      ['time,open,high,low,close,volume', ...bars.map((bar) => Object.values(bar).join(','))].join(
        '\n',
      );
    writeFileSync(join(folder, 'AAPL.csv'), csv(data.AAPL));
    writeFileSync(join(folder, 'NEW.csv'), csv(data.NEW));
    const source = { type: 'csv', path: '{symbol}.csv', interval: '1m', stamp: 'open' } as const;
    const files = (symbols: string[]) =>
      openSession({
        config: config(symbols, { data: source }),
        folder,
        log: join(folder, symbols.join('')),
      });
    const whole = await files(['AAPL', 'NEW']);
    const session = await files(['AAPL']);
    await runTo(session, first, 30);
    expect(await session.registerIndicator('NEW', DAILY)).toMatchObject({ registered: true });
    expect(await session.addBar('NONE', '1m', barAt(first, 3))).toMatchObject({ added: true });
    expect(await session.addSymbol('GONE')).toMatchObject({ added: false, loaded: false });
    await runTo(session, first, 60);
    expect(await session.addSymbol('NEW')).toMatchObject({ added: true });
    await session.removeSymbol('NONE');
    await session.finish();
    await whole.finish();
    const bare = subtree(session.view, 'NEW')!;
    const own = bare.indicators.filter(({ key }) => key !== 'sma_2_1d');
    const intervals = bare.bars.filter(([interval]) => interval !== '1d');
    expect({ ...bare, indicators: own, bars: intervals }).toEqual(subtree(whole.view, 'NEW'));
    expectFoldToEqual(session);
    rmSync(folder, { recursive: true });
  });
});
