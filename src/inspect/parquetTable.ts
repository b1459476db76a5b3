/** One Parquet file, written row by row in groups: memory is that of a group, however long the table gets. */
import { renameSync, rmSync, statSync } from 'node:fs';
import { constants, zstdCompressSync } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import { type ColumnSource, fileWriter, ParquetWriter } from 'hyparquet-writer';

export type ColumnKind = 'whole' | 'count' | 'number' | 'text' | 'flag' | 'time';

/** A column; values of one that is `nullable` may be null. */
export interface TableColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly nullable?: true;
}

export type Cell = number | string | boolean | null;

const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** How each kind is stored: seqs as 64-bit integers, times as UTC milliseconds. */
const STORED: Readonly<Record<ColumnKind, Omit<SchemaElement, 'name'>>> = {
  whole: { type: 'INT64' },
  count: { type: 'INT32' },
  number: { type: 'DOUBLE' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  flag: { type: 'BOOLEAN' },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
};

export class ParquetTable {
  readonly path: string;
  rows = 0;
  readonly #columns: readonly TableColumn[];
  readonly #groupRows: number;
  readonly #writer: ParquetWriter;
  /** The group that is being filled. */
  #group: (Cell | bigint)[][];

  /** @param options.path the file, which is there once the table is finished; until then beside it as `.part` */
  constructor(
    columns: readonly TableColumn[],
    options: {
      readonly path: string;
      readonly groupRows: number;
      readonly metadata: Readonly<Record<string, string>>;
    },
  ) {
    const { path, groupRows, metadata } = options;
    this.path = path;
    this.#columns = columns;
    this.#groupRows = groupRows;
    this.#group = columns.map(() => []);
    this.#writer = new ParquetWriter({
      writer: fileWriter(`${path}.part`),
      schema: schemaOf(columns),
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes) => zstdCompressSync(bytes, ZSTD) },
      kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      createdBy: 'openbell',
    });
  }

  /** @param cells one for each column, in their order */
  add(cells: readonly Cell[]): void {
    for (const [i, { kind }] of this.#columns.entries()) {
      const cell = cells[i]!;
      this.#group[i]!.push(kind === 'whole' && cell !== null ? BigInt(cell) : cell);
    }
    this.rows += 1;
    if (this.#group[0]!.length === this.#groupRows) this.#write();
  }

  /** @returns bytes of the file */
  finish(): number {
    this.#write();
    this.#writer.finish();
    renameSync(`${this.path}.part`, this.path);
    return statSync(this.path).size;
  }

  /** Leaves nothing behind. */
  abandon(): void {
    rmSync(`${this.path}.part`, { force: true });
  }

  #write(): void {
    const rows = this.#group[0]!.length;
    if (rows === 0) return;
    const columnData = this.#columns.map(
      ({ name, kind }, i): ColumnSource => ({
        name,
        data: this.#group[i]!,
        offsetIndex: false,
        // Seqs ascend by a few; a dictionary of them would be longer than they are.
        ...(kind === 'whole' && { encoding: 'DELTA_BINARY_PACKED' }),
      }),
    );
    this.#writer.write({ columnData, rowGroupSize: rows });
    this.#group = this.#columns.map(() => []);
  }
}

function schemaOf(columns: readonly TableColumn[]): SchemaElement[] {
  const elements = columns.map(
    ({ name, kind, nullable }): SchemaElement => ({
      ...STORED[kind],
      name,
      repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
    }),
  );
  return [{ name: 'root', num_children: columns.length }, ...elements];
}
