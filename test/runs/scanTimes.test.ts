import { describe, expect, it } from 'vitest';
import { findCalendar, openSession } from '../../src/index.ts';
import { MINUTE, runOf, type TestConfig } from '../support.ts';
import { looking, withScanners } from './scanRun.ts';

/** When a scanner with these schedules looks, in UTC without the date of the first session. */
async function scansAt(times: readonly string[], config: TestConfig = {}): Promise<string[]> {
  const at: string[] = [];
  const scanner = looking(({ now }) => at.push(new Date(now).toISOString()));
  await runOf(withScanners({ own: { scanner, times } }, config));
  const date = config.start ?? '2024-01-02';
  return at.map((time) => time.replace(`${date}T`, '').replace(/(:00)?\.000Z$/, ''));
}

describe('a schedule of scans', () => {
  it('begins at its start and repeats at its interval', async () => {
    expect(await scansAt(['09:35-10:00/10m'])).toEqual(['14:35', '14:45', '14:55']);
  });

  it('includes its end', async () => {
    expect(await scansAt(['09:40-10:00/10m'])).toEqual(['14:40', '14:50', '15:00']);
  });

  it('does not drift over a whole day, however long scans take', async () => {
    const { open } = findCalendar('XNYS')!.session('2024-01-02')!;
    const at: number[] = [];
    const scanner = looking(async ({ now }) => {
      at.push(now);
      await new Promise((done) => setTimeout(done, now % 3));
    });
    await runOf(withScanners({ own: { scanner, times: ['09:31-16:00/7m'] } }));
    expect(at).toHaveLength(56);
    expect(at).toEqual(at.map((_, i) => open + MINUTE + i * 7 * MINUTE));
  });

  it('keeps its rhythm where it begins before the open', async () => {
    expect(await scansAt(['09:00-09:50/20m'])).toEqual(['14:40']);
  });

  it('outside the session never comes', async () => {
    expect(await scansAt(['04:00-09:29/1m', '16:01-20:00/1m'])).toEqual([]);
  });

  it('may begin at the open and end at the close', async () => {
    expect(await scansAt(['09:30-16:00/195m'])).toEqual(['14:30', '17:45', '21:00']);
  });

  it('ends with an early close', async () => {
    const config = { start: '2024-07-03' };
    expect(await scansAt(['12:00-15:00/30m'], config)).toEqual(['16:00', '16:30', '17:00']);
  });

  it("follows the exchange's clock when it changes", async () => {
    const config = { start: '2024-03-08', end: '2024-03-11' };
    expect(await scansAt(['10:00-10:00/1m'], config)).toEqual(['15:00', '2024-03-11T14:00']);
  });

  it('may fall between two bars', async () => {
    expect(await scansAt(['09:31-09:32/30s'])).toEqual(['14:31', '14:31:30', '14:32']);
  });

  it('meets another one of the same scanner in one scan', async () => {
    expect(await scansAt(['09:40-09:50/5m', '09:45-09:55/10m'])).toEqual([
      '14:40',
      '14:45',
      '14:50',
      '14:55',
    ]);
  });

  it('passes midnight where sessions do', async () => {
    const config = { exchange_group: 'FOREX', asset_class: 'FOREX', start: '2024-01-03' };
    const times = ['23:50-00:10/10m', '17:00-17:00/1m'];
    expect(await scansAt(times, config)).toEqual([
      ...['2024-01-02T22:00', '04:50', '05:00', '05:10', '22:00'],
    ]);
  });

  it('spans a day that never closes', async () => {
    const config = { exchange_group: 'CRYPTO', asset_class: 'CRYPTO', end: '2024-01-03' };
    expect(await scansAt(['00:00-23:59/12h'], config)).toEqual([
      ...['00:00', '12:00', '2024-01-03T00:00', '2024-01-03T12:00'],
    ]);
  });
});

describe('an instant with a scan', () => {
  it('is one step, with all of its facts, also where nothing else happens', async () => {
    const scanner = looking(() => {});
    await using session = await openSession(
      withScanners({ own: { scanner, times: ['09:30-09:32/30s'] } }),
    );
    const steps: [string, string[]][] = [];
    for (let i = 0; i < 6; i++) {
      const { at, firstSeq, lastSeq, facts } = (await session.step())!;
      const found = facts();
      expect(found.map(({ seq }) => seq)).toEqual(
        Array.from({ length: lastSeq - firstSeq + 1 }, (_, n) => firstSeq + n),
      );
      const types = found.map(({ type }) => type).filter((type) => /^(Scan|BarApp)/.test(type));
      steps.push([new Date(at).toISOString().slice(14, 19), types]);
    }
    const scan = ['ScanStarted', 'ScanCompleted'];
    expect(steps).toEqual([
      ['30:00', scan],
      ['30:30', scan],
      ['31:00', ['BarAppended', ...scan]],
      ['31:30', scan],
      ['32:00', ['BarAppended', ...scan]],
      ['33:00', ['BarAppended']],
    ]);
    expect(session.view.symbol('AAPL')?.bars('1m')?.length).toBe(3);
  });

  it('ends a runUntil that waits for it', async () => {
    let scans = 0;
    const scanner = looking(() => {
      scans += 1;
    });
    await using session = await openSession(
      withScanners({ own: { scanner, times: ['09:30-16:00/30s'] } }),
    );
    const { open } = findCalendar('XNYS')!.session('2024-01-02')!;
    await session.runUntil(open + 1.5 * MINUTE);
    expect({ scans, now: session.view.now }).toEqual({ scans: 4, now: open + 1.5 * MINUTE });
    await session.runUntil(() => scans === 10);
    expect(session.view.now).toBe(open + 4.5 * MINUTE);
  });
});
