import { describe, expect, it } from 'vitest';
import { findCalendar, openSession } from '../../src/index.ts';
import { seqAt } from '../../src/inspect/position.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { configOf } from '../support.ts';

async function runOn(exchange: string, start: string, end: string) {
  const session = { data: { type: 'synthetic', seed: 1 } };
  const config = configOf({ start, end, session, exchange_group: exchange });
  const run = await openSession({ config });
  await run.finish();
  const calendar = findCalendar(exchange)!;
  const at = (text: string) => {
    const { data } = stateAt(run.log, seqAt(run.log, text, calendar));
    return new Date(data.now).toISOString();
  };
  return { at, log: run.log };
}

describe('a place in a run', () => {
  it('is a seq, an instant or a time of the last session', async () => {
    const { at, log } = await runOn('XNYS', '2024-01-02', '2024-01-03');
    expect(at('1')).toBe('2024-01-02T14:30:00.000Z');
    expect(at(String(log.position))).toBe('2024-01-03T21:00:00.000Z');
    expect(at('09:45')).toBe('2024-01-03T14:45:00.000Z');
    expect(at('09:45:59')).toBe('2024-01-03T14:45:00.000Z');
    expect(at('23:00')).toBe('2024-01-03T21:00:00.000Z');
    expect(at('2024-01-02T10:00')).toBe('2024-01-02T15:00:00.000Z');
    expect(at('2024-01-02T15:00:30.500Z')).toBe('2024-01-02T15:00:00.000Z');
  });

  it('before the last session’s open is the end of the session before', async () => {
    const { at } = await runOn('XNYS', '2024-01-02', '2024-01-03');
    expect(at('08:00')).toBe('2024-01-02T21:00:00.000Z');
  });

  it('is of the last session also where it closes as the next one begins', async () => {
    const crypto = await runOn('CRYPTO', '2024-01-06', '2024-01-07');
    expect(crypto.at('12:00')).toBe('2024-01-07T12:00:00.000Z');
    const forex = await runOn('FOREX', '2024-01-09', '2024-01-10');
    expect(forex.at('18:00')).toBe('2024-01-09T23:00:00.000Z');
    expect(forex.at('09:00')).toBe('2024-01-10T14:00:00.000Z');
  });
});
