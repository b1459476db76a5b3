import { describe, expect, it } from 'vitest';
import { BAR_FIELDS, type Bar, BarColumns } from '../../src/domain/bars.ts';
import { SessionBars } from '../../src/domain/sessionBars.ts';

const barAt = (opened: number): Bar => ({
  opened,
  open: opened + 1,
  high: opened + 2,
  low: opened + 3,
  close: opened + 4,
  volume: opened + 5,
  count: 1,
  expected: 1,
});

function columnsOf(...times: number[]): BarColumns {
  const columns = new BarColumns(0);
  for (const time of times) columns.push(barAt(time));
  return columns;
}

const rowsOf = (columns: BarColumns) =>
  Array.from({ length: columns.length }, (_, row) => columns.at(row));

describe('columns of bars', () => {
  it('get memory of their own before they change what they share', () => {
    const whole = columnsOf(10, 20, 40, 50);
    const slice = whole.slice(1, 3);
    expect(slice.place(30)).toBe(1);
    slice.write(1, barAt(30));
    expect(rowsOf(slice)).toEqual([barAt(20), barAt(30), barAt(40)]);
    expect(rowsOf(whole)).toEqual([10, 20, 40, 50].map(barAt));
  });

  it('find the place of a row that is there, in memory of their own', () => {
    const whole = columnsOf(10, 20, 40);
    const slice = whole.slice(0, 3);
    const row = slice.place(20);
    slice.opened[row] = 21;
    expect([slice.opened[1], whole.opened[1]]).toEqual([21, 20]);
  });

  it('go on behind the rows they share', () => {
    const whole = columnsOf(10, 20, 40);
    const slice = whole.slice(0, 2);
    slice.push(barAt(30));
    expect(rowsOf(slice)).toEqual([10, 20, 30].map(barAt));
    expect(rowsOf(whole)).toEqual([10, 20, 40].map(barAt));
  });
});

describe('bars of a session', () => {
  const times = Array.from({ length: 100 }, (_, i) => 10 * i);
  function barsOf(...given: number[]): SessionBars {
    const bars = new SessionBars(2);
    for (const time of given) bars.write(bars.place(time), barAt(time));
    return bars;
  }
  const shown = (bars: SessionBars) =>
    Array.from({ length: bars.length }, (_, row) => bars.at(row).opened);

  it('are what was written, whole and field by field, however they have grown', () => {
    const bars = barsOf(...times);
    for (const [row, time] of times.entries()) {
      expect(bars.at(row)).toEqual(barAt(time));
      for (const field of BAR_FIELDS) expect(bars.get(row, field)).toBe(barAt(time)[field]);
    }
    for (const field of BAR_FIELDS) {
      expect([...bars.column(field)]).toEqual(times.map((time) => barAt(time)[field]));
    }
  });

  it('ascend whatever the order in which they come, and none is there twice', () => {
    const bars = barsOf(40, 10, 30, 10, 20, 40);
    expect(shown(bars)).toEqual([10, 20, 30, 40]);
    expect(bars.at(2)).toEqual(barAt(30));
  });

  it('find the row of a time, or where it would be', () => {
    const bars = barsOf(10, 20, 40);
    expect([5, 10, 30, 40, 41].map((time) => bars.lowerBound(time))).toEqual([0, 0, 2, 2, 3]);
    expect([bars.isAt(1, 20), bars.isAt(1, 25), bars.isAt(3, 40)]).toEqual([true, false, false]);
  });

  it('refuse a row that is not there, also one there was before they were cleared', () => {
    const bars = barsOf(10);
    expect(() => bars.at(1)).toThrow(RangeError);
    bars.clear();
    expect(() => bars.at(0)).toThrow(RangeError);
    expect(bars.isAt(0, 10)).toBe(false);
  });

  it('become columns, and come back from them', () => {
    const columns = columnsOf(1, 2);
    columns.append(barsOf(...times), 3, 50);
    expect(rowsOf(columns)).toEqual([1, 2, ...times.slice(3, 50)].map(barAt));
    const back = new SessionBars(0);
    for (const field of BAR_FIELDS) back.fill(field, columns[field].slice(0, columns.length));
    expect(shown(back)).toEqual([1, 2, ...times.slice(3, 50)]);
    expect(back.at(5)).toEqual(barAt(60));
  });
});
