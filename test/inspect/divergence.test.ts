/** Two runs side by side: where they part, and what was the same until then. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Inspection, openSession } from '../../src/index.ts';
import { barsOf, configOf, type TestBar } from '../support.ts';
import { temporaryFolder } from './marketRun.ts';

const DATES = ['2024-01-02'];
const bars = barsOf({ dates: DATES });
const changed = bars.map((bar, i) => (i === 200 ? { ...bar, volume: bar.volume + 1 } : bar));

async function record(data: readonly TestBar[], name = 'test', period = 3): Promise<string> {
  const indicators = { session: [{ name: 'sma', period, interval: '1m' }] };
  const session = await openSession({
    config: { ...configOf({ session: { indicators } }), session_name: name },
    data: { AAPL: data as TestBar[] },
    log: join(temporaryFolder(), 'run'),
  });
  await session.finish();
  return session.folder!;
}

const a = await record(bars);
const b = await record(changed);
const same = await record(bars);

describe('two runs', () => {
  it('of other data differ in how they were started, and then where that acts', async () => {
    const inspection = new Inspection(a, { other: b });
    const { equal, first, beyond, data, config } = await inspection.ask('divergence', {});
    expect(equal).toBe(false);
    expect(first!.a!.row.type).toBe('RunStarted');
    expect(data.map(({ path }) => path)).toEqual(['AAPL']);
    expect(config).toEqual([]);
    expect(beyond!.a!.row.type).toBe('QueueLoaded');
  });

  it('part at the fact, and in the field, that was changed', async () => {
    const inspection = new Inspection(a, { other: b });
    const ignore = 'RunStarted.data,QueueLoaded.provenance';
    const { first } = await inspection.ask('divergence', { ignore });
    expect(first!.fields).toEqual([
      { path: 'volume', a: bars[200]!.volume, b: bars[200]!.volume + 1 },
    ]);
    expect(first!.a!.fact).toMatchObject({ type: 'BarAppended', volume: bars[200]!.volume });
    expect(first!.seq.a).toBe(first!.seq.b);
    expect(first!.sameBefore).toBe(true);
  });

  it('that are the same say so, with the hash of all they share', async () => {
    const inspection = new Inspection(a, { other: same });
    const answer = await inspection.ask('divergence', {});
    const { last, chainHash } = await inspection.ask('run', {});
    expect(answer).toMatchObject({ equal: true, common: last, hash: chainHash, first: null });
  });

  it('are asked one by one', async () => {
    const inspection = new Inspection(a, { other: await record(bars, 'second', 7) });
    expect((await inspection.ask('run', {})).other).toMatchObject({ name: 'second' });
    const [ofA, ofB] = [await inspection.ask('run', {}), await inspection.ask('run', { log: 'b' })];
    const keys = (run: typeof ofA) => run.symbols[0]!.indicators.map(({ key }) => key);
    expect([keys(ofA), keys(ofB)]).toEqual([['sma_3_1m'], ['sma_7_1m']]);
    expect(ofB.other).toMatchObject({ name: 'test' });
  });

  it('cannot be compared where there is one', async () => {
    await expect(new Inspection(a).ask('divergence', {})).rejects.toThrow('no second run');
  });
});
