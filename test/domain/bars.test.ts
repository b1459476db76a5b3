import { describe, expect, it } from 'vitest';
import { BAR_FIELDS, type Bar, BarColumns } from '../../src/domain/bars.ts';

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
  it('hold in their cells what their columns show, however they have grown', () => {
    const columns = columnsOf(...Array.from({ length: 40 }, (_, i) => i));
    for (const [field, name] of BAR_FIELDS.entries()) {
      const from = field * columns.capacity;
      expect(columns.cells.slice(from, from + 40)).toEqual(columns[name].slice(0, 40));
    }
  });

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
    slice.cells[row] = 21;
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
