/**
 * A run's folder as an event log: `manifest.json`, `journal.ndjson`, segments of records, an index, a lock.
 *
 * `append` encodes a frame and takes it; writing and fdatasync follow in the background, for all that has
 * gathered (group commit). Segments are rolled at the first link of the hash chain after their size is
 * reached, and sealed in the background; the last one stays raw until `sealLog`, once a run is over.
 */
import { basename, dirname, join, resolve } from 'node:path';
import { InvariantViolated, UsageError } from '../domain/errors.ts';
import type { Frame } from '../domain/frame.ts';
import type { SeriesTable } from '../domain/series.ts';
import type { SessionData } from '../domain/sessionData.ts';
import type { Tally } from '../domain/tally.ts';
import type { MarketTime } from '../domain/time.ts';
import { BackgroundSealing } from './backgroundSealing.ts';
import { ByteWriter } from './bytes.ts';
import type { ChainLink, ChainPoint } from './chain.ts';
import { CommitQueue } from './commitQueue.ts';
import { cutAfter } from './cutting.ts';
import { type Disk, REAL_DISK } from './disk.ts';
import type { ExpectedPosition, LogWriter, Place, ReadRange, StateAt } from './eventLog.ts';
import { FileLogReader } from './fileLogReader.ts';
import { Journal, type JournalEntry } from './journal.ts';
import { KeptManifest } from './keptManifest.ts';
import { LogFiles } from './logFiles.ts';
import type { LogIndex } from './logIndex.ts';
import { LogScan } from './logScan.ts';
import type { LogState, RecordSink } from './logState.ts';
import { LogStates } from './logStates.ts';
import {
  type Manifest,
  type ManifestPatch,
  manifestStamp,
  type NewManifest,
  newManifest,
  type RunStatus,
  readManifest,
  writeManifest,
} from './manifest.ts';
import { abandonFolder, claimNew } from './newFolder.ts';
import { ReadCounters } from './readCounters.ts';
import { type Recovery, recover } from './recovery.ts';
import { encodeHead } from './segmentHead.ts';
import { bytesOfSegments, listSegments, segmentName } from './segments.ts';
import { SnapshotWriter } from './snapshotWriter.ts';
import { SyncedMark } from './syncedMark.ts';
import { type TailOptions, tailOf, Waiters } from './tail.ts';
import { writeFailure, written } from './writeFailure.ts';
import { WriterLock } from './writerLock.ts';

const SEGMENT_BYTES = 64 * 2 ** 20;

export interface FileLogOptions {
  /** Size at which a segment is rolled. Never changes the chain. Default 64 MiB. */
  readonly segmentBytes?: number;
  /** Whether segments are sealed once they are rolled, while the run goes on. Never changes the chain. Default true. */
  readonly seals?: boolean;
  /** What is written to; default the computer's. */
  readonly disk?: Disk;
}

export interface GoOnOptions extends FileLogOptions {
  /** True if the log has its past from another run: nothing was interrupted. */
  readonly isFork?: boolean;
}

export class FileLog implements LogWriter {
  readonly folder: string;
  readonly counters = new ReadCounters();
  /** What was cut when the log was opened after a crash; null if nothing was. */
  readonly recovered: Recovery | null;

  readonly #lock: WriterLock;
  readonly #state: LogState;
  readonly #index: LogIndex;
  readonly #files: LogFiles;
  readonly #states: LogStates;
  readonly #snapshots: SnapshotWriter;
  readonly #disk: Disk;
  readonly #queue: CommitQueue;
  readonly #journal: Journal;
  readonly #synced: SyncedMark;
  readonly #segmentBytes: number;
  readonly #sealing: BackgroundSealing;
  readonly #waiters = new Waiters();
  readonly #manifest: KeptManifest;
  #segment: number;
  /** Bytes that were there when the log was opened. */
  readonly #bytesBefore: number;
  #closing: Promise<void> | null = null;
  readonly #sink: RecordSink = {
    link: (record) => {
      this.#snapshots.link(record);
      this.#queue.append(record);
      if (this.#queue.fileSize >= this.#segmentBytes) this.#roll();
      this.#state.mark(this.#segment, this.#queue.fileSize);
    },
    frame: (record, { firstSeq, at }) => {
      const contents = record.readUInt32LE(12);
      const header = { kind: 'frame', firstSeq, at, contents } as const;
      this.#index.note(this.#segment, header, this.#queue.fileSize, record);
      this.#queue.append(record);
    },
  };

  private constructor(
    folder: string,
    opened: { lock: WriterLock; manifest: Manifest; scan: LogScan; recovered: Recovery | null },
    options: FileLogOptions,
  ) {
    const { lock, manifest, scan, recovered } = opened;
    this.folder = folder;
    this.recovered = recovered;
    this.#disk = options.disk ?? REAL_DISK;
    this.#queue = new CommitQueue(this.#disk, (path, bytes) => {
      this.#synced.move({ segment: basename(path), bytes });
      // What comes before it is complete, and on stable storage.
      this.#sealing.upTo(Number.parseInt(basename(path), 10) - 1);
    });
    this.#sealing = new BackgroundSealing(folder, {
      disk: this.#disk,
      isOn: options.seals ?? true,
      note: (entry) => this.#journal.write(this.position, entry),
    });
    this.#lock = lock;
    this.#state = scan.state;
    this.#index = scan.index;
    this.#files = new LogFiles({ folder, manifest }, scan.index, this.counters);
    this.#states = new LogStates(this, { folder, run: manifest.run });
    const { position } = scan.state;
    this.#snapshots = new SnapshotWriter(folder, manifest.run, { position, disk: this.#disk });
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    this.#manifest = new KeptManifest(folder, manifest, this.#disk);
    this.#segment = scan.lastSegment;
    this.#bytesBefore = bytesOfSegments(folder);
    try {
      if (this.#segment === 0) this.#roll();
      else this.#queue.openFile(join(folder, segmentName(this.#segment)), scan.lastSegmentBytes);
      const synced = { segment: segmentName(this.#segment), bytes: scan.lastSegmentBytes };
      this.#synced = new SyncedMark(folder, this.#disk, synced);
      this.#journal = new Journal(folder, this.#disk);
    } catch (error) {
      this.#queue.fail(error);
      void this.#queue.letGo();
      throw error;
    }
  }

  /**
   * Begins a run in `folder`, which is made if need be.
   * @throws {UsageError} if the folder holds a run already
   */
  static async create(
    folder: string,
    given: NewManifest,
    options: FileLogOptions = {},
  ): Promise<FileLog> {
    const disk = options.disk ?? REAL_DISK;
    const lock = claimNew(folder, disk);
    let isOurs = false;
    let log: FileLog | null = null;
    try {
      if (manifestStamp(folder) !== null || listSegments(folder).length > 0) {
        throw new UsageError(`"${folder}" already holds a run: choose another folder`);
      }
      isOurs = true;
      const manifest = { ...newManifest(given), epoch: lock.epoch };
      writeManifest(folder, manifest, disk);
      disk.syncFolder(dirname(resolve(folder)));
      const scan = new LogScan(folder);
      log = new FileLog(folder, { lock, manifest, scan, recovered: null }, options);
      await log.durable();
      return log;
    } catch (error) {
      await log?.close().catch(() => {});
      lock.release();
      if (isOurs) abandonFolder(folder, disk);
      throw writeFailure(folder, error, false);
    }
  }

  /**
   * Opens the log of a run to go on writing it. Everything in it is checked: checksums, order and chain. What
   * a crash has left unfinished at its end is cut off, and that is reported.
   *
   * @throws {UsageError} if the folder holds no run, or another writer has it
   * @throws {LogCorrupted} if it is damaged anywhere else
   */
  static async open(folder: string, options: FileLogOptions = {}): Promise<FileLog> {
    const { epoch } = readManifest(folder);
    const lock = written(folder, () => WriterLock.claim(folder, epoch));
    try {
      const manifest = readManifest(folder);
      const { scan, recovered } = recover(folder, manifest, options.disk ?? REAL_DISK);
      const log = new FileLog(folder, { lock, manifest, scan, recovered }, options);
      log.updateManifest({
        epoch: lock.epoch,
        closed: null,
        status: recovered === null ? 'running' : 'recovered',
        ...(recovered && { recovered: { bytes_cut: recovered.bytesCut, seq: recovered.atSeq } }),
      });
      if (recovered !== null) log.journal({ type: 'Recovered', bytes_cut: recovered.bytesCut });
      return log;
    } catch (error) {
      lock.release();
      throw writeFailure(folder, error);
    }
  }

  /**
   * Opens the log of a run to go on after the frame that ends with fact `to`; later ones are taken back. A crash in
   * the middle of that leaves a log that opens.
   *
   * @param lock of the folder; it is the log's from here on, and released if this fails
   * @throws as `open`
   */
  static goOn(folder: string, lock: WriterLock, to: number, options: GoOnOptions = {}): FileLog {
    const disk = options.disk ?? REAL_DISK;
    try {
      const opened = recover(folder, readManifest(folder), disk);
      const { recovered } = opened;
      let { scan } = opened;
      const { position } = scan.state;
      const manifest: Manifest = {
        ...readManifest(folder),
        epoch: lock.epoch,
        closed: null,
        status: options.isFork ? 'running' : 'recovered',
        ...(!options.isFork && { recovered: { bytes_cut: recovered?.bytesCut ?? 0, seq: to } }),
      };
      // First this, since a log that was closed has to end as it was closed.
      writeManifest(folder, manifest, disk);
      if (position > to) {
        cutAfter(folder, to, disk);
        scan = new LogScan(folder);
        scan.advance();
      }
      const log = new FileLog(folder, { lock, manifest, scan, recovered }, options);
      if (options.isFork) log.journal({ type: 'Forked' });
      else log.journal({ type: 'Resumed', facts_taken_back: position - to });
      return log;
    } catch (error) {
      lock.release();
      throw writeFailure(folder, error);
    }
  }

  /**
   * Opens the log of a run to read it, also beside its writer. Writes nothing.
   *
   * The last segment is checked here, of a long one only the end if the index leads there; the rest as far as it is
   * read. `checkLog` checks everything.
   * @throws {UsageError} if the folder holds no run
   * @throws {LogCorrupted} if what was checked is damaged
   */
  static async read(folder: string): Promise<FileLogReader> {
    return new FileLogReader(folder);
  }

  get manifest(): Manifest {
    return this.#manifest.current;
  }

  get table(): SeriesTable {
    return this.#state.table;
  }

  get position(): number {
    return this.#state.position;
  }

  get bytes(): number {
    return this.#bytesBefore + this.#queue.appended;
  }

  get backlog(): number {
    return this.#queue.backlog;
  }

  append(frame: Frame, options: { expected?: ExpectedPosition; id?: string } = {}): number {
    if (this.#closing !== null) throw new InvariantViolated(frame.firstSeq, 'the log is closed');
    if (this.#queue.failure !== null) throw this.#queue.failure;
    const position = this.#state.append(frame, options, this.#sink);
    this.#waiters.wake();
    return position;
  }

  offerState(data: SessionData, tally: Tally): void {
    if (data.seq === this.position) this.#snapshots.offer(data, tally);
  }

  durable(): Promise<void> {
    return this.#queue.durable();
  }

  *read({ from = 1, to, reuse = false, types }: ReadRange = {}): Generator<Frame> {
    this.#queue.flush();
    const last = Math.min(to ?? this.position, this.position);
    yield* this.#files.frames({ from: Math.max(1, from), to: last, reuse, types });
  }

  tail(options: TailOptions = {}): AsyncGenerator<Frame> {
    return tailOf(
      {
        read: (range) => this.read(range),
        hasEnded: () => this.#closing !== null,
        wait: async (seq, signal) => {
          const isThere = this.position >= seq || this.#closing !== null;
          if (!isThere) await this.#waiters.wait(signal);
        },
      },
      options,
    );
  }

  seek(time: MarketTime): number {
    this.#queue.flush();
    return this.#files.seek(time, this.position);
  }

  stateAt(place?: Place): StateAt {
    return this.#states.at(place);
  }

  chainHash(): string {
    return this.#state.chain.hash();
  }

  *links(): Generator<ChainLink> {
    this.#queue.flush();
    yield* this.#files.links(this.position);
  }

  linkUpTo(seq: number): ChainPoint | null {
    this.#queue.flush();
    return this.#files.linkUpTo(Math.min(seq, this.position), this.position);
  }

  /** Records what depends on the host and is no fact, beside the log. */
  journal(entry: JournalEntry): void {
    try {
      this.#journal.write(this.position, entry);
    } catch (error) {
      // Whoever tells of a pause is not to fail for it: the next append does.
      this.#queue.fail(error);
    }
  }

  /** Replaces parts of the manifest. On return that is on stable storage. */
  updateManifest(patch: ManifestPatch): void {
    this.#manifest.update(patch);
  }

  /** Puts the fingerprints of the data into the manifest, in the background: the first fact has them, too. */
  noteData(data: Manifest['data']): void {
    this.#manifest.note({ data }, (error) => this.#queue.fail(error));
  }

  /**
   * Waits for stable storage and closes the log, with the status given. It can be opened again, to go on.
   * @throws {LogWriteFailed} if not everything could be written; the log is then left as after a crash
   */
  close(status: RunStatus = this.manifest.status): Promise<void> {
    this.#closing ??= this.#close(status);
    return this.#closing;
  }

  #roll(): void {
    this.#segment += 1;
    this.#queue.openFile(join(this.folder, segmentName(this.#segment)));
    const head = this.#state.head(this.#segment);
    const writer = new ByteWriter();
    encodeHead(writer, head);
    const record = writer.written();
    this.#index.note(this.#segment, { kind: 'head', ...head, contents: 0 }, 0, record);
    this.#queue.append(record);
  }

  async #close(status: RunStatus): Promise<void> {
    try {
      await this.#manifest.settled();
      await this.#queue.close();
      this.#sealing.upTo(this.#segment - 1);
      await this.#sealing.done();
      await this.#snapshots.close();
      this.#index.checkpoint = this.#state.checkpoint ?? this.#index.checkpoint;
      written(this.folder, () => this.#index.save(this.folder, this.manifest.run, this.#disk));
      const finished = new Date().toISOString();
      const end = { seq: this.position, chain_hash: this.chainHash(), segments: this.#segment };
      this.updateManifest({ status, closed: { ...end, finished } });
      written(this.folder, () => this.#synced.remove());
    } finally {
      await this.#sealing.stop();
      this.#synced.close();
      this.#journal.close();
      this.#lock.release();
      this.#waiters.wake();
    }
  }
}
