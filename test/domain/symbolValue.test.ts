import { expect, it } from 'vitest';
import { openSession } from '../../src/index.ts';
import { barsOf, configOf } from '../support.ts';

it('reads an indicator of one output as a number, and null for all others', async () => {
  const indicators = [
    { name: 'sma', period: 3, interval: '1m' },
    { name: 'bbands', period: 2, interval: '1m' },
  ];
  await using session = await openSession({
    config: configOf({ session: { indicators: { session: indicators } } }),
    data: { AAPL: barsOf({ dates: ['2024-01-02'] }) },
  });
  const seen: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    await session.step();
    const symbol = session.view.symbol('AAPL')!;
    seen.push([symbol.value('sma_3_1m'), symbol.value('bbands_2_1m'), symbol.value('none')]);
  }
  const sma = session.view.symbol('AAPL')!.indicator('sma_3_1m')!.value;
  expect(sma).toBeGreaterThan(0);
  expect(seen.slice(0, 2)).toEqual([
    [null, null, null],
    [null, null, null],
  ]);
  expect(seen[3]).toEqual([sma, null, null]);
});
