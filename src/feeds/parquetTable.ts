/** The columns of a Parquet file that make bars, as doubles, one row group at a time. */
import {
  type AsyncBuffer,
  type DecodedArray,
  type ParquetParsers,
  type ParquetScan,
  parquetScan,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { FeedError } from '../domain/errors.ts';
import { DAY_MS } from '../domain/time.ts';
import { type ColumnField, type ColumnNames, findColumns } from './columns.ts';
import { epochMs } from './epoch.ts';

/** What the values of the time column are: milliseconds, or numbers whose unit their size tells. */
export type TimeKind = 'instant' | 'local' | 'date' | 'epoch';

/** Rows of one row group; `NaN` where there is no number. */
export interface RowGroup extends Readonly<Record<ColumnField, Float64Array>> {
  /** Number of the first row, from 1. */
  readonly firstRow: number;
}

/** Timestamps as milliseconds and not as dates. */
const PARSERS: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (value) => Number(value),
  timestampFromMicroseconds: (value) => epochMs(Number(value), 'microseconds'),
  timestampFromNanoseconds: (value) => epochMs(Number(value), 'nanoseconds'),
  dateFromDays: (days) => days * DAY_MS,
};

export class ParquetTable {
  readonly timeKind: TimeKind;
  readonly #scan: ParquetScan;
  readonly #columns: Readonly<Record<ColumnField, SchemaElement>>;

  private constructor(scan: ParquetScan, columns: Readonly<Record<ColumnField, SchemaElement>>) {
    this.#scan = scan;
    this.#columns = columns;
    this.timeKind = kindOf(columns.time);
  }

  /**
   * @param shown the file, as messages name it
   * @throws {FeedError} for columns that are missing or of the wrong type
   * @throws what the decoder says of a file that is not Parquet
   */
  static async open(
    file: AsyncBuffer,
    { shown, names }: { shown: string; names: ColumnNames | undefined },
  ): Promise<ParquetTable> {
    const scan = await parquetScan({ file, compressors, parsers: PARSERS, useOffsetIndex: false });
    const elements = parquetSchema(scan.metadata).children.map(({ element }) => element);
    const header = elements.map(({ name }) => name);
    const layout = findColumns(header, { names, shown });
    const columnOf = (field: ColumnField) => checked(elements[layout[field]]!, field, shown);
    const columns = {
      time: columnOf('time'),
      open: columnOf('open'),
      high: columnOf('high'),
      low: columnOf('low'),
      close: columnOf('close'),
      volume: columnOf('volume'),
    };
    return new ParquetTable(scan, columns);
  }

  get rows(): number {
    return Number(this.#scan.metadata.num_rows);
  }

  async *rowGroups(): AsyncGenerator<RowGroup> {
    for (const range of this.#scan.ranges) {
      const read = async (field: ColumnField): Promise<Float64Array> => {
        const element = this.#columns[field];
        return doubles(await this.#scan.readColumn({ column: element.name, ...range }), element);
      };
      yield {
        firstRow: range.rowStart + 1,
        time: await read('time'),
        open: await read('open'),
        high: await read('high'),
        low: await read('low'),
        close: await read('close'),
        volume: await read('volume'),
      };
    }
  }
}

function isTimestamp({ type, logical_type, converted_type }: SchemaElement): boolean {
  return (
    logical_type?.type === 'TIMESTAMP' ||
    converted_type === 'TIMESTAMP_MILLIS' ||
    converted_type === 'TIMESTAMP_MICROS' ||
    type === 'INT96' // how times were stored before there were timestamps
  );
}

function kindOf(time: SchemaElement): TimeKind {
  const { logical_type } = time;
  if (isTimestamp(time)) {
    // A timestamp "not adjusted to UTC" is what a wall clock shows.
    return logical_type?.type === 'TIMESTAMP' && !logical_type.isAdjustedToUTC
      ? 'local'
      : 'instant';
  }
  return time.converted_type === 'DATE' || logical_type?.type === 'DATE' ? 'date' : 'epoch';
}

function checked(element: SchemaElement, field: ColumnField, shown: string): SchemaElement {
  const isNumber = ['INT32', 'INT64', 'FLOAT', 'DOUBLE'].includes(element.type ?? '');
  if (isNumber || element.converted_type === 'DECIMAL') return element;
  if (field === 'time' && isTimestamp(element)) return element;
  const needed = field === 'time' ? 'TIMESTAMP, DATE or INT64' : 'numbers';
  throw new FeedError(
    `${shown} holds ${element.type ?? 'a group'} in the column "${element.name}"; ${needed} are needed there`,
  );
}

function doubles(data: DecodedArray, { converted_type, scale = 0 }: SchemaElement): Float64Array {
  if (data instanceof Float64Array) return data;
  const numbers = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value: unknown = data[i];
    numbers[i] =
      typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN;
  }
  if (converted_type !== 'DECIMAL') return numbers;
  // The decoder multiplies by a power of ten that is no exact double; dividing rounds once, and rightly.
  const unit = 10 ** scale;
  return numbers.map((value) => Math.round(value * unit) / unit);
}
