import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Frame,
  type IndicatorDefinition,
  openSession,
  type Strategy,
  type StrategyContext,
  verifyLog,
} from '../../src/index.ts';
import { oneBarIndicator } from '../support.ts';
import {
  bytesOf,
  configWith,
  editManifest,
  forged,
  framesIn,
  given,
  killedAt,
  market,
  recordRun,
  runsFolder,
  strategies,
} from './replayed.ts';

const folder = runsFolder();
const run = join(folder, 'run');
let facts = 0;
let chainHash = '';

beforeAll(async () => {
  const session = await recordRun(run);
  facts = session.log.position;
  chainHash = session.chainHash;
});

describe('verifying a run', () => {
  it('executes it again, messages from outside included, to the same byte', async () => {
    const report = await verifyLog(run, given);
    expect(report).toMatchObject({ ok: true, checked: 'execution', ended: 'completed', facts });
    expect(report).toMatchObject({ chainHash, divergence: null, damage: null, readings: [] });
  });

  it('writes nothing', async () => {
    const before = bytesOf(run);
    await verifyLog(run, given);
    expect(bytesOf(run).equals(before)).toBe(true);
  });

  it('tells how far it has come', async () => {
    const seen: number[] = [];
    await verifyLog(run, { ...given, onProgress: ({ facts: done }) => seen.push(done) });
    expect(seen.at(-1)).toBe(facts);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('checks one that was stopped up to its stop', async () => {
    const stopped = join(folder, 'stopped');
    const session = await openSession({ config: configWith(), ...given, log: stopped });
    await session.runUntil((view) => view.now >= Date.parse('2024-01-02T15:00:00Z'));
    await session.stop();
    expect(await verifyLog(stopped, given)).toMatchObject({ ok: true, ended: 'stopped' });
  });

  it('checks one that was killed up to its last whole frame', async () => {
    const copy = killedAt(run, join(folder, 'killed'), 60_000);
    expect(await verifyLog(copy, given)).toMatchObject({ ok: true, ended: 'interrupted' });
  });

  it('checks what there is of one that is still being written, and says that it is', async () => {
    const log = join(folder, 'running');
    const session = await openSession({ config: configWith(), ...given, log });
    await session.runUntil((view) => view.now >= Date.parse('2024-01-02T15:00:00Z'));
    // What is on its way to the disk is not there yet.
    const facts = async () => (await verifyLog(log, given)).facts;
    await expect.poll(facts).toBe(session.view.seq);
    const report = await verifyLog(log, given);
    expect(report).toMatchObject({ ok: true, checked: 'execution', ended: 'running' });
    await session.finish();
    expect(await verifyLog(log, given)).toMatchObject({ ok: true, ended: 'completed' });
  });

  it('checks hashes and fold only where another behaviour recorded it, and says so', async () => {
    const other = join(folder, 'other-behaviour');
    cpSync(run, other, { recursive: true });
    editManifest(other, { versions: { engine: '0.0.1', chart: 1, events: 1, behaviour: 0 } });
    const report = await verifyLog(other, given);
    expect(report).toMatchObject({ ok: true, checked: 'fold', facts });
    expect(report.note).toMatch(/behaviour version 0/);
    expect(report.versions.map(({ path }) => path)).toContain('behaviour');
  });
});

/** The first row of a block of base bars of the second day. */
function changePrice(frames: Frame[]): number {
  for (const frame of frames) {
    if (frame.at < Date.parse('2024-01-03T15:00:00Z')) continue;
    const block = frame.sections.find((s) => s.kind === 'block' && s.type === 'BarAppended');
    if (block?.kind !== 'block') continue;
    block.columns[6]!.data[1]! += 0.01;
    return block.firstSeq + 1;
  }
  throw new Error('there is no such bar');
}

describe('verifying finds the very fact', () => {
  it('of one price that was changed in a log with valid checksums and chain', async () => {
    let seq = 0;
    const copy = await forged(run, join(folder, 'price'), (frames) => {
      seq = changePrice(frames);
    });
    const { ok, divergence, damage } = await verifyLog(copy, given);
    expect([ok, damage, divergence?.seq]).toEqual([false, null, seq]);
    expect(divergence?.expected).toMatchObject({ type: 'BarAppended', symbol: 'MSFT' });
    expect(divergence?.fields.map(({ path }) => path)).toEqual(['close']);
  });

  it('of one price that has changed in the data since', async () => {
    const MSFT = market.MSFT.map((bar, i) =>
      i === 500 ? { ...bar, volume: bar.volume + 1 } : bar,
    );
    const { divergence, note } = await verifyLog(run, { strategies, data: { ...market, MSFT } });
    expect(divergence).toMatchObject({
      expected: { type: 'BarAppended', symbol: 'MSFT', volume: market.MSFT[500]!.volume },
      fields: [{ path: 'volume' }],
    });
    expect(note).toBe('the data of MSFT has changed since the run was recorded');
  });

  it('of two frames that were swapped', async () => {
    const frames = framesIn(run);
    const [a, b] = [frames[200]!, frames[201]!];
    const bytes = bytesOf(run);
    const swapped = Buffer.concat([
      bytes.subarray(0, a.start),
      bytes.subarray(b.start, b.end),
      bytes.subarray(a.start, a.end),
      bytes.subarray(b.end),
    ]);
    const copy = join(folder, 'swapped');
    cpSync(run, copy, { recursive: true });
    writeFileSync(join(copy, '00000001.log'), swapped);
    const { ok, damage } = await verifyLog(copy, given);
    expect([ok, damage?.seq]).toEqual([false, a.firstSeq]);
  });

  it('at which a log that was closed is cut off', async () => {
    const frame = framesIn(run)[300]!;
    const copy = join(folder, 'truncated');
    cpSync(run, copy, { recursive: true });
    writeFileSync(join(copy, '00000001.log'), bytesOf(run).subarray(0, frame.start));
    const { ok, damage } = await verifyLog(copy, given);
    expect([ok, damage?.seq]).toEqual([false, frame.firstSeq]);
  });

  it('in whose frame a byte is flipped', async () => {
    for (const index of [3, 40, 250]) {
      const frame = framesIn(run)[index]!;
      const bytes = Buffer.from(bytesOf(run));
      bytes[frame.end - 3]! ^= 0x10;
      const copy = join(folder, `flipped-${index}`);
      cpSync(run, copy, { recursive: true });
      writeFileSync(join(copy, '00000001.log'), bytes);
      const { ok, damage } = await verifyLog(copy, given);
      expect([ok, damage?.seq]).toEqual([false, frame.firstSeq]);
    }
  });
});

/** The last close times `factor`. */
function scaled(factor: number): IndicatorDefinition {
  return oneBarIndicator('scaled', () => new Scaled(factor));
}

class Scaled {
  readonly out = new Float64Array(1);
  count = 0;
  readonly factor: number;

  constructor(factor: number) {
    this.factor = factor;
  }

  update(bar: { readonly close: number }): void {
    this.out[0] = bar.close * this.factor;
  }
}

describe('verifying names who decides differently', () => {
  const config = configWith({
    indicators: { session: [] },
    strategies: [{ module: 'odd' }],
  });

  /** Records with one strategy and verifies with another of the same name. */
  async function decided(name: string, strategy: Strategy) {
    const log = join(folder, name);
    const odd = { odd: () => strategy };
    await (await openSession({ config, data: market, log, strategies: odd })).finish();
    return verifyLog(log, { data: market, strategies: odd });
  }

  it('by chance', async () => {
    const onBar = ({ symbol }: { symbol: string }, { emit }: StrategyContext) => {
      if (Math.random() < 0.05) emit({ symbol, side: 'buy' });
    };
    const { ok, divergence } = await decided('chance', { onBar } as Strategy);
    expect(ok).toBe(false);
    expect(divergence?.reason).toMatch(
      /strategy "odd" decided differently: it calls Math\.random$/,
    );
    const [one, other] = [divergence?.expected, divergence?.found];
    expect([one?.type, other?.type]).toContain('SignalEmitted');
  });

  it("by the host's clock", async () => {
    const onBar = ({ symbol }: { symbol: string }, { emit }: StrategyContext) =>
      emit({ symbol, side: 'buy', reason: `${performance.now()}` });
    const { divergence } = await decided('clock', { onBar } as Strategy);
    expect(divergence).toMatchObject({
      expected: { type: 'SignalEmitted', by: 'session/strategy/odd' },
      fields: [{ path: 'reason' }],
    });
    expect(divergence?.reason).toMatch(/it calls performance\.now$/);
    expect(divergence?.causes[0]?.type).toBe('BarAppended');
  });

  it('even where it came to the same', async () => {
    const { ok, readings } = await decided('idle', { onSessionStart: () => void Date.now() });
    expect(ok).toBe(true);
    expect(readings).toEqual([{ who: 'strategy "odd"', what: 'Date.now' }]);
  });

  it('and leaves the clock and chance of the host as they were', async () => {
    const before = [Math.random, Date.now, globalThis.Date, performance.now];
    await verifyLog(run, given);
    expect([Math.random, Date.now, globalThis.Date, performance.now]).toEqual(before);
  });
});

describe('verifying with another formula', () => {
  it('finds the first value that comes out differently', async () => {
    const log = join(folder, 'formula');
    const config = configWith({
      indicators: { session: [{ name: 'scaled', interval: '1m' }] },
      strategies: [],
    });
    const indicators = [scaled(2)];
    await (await openSession({ config, data: market, log, indicators })).finish();
    expect(await verifyLog(log, { data: market, indicators })).toMatchObject({ ok: true });
    const { divergence } = await verifyLog(log, { data: market, indicators: [scaled(3)] });
    expect(divergence).toMatchObject({
      expected: { type: 'IndicatorUpdated', symbol: 'AAPL', key: 'scaled_1m' },
      fields: [{ path: 'value' }],
    });
  });
});
