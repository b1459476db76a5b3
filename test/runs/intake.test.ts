import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { barsOf, configOf, MINUTE, runOf, type TestBar } from '../support.ts';

const dates = ['2024-01-04', '2024-01-05', '2024-01-08'];
const OPEN = 'T14:30:00Z';
const CLOSE = 'T21:00:00Z';
const config = configOf({ start: dates[0]!, end: dates.at(-1)! });
const source = { type: 'csv', path: '{symbol}.csv', interval: '1m', stamp: 'open' };

function barAt(opened: number): TestBar {
  return { opened, open: 10, high: 11, low: 9, close: 10.5, volume: 5 };
}

/** `count` minutes before a time. */
function before(time: string, count: number): TestBar[] {
  return Array.from({ length: count }, (_, i) => barAt(Date.parse(time) + (i - count) * MINUTE));
}

function after(time: string, count: number): TestBar[] {
  return Array.from({ length: count }, (_, i) => barAt(Date.parse(time) + i * MINUTE));
}

function inOrder(...lists: readonly (readonly TestBar[])[]): TestBar[] {
  return lists.flat().toSorted((a, b) => a.opened - b.opened);
}

function textOf({ opened, open, high, low, close, volume }: TestBar): string {
  return [new Date(opened).toISOString(), open, high, low, close, volume].join(',');
}

function folderOf(rows: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'openbell-intake-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'AAPL.csv'), `time,open,high,low,close,volume\n${rows.join('\n')}\n`);
  return folder;
}

const regular = barsOf({ dates, seed: 12, missing: (minute) => minute % 50 === 17 });
const outside = [
  before(`2024-01-04${OPEN}`, 30),
  after(`2024-01-04${CLOSE}`, 1),
  before(`2024-01-05${OPEN}`, 12),
  after(`2024-01-05${CLOSE}`, 7),
  // A Saturday and a Sunday count for the Monday that follows.
  after('2024-01-06T15:00:00Z', 4),
  after('2024-01-07T15:00:00Z', 5),
  after(`2024-01-08${CLOSE}`, 2),
];
const LEFT_OUT = [31, 19, 11];

describe('bars outside the regular session', () => {
  const all = inOrder(regular, ...outside);

  it('are not fed, and counted by the day that answers for them', async () => {
    const run = await runOf({ config, data: { AAPL: all } });
    expect(run.of('BarsLeftOut').map(({ date, bars }) => [date, bars])).toEqual(
      dates.map((date, i) => [date, LEFT_OUT[i]]),
    );
    expect(run.of('BarAppended').map(({ opened }) => opened)).toEqual(
      regular.map(({ opened }) => opened),
    );
  });

  it('leave every other fact as it would be without them', async () => {
    const facts = async (bars: readonly TestBar[]) => {
      const run = await runOf({ config, data: { AAPL: bars } });
      const kinds = ['BarAppended', 'BarDerived', 'GapDetected', 'QualityScored'] as const;
      return kinds.map((type) => run.of(type).map(({ seq: _, cause: __, ...fact }) => fact));
    };
    expect(await facts(all)).toEqual(await facts(regular));
  });
});

describe('the provenance of a queue', () => {
  it('leads from every bar of a session to its line', async () => {
    const lines = inOrder(regular, ...outside).map(textOf);
    const run = await runOf({
      config: { ...config, session_data_config: { ...config.session_data_config, data: source } },
      folder: folderOf(lines),
    });
    const bars = run.of('BarAppended');
    let n = 0;
    for (const { provenance, bars: count } of run.of('QueueLoaded')) {
      expect(provenance.reduce((sum, piece) => sum + piece.bars, 0)).toBe(count);
      for (const { file, first_line, bars: length } of provenance) {
        expect(file).toBe('AAPL.csv');
        for (let i = 0; i < length; i++) {
          // Line 1 is the header.
          expect(lines[first_line + i - 2]).toBe(textOf(bars[n++]!));
        }
      }
    }
    expect(n).toBe(bars.length);
    expect(n).toBe(regular.length);
  });
});

describe('bad rows with on_bad_row: "skip"', () => {
  const good = regular.map(textOf);
  const day = (date: string) => good.findIndex((row) => row.startsWith(date));
  const rows = [...good];
  // From the back, so that earlier places stay where they are.
  const bad: [place: number, row: string][] = [
    [day(dates[2]!) + 40, `2024-01-08T15:10:30Z,10,9,11,10,5`],
    [day(dates[1]!) + 20, good[day(dates[1]!) + 19]!],
    [day(dates[0]!) + 10, '2024-01-04T14:40:00Z,10,11,9,NaN,5'],
    [day(dates[0]!) + 5, '2024-01-04T14:34:30Z,10,11,9,10,-5'],
  ];
  for (const [place, row] of bad) rows.splice(place, 0, row);

  it('are facts with their lines, and the bars around them keep theirs', async () => {
    const data = { ...source, on_bad_row: 'skip' };
    const run = await runOf({
      config: { ...config, session_data_config: { ...config.session_data_config, data } },
      folder: folderOf(rows),
    });
    const skipped = run.of('RowsSkipped');
    const linesOf = (date: string) =>
      rows.flatMap((row, i) => {
        const isBad =
          bad.some(([, text]) => text === row) && !(good.includes(row) && rows.indexOf(row) === i);
        return isBad && row.startsWith(date) ? [i + 2] : [];
      });
    expect(
      skipped.map(({ date, rows: n, lines }) => [date, n, lines.map(({ line }) => line)]),
    ).toEqual(dates.map((date) => [date, linesOf(date).length, linesOf(date)]));
    expect(skipped.map(({ rows: n }) => n)).toEqual([2, 1, 1]);
    expect(run.of('BarAppended').map(textOf)).toEqual(good);
    let n = 0;
    for (const { provenance } of run.of('QueueLoaded')) {
      for (const { first_line, bars: length } of provenance) {
        for (let i = 0; i < length; i++) expect(rows[first_line + i - 2]).toBe(good[n++]);
      }
    }
    expect(n).toBe(good.length);
  });
});
