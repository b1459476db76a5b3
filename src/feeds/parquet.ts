/**
 * Parquet files. They are decoded by whole row groups, a million rows for the 390 of one day, so the one pass
 * that checks them sets the bars aside in a scratch file, from which days are read.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { AsyncBuffer } from 'hyparquet';
import { BarColumns } from '../domain/bars.ts';
import type { FileSource } from '../domain/config/data.ts';
import { FeedError } from '../domain/errors.ts';
import type { MarketTime } from '../domain/time.ts';
import { type EpochUnit, epochMs, epochUnit } from './epoch.ts';
import type { Feed } from './feed.ts';
import { type FileRequest, fileFeed } from './fileFeed.ts';
import { unreadable } from './files.ts';
import { emptyRow, Intake, type Piece } from './intake.ts';
import { ParquetTable, type RowGroup, type TimeKind } from './parquetTable.ts';
import { readRow, Scratch } from './scratch.ts';
import { type BarRange, joined, type Part } from './series.ts';
import { Stamps } from './stamps.ts';

const HASH_BYTES = 1 << 20;
const READ_ROWS = 1 << 15;

/** @param folder where relative paths start */
export function parquetFeed(source: FileSource, folder: string): Feed {
  const scratch = new Scratch();
  return fileFeed(source, folder, {
    name: 'parquet',
    async index(request) {
      const { shown, path } = request.file;
      const handle = await open(path).catch((error: unknown) => {
        throw unreadable(shown, error);
      });
      try {
        return await indexFile(handle, request, scratch);
      } finally {
        await handle.close();
      }
    },
    close: () => scratch.close(),
  });
}

async function indexFile(handle: FileHandle, request: FileRequest, scratch: Scratch): Promise<Part> {
  const { file, source, interval, after, index, mayBeEmpty } = request;
  const { calendar, signal, onProgress } = index;
  const fingerprint = await fingerprintOf(handle, signal);
  const table = await tableOf(handle, request);
  const place = { shown: file.shown, file: file.name, unit: 'row' } as const;
  const intake = new Intake({ interval, calendar, policy: source.on_bad_row, place, after });
  const zone = source.timezone ?? calendar.zone;
  const times = new Times(table.timeKind, new Stamps({ interval, stamp: source.stamp, zone, calendar }));
  const kept = new BarColumns();
  for await (const group of groupsOf(table, file.shown)) {
    signal?.throwIfAborted();
    take(group, { times, intake, kept, firstKept: scratch.length });
    await scratch.append(kept);
    kept.clear();
    onProgress?.({ what: file.name, done: group.firstRow - 1 + group.time.length, total: table.rows });
  }
  return new ParquetPart(scratch, { file: file.name, fingerprint, ...intake.finish({ mayBeEmpty }) });
}
