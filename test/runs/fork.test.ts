import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  diffLogs,
  FileLog,
  type ForkOptions,
  forkSession,
  openSession,
  resumeSession,
  verifyLog,
} from '../../src/index.ts';
import { random } from '../support.ts';
import {
  bytesOf,
  configWith,
  framesIn,
  given,
  killedAt,
  market,
  recordRun,
  runsFolder,
  strategies,
} from './replayed.ts';

const folder = runsFolder();
const parent = join(folder, 'parent');
const SIDE = 'session_data_config.strategies[0].config.side';
const NOON = '2024-01-02T17:00:00Z';
let made = 0;

beforeAll(() => recordRun(parent).then(() => {}));

async function forked(options: Partial<ForkOptions> & { at: number | string }) {
  made += 1;
  const log = join(folder, `fork-${made}`);
  const session = await forkSession({ from: parent, ...given, ...options, log });
  await session.finish();
  const { seq } = manifestOf(log).parent;
  return { log, seq, session };
}

function manifestOf(run: string) {
  return JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8'));
}

async function firstDifference(a: string, b: string) {
  const [left, right] = [await FileLog.read(a), await FileLog.read(b)];
  const { first } = diffLogs(left, right);
  await left.close();
  await right.close();
  return first;
}

describe('a fork without changes', () => {
  it('comes to the log of its parent, byte for byte, wherever it begins', async () => {
    const frames = framesIn(parent);
    const begins = frames.findIndex(({ lastSeq }) => lastSeq > 40);
    const next = random(9);
    for (let i = 0; i < Number(process.env.FORKS ?? 5); i++) {
      const at = begins + Math.floor(next() * (frames.length - begins - 8));
      const { log, seq } = await forked({ at: frames[at]!.lastSeq });
      expect(seq).toBe(frames[at]!.lastSeq);
      expect(bytesOf(log).equals(bytesOf(parent)), `at fact ${seq}`).toBe(true);
    }
  });

  it('names its parent and what they share', async () => {
    const { log, seq } = await forked({ at: NOON });
    const read = await FileLog.read(parent);
    const { parent: named, changes } = manifestOf(log);
    expect(named).toMatchObject({ run: 'parent', seq });
    expect(named.chain_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(changes).toBeUndefined();
    expect(read.seek(Date.parse(NOON))).toBe(seq);
    await read.close();
  });

  it('leaves out what the parent was told later, if that is wanted', async () => {
    const { log } = await forked({ at: NOON, messages: false });
    const first = await firstDifference(parent, log);
    expect(first?.a).toMatchObject({ type: 'MessageReceived', message: 'symbol.remove' });
  });
});

describe('a fork with another setting of a strategy', () => {
  it('differs first in what that strategy decides next', async () => {
    const { log, seq } = await forked({ at: NOON, set: { [SIDE]: 'sell' } });
    const first = await firstDifference(parent, log);
    expect(first).toMatchObject({
      a: { type: 'SignalEmitted', side: 'buy' },
      b: { type: 'SignalEmitted', side: 'sell' },
      fields: [{ path: 'side' }],
    });
    expect(first!.a!.seq).toBeGreaterThan(seq);
    expect(manifestOf(log).changes).toEqual([{ seq, set: { [SIDE]: 'sell' } }]);
  });

  it('has it warm: it has heard all of the past', async () => {
    const { log } = await forked({ at: NOON, set: { [SIDE]: 'sell' } });
    const [a, b] = [await FileLog.read(parent), await FileLog.read(log)];
    const { equal } = diffLogs(a, b, { ignore: ['SignalEmitted.side'] });
    expect(equal).toBe(true);
    await a.close();
    await b.close();
  });

  it('leaves the parent as it was', async () => {
    const before = bytesOf(parent);
    await forked({ at: NOON, set: { [SIDE]: 'sell' } });
    expect(bytesOf(parent).equals(before)).toBe(true);
  });

  it('verifies', async () => {
    const { log } = await forked({ at: NOON, set: { [SIDE]: 'sell' } });
    expect(await verifyLog(log, given)).toMatchObject({ ok: true, ended: 'completed' });
  });

  it('resumes after a kill', async () => {
    const { log } = await forked({ at: NOON, set: { [SIDE]: 'sell' } });
    const copy = killedAt(log, join(folder, 'killed'), framesIn(log).at(-40)!.end);
    await (await resumeSession({ ...given, log: copy })).finish();
    expect(bytesOf(copy).equals(bytesOf(log))).toBe(true);
  });

  it('can be forked in turn, and the fork of the fork verifies', async () => {
    const { log } = await forked({ at: NOON, set: { [SIDE]: 'sell' } });
    const again = await forked({ from: log, at: '2024-01-03T16:00:00Z', set: { [SIDE]: 'flat' } });
    expect(manifestOf(again.log).changes).toHaveLength(2);
    expect(await verifyLog(again.log, given)).toMatchObject({ ok: true });
    const first = await firstDifference(log, again.log);
    expect(first).toMatchObject({ a: { side: 'sell' }, b: { side: 'flat' } });
  });
});

describe('a fork with another strategy', () => {
  it('calls it from there on, with what it asked for in the past', async () => {
    const heard: string[] = [];
    const other = () => ({
      setup(context: { registerIndicator(symbol: string, spec: object): string }) {
        context.registerIndicator('MSFT', { name: 'wma', period: 2, interval: '5m' });
      },
      onIndicator({ key }: { key: string }) {
        heard.push(key);
      },
    });
    const both = { ...strategies, other: other as never };
    const { log, seq } = await forked({ at: NOON, strategy: 'other', strategies: both });
    const read = await FileLog.read(log);
    const facts = [...read.read({ from: seq + 1 })].flatMap(({ sections }) =>
      sections.flatMap((section) => (section.kind === 'control' ? section.facts : [])),
    );
    await read.close();
    expect(facts[0]).toMatchObject({
      type: 'MessageReceived',
      by: 'session/strategy/other',
      cause: seq,
      detail: { symbol: 'MSFT', key: 'wma_2_5m' },
    });
    expect(heard.at(-1)).toBe('wma_2_5m');
    expect(facts.filter(({ type }) => type === 'SignalEmitted')).toEqual([]);
    expect(await verifyLog(log, { data: market, strategies: both })).toMatchObject({ ok: true });
  });

  it('is not made where that strategy fails in the past', async () => {
    const bad = () => ({ onBar: () => JSON.parse('{') });
    const wrong = forked({ at: NOON, strategy: 'bad', strategies: { ...strategies, bad } });
    await expect(wrong).rejects.toThrow(
      /what takes over failed already in the past of the fork: strategy "bad" failed in onBar/,
    );
    expect(() => manifestOf(join(folder, `fork-${made}`))).toThrow(/ENOENT/);
  });

  it('is not made where that strategy wants bars that the past has not', async () => {
    const odd = () => ({ subscribe: () => ({ bars: ['3m'] }) });
    const wrong = forked({ at: NOON, strategy: 'odd', strategies: { ...strategies, odd } });
    await expect(wrong).rejects.toThrow(/bars of 3m, which the past of the fork does not have/);
  });
});

describe('a fork with other symbols and indicators', () => {
  it('adds and removes them where it begins, and verifies', async () => {
    const set = {
      'session_data_config.symbols': ['AAPL', 'TSLA'],
      'session_data_config.indicators.session': [
        { name: 'sma', period: 3, interval: '5m' },
        { name: 'ema', period: 2, interval: '5m' },
      ],
    };
    const { log, session } = await forked({ at: '2024-01-02T15:00:00Z', set, messages: false });
    expect(session.view.symbols).toEqual(['AAPL', 'TSLA']);
    expect(session.view.symbol('TSLA')?.indicator('ema_2_5m')?.valid).toBe(true);
    expect(await verifyLog(log, given)).toMatchObject({ ok: true });
  });

  it('is told what its parent was told later, at the same market time', async () => {
    const { log } = await forked({ at: '2024-01-02T15:00:00Z', set: { [SIDE]: 'sell' } });
    const timesIn = async (run: string) => {
      const read = await FileLog.read(run);
      const facts = [...read.read()].flatMap(({ sections }) =>
        sections.flatMap((section) => (section.kind === 'control' ? section.facts : [])),
      );
      await read.close();
      return facts
        .filter(({ type, cause }) => type === 'MessageReceived' && cause === null)
        .map((fact) => [fact.at, fact.type === 'MessageReceived' && fact.message]);
    };
    expect(await timesIn(log)).toEqual(await timesIn(parent));
    expect(await timesIn(parent)).toHaveLength(3);
  });
});

describe('a fork is refused', () => {
  it.each([
    ['session_data_config.streams', ['1m']],
    ['backtest_config.start_date', '2024-01-03'],
    ['backtest_config.end_date', '2024-01-02'],
    ['exchange_group', 'CRYPTO'],
    ['session_data_config.historical.data', []],
    ['session_data_config.derivation.incomplete', 'skip'],
    ['session_data_config.scanners', []],
  ])('for a change of %s, which acts on the past', async (path, value) => {
    const wrong = forked({ at: NOON, set: { [path]: value } });
    await expect(wrong).rejects.toThrow(`"${path}" acts on the past, which a fork shares`);
  });

  it('for a config that is none after the change', async () => {
    const wrong = forked({ at: NOON, set: { 'trading_config.max_per_trade': -1 } });
    await expect(wrong).rejects.toThrow(/trading_config.max_per_trade/);
  });

  it.each([
    [3, /has not begun/],
    [999_999, /has no fact 999999/],
    ['2023-01-03T10:00', /is before the run/],
  ])('at %s', async (at, message) => {
    await expect(forked({ at })).rejects.toThrow(message);
  });

  it('into a folder that is not empty', async () => {
    const wrong = forkSession({ from: parent, ...given, at: NOON, log: parent });
    await expect(wrong).rejects.toThrow(/is not empty/);
  });
});

describe('a fork of a run that still goes on', () => {
  it('begins where that run has come by', async () => {
    const log = join(folder, 'living');
    const session = await openSession({ config: configWith(), ...given, log });
    await session.runUntil(Date.parse(NOON));
    await session.finish();
    const { log: fork } = await forked({ from: log, at: NOON });
    expect(bytesOf(fork).equals(bytesOf(log))).toBe(true);
  });
});
