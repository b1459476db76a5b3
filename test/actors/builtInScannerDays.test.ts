import { describe, expect, it } from 'vitest';
import { type ConfigInvalid, type Fact, findCalendar, openSession } from '../../src/index.ts';
import { looking, marketOf, type ScannerCase, scansOf, withScanners } from '../runs/scanRun.ts';
import { MINUTE, runOf } from '../support.ts';

const calendar = findCalendar('XNYS')!;
const SYMBOLS = ['AAPL', 'BBB', 'CCC', 'DDD', 'EEE'];
const [DAY, NEXT] = ['2024-01-02', '2024-01-03'];
const data = marketOf(SYMBOLS, [DAY, NEXT]);

/** A momentum scanner that finds some of its universe now and others later. */
function momentum(config: object = {}, times = ['10:00-15:00/1h']): ScannerCase {
  const universe = [...SYMBOLS, 'GONE'];
  return { config: { universe, minutes: 30, min_change_percent: 0.4, ...config }, times };
}

/** The symbols of the session after each scan. */
function symbolsAfterScans(facts: readonly Fact[]): string[][] {
  const here = new Set<string>();
  const seen: string[][] = [];
  for (const fact of facts) {
    if (fact.type === 'SymbolRegistered') here.add(fact.symbol);
    else if (fact.type === 'SymbolRemoved') here.delete(fact.symbol);
    else if (fact.type === 'ScanCompleted') seen.push([...here].sort());
  }
  return seen;
}

describe('the session of a built-in scanner', () => {
  it('holds the config and the picks, no more', async () => {
    const { run, scans } = await scansOf({ momentum: momentum() }, { data });
    const expected = scans.map(({ symbols }) => [...new Set(['AAPL', ...symbols])].sort());
    expect(symbolsAfterScans(run.facts)).toEqual(expected);
    expect(new Set(expected.map(String)).size).toBeGreaterThan(2);
  });

  it('holds all of the universe all day if it is to', async () => {
    const { run } = await scansOf({ momentum: momentum({ keep_universe: true }) }, { data });
    expect(symbolsAfterScans(run.facts)).toEqual(Array(6).fill(SYMBOLS));
    expect(run.of('SymbolRegistered')).toHaveLength(5);
  });

  it('holds it from a pre-session scan to the first of the session', async () => {
    const given = { ...momentum(), pre_session: true };
    const { run, scans } = await scansOf({ momentum: given }, { data });
    expect(symbolsAfterScans(run.facts).slice(0, 2)).toEqual([
      SYMBOLS,
      [...new Set(['AAPL', ...scans[1]!.symbols])].sort(),
    ]);
    expect(run.of('SessionActivated')[0]?.symbols).toEqual(SYMBOLS);
  });

  it('begins anew every day', async () => {
    const given = momentum({ keep_universe: true });
    const { run } = await scansOf({ momentum: given }, { data, end: NEXT });
    expect(run.of('SessionActivated').map(({ symbols }) => symbols)).toEqual([['AAPL'], ['AAPL']]);
    expect(run.of('SymbolRemoved').map(({ symbol }) => symbol)).toEqual(SYMBOLS.slice(1));
    expect(run.of('MessageRefused')).toEqual([]);
  });

  it('is asked for a symbol that cannot be loaded once a day', async () => {
    const { run } = await scansOf({ momentum: momentum() }, { data, end: NEXT });
    const asked = run.of('MessageReceived').filter(({ detail }) => detail.symbol === 'GONE');
    expect(asked).toHaveLength(2);
    expect(run.of('SymbolRefused')).toHaveLength(2);
  });

  it('has its picks locked if they are to be, as long as they are picks', async () => {
    const { run, scans } = await scansOf({ momentum: momentum({ lock: true }) }, { data });
    const held = new Set<string>();
    let scan = 0;
    for (const fact of run.facts) {
      if (fact.type === 'SymbolLocked') held.add(fact.symbol);
      else if (fact.type === 'SymbolUnlocked') held.delete(fact.symbol);
      else if (fact.type === 'ScanCompleted') {
        expect([...held].sort()).toEqual(scans[scan]!.symbols.toSorted());
        scan += 1;
      }
    }
    expect(run.of('SymbolUnlocked').length).toBeGreaterThan(1);
    expect(run.of('MessageRefused')).toEqual([]);
  });

  it('keeps what others have locked, until they let go', async () => {
    const holds = looking(({ view, now, lock, unlock }) => {
      if (!view.has('CCC')) return;
      if (now < calendar.session(DAY)!.open + 150 * MINUTE) lock('CCC');
      else unlock('CCC');
    });
    const none = momentum({ min_change_percent: 99 }, ['10:00-13:00/1h']);
    const { run } = await scansOf(
      {
        momentum: { ...none, pre_session: true },
        holds: { scanner: holds, pre_session: true, times: ['10:30-12:30/1h'] },
      },
      { data },
    );
    const at = (time: string) => Date.parse(`${DAY}T${time}:00Z`);
    const ends = run.of('SymbolRemoved').map(({ symbol, at }) => [symbol, at]);
    const [first, last] = [at('15:00'), at('18:00')];
    expect(ends.filter(([symbol]) => symbol === 'CCC')).toEqual([['CCC', last]]);
    expect(ends.slice(0, 3)).toEqual(['BBB', 'DDD', 'EEE'].map((symbol) => [symbol, first]));
    expect(run.of('MessageRefused')).toEqual([]);
  });

  it('makes a symbol whole that is there for an indicator only, and leaves it', async () => {
    const light = looking(({ registerIndicator }) =>
      registerIndicator('BBB', { name: 'sma', period: 3, interval: '1m' }).catch(() => {}),
    );
    const none = momentum({ min_change_percent: 99 }, ['10:00-11:00/1h']);
    const { run, scans } = await scansOf(
      { light: { scanner: light, pre_session: true }, momentum: none },
      { data },
    );
    expect(run.of('SymbolUpgraded')).toMatchObject([{ symbol: 'BBB' }]);
    expect(scans.slice(1).map(({ figures }) => Object.keys(figures).sort())).toEqual(
      Array(2).fill(SYMBOLS),
    );
    expect(run.session.view.symbols).toEqual(['AAPL', 'BBB']);
  });

  it('takes it when others remove what it has added, or bring it in anew', async () => {
    const options = withScanners(
      { momentum: momentum({ keep_universe: true }, ['10:00-10:00/1m']) },
      { data, end: NEXT },
    );
    await using session = await openSession(options);
    await session.runUntil(calendar.session(DAY)!.open + 31 * MINUTE);
    expect(await session.removeSymbol('BBB')).toMatchObject({ removed: true });
    expect(await session.removeSymbol('CCC')).toMatchObject({ removed: true });
    expect(await session.addSymbol('CCC')).toMatchObject({ added: true });
    const summary = await session.finish();
    expect(summary.facts).not.toHaveProperty('ScanFailed');
    expect(summary.status).toBe('completed');
  });

  it('is the same log at any slice size', async () => {
    const given = { ...momentum({ lock: true, top: 2 }), pre_session: true };
    const scanners = {
      momentum: given,
      gap: { config: { universe: ['CCC', 'DDD'], min_gap_percent: 0 }, times: ['09:31-16:00/29m'] },
    };
    const hashes = new Set<string>();
    for (const slice of [1, 7, 'auto'] as const) {
      const run = await runOf({ ...withScanners(scanners, { data, end: NEXT }), slice });
      hashes.add(run.summary.chain_hash);
    }
    expect(hashes.size).toBe(1);
  });
});

describe('the config of a built-in scanner', () => {
  const refusalOf = (module: string, config: object) =>
    openSession(withScanners({ [module]: { config } })).then(
      () => 'accepted',
      (error: ConfigInvalid) => {
        expect(error.problems.map(({ path }) => path)).toEqual(['session_data_config.scanners[0]']);
        return error.problems[0]!.message;
      },
    );

  it.each<[string, object, string]>([
    ['gap', { min_gap: 2 }, '"gap": config.min_gap: unknown key: write "universe", '],
    ['gap', { universe: [] }, '"gap": config.universe: found an empty list: write '],
    ['gap', { universe: ['A B'] }, '"gap": config.universe[0]: found "A B": write a symbol such '],
    ['gap', { universe: 7 }, '"gap": config.universe: found 7: write a list of symbols, or the '],
    ['gap', { min_gap_percent: '2' }, 'found "2": write a number of at least 0'],
    ['gap', { direction: 'sideways' }, 'found "sideways": write "up", "down" or "both"'],
    ['momentum', { minutes: 0 }, 'config.minutes: found 0: write a whole number of at least 1'],
    ['momentum', { top: 1.5 }, 'config.top: found 1.5: write a whole number of at least 1'],
    ['momentum', { lock: 'yes' }, '"momentum": config.lock: found "yes": write true or false'],
    ['relative-volume', { direction: 'up' }, 'config.direction: unknown key: write "universe"'],
    ['relative_volume', { baseline: 'dayly' }, '"dayly": write "same_minutes" or "daily" (did you'],
    ['scanners.relative_volume', { min_ratio: -1 }, 'found -1: write a number of at least 0'],
  ])('of %s with %j is refused when the session is opened', async (module, config, message) => {
    const refusal = await refusalOf(module, config);
    expect(refusal).toMatch(/^scanner "(gap|momentum|relative-volume)": config\./);
    expect(refusal).toContain(message);
  });

  it('is refused for all that is wrong with it at once', async () => {
    expect(await refusalOf('gap', { top: 0, lock: 1, min_prise: 3 })).toBe(
      'scanner "gap": config.top: found 0: write a whole number of at least 1; ' +
        'config.lock: found 1: write true or false; ' +
        'config.min_prise: unknown key: write "universe", "min_price", "min_volume", "top", ' +
        '"lock", "keep_universe", "min_gap_percent" or "direction" (did you mean "min_price"?)',
    );
  });

  it.each([
    ...['gap', 'scanners.gap', 'scanners.gap_scanner', 'momentum', 'relative-volume'],
    ...['relative_volume', 'a.b.relative_volume_scanner'],
  ])('may name it "%s"', async (module) => {
    expect(await refusalOf(module, {})).toBe('accepted');
  });

  it('knows no other name', async () => {
    expect(await refusalOf('gapp', {})).toBe(
      'no scanner "gapp" is registered, did you mean "gap"?; ' +
        'registered: gap, momentum, relative-volume; or give a .ts, .js or .mjs file',
    );
  });

  it('gives way to a scanner of the same name', async () => {
    let scans = 0;
    const scanner = looking(() => {
      scans += 1;
    });
    const given = { scanner, config: { any: 'thing' }, pre_session: true };
    await runOf(withScanners({ gap: given }, { data }));
    expect(scans).toBe(1);
  });
});
