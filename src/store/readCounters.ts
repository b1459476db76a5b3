/** What reading a log has cost so far: for those who want to know, and for tests that time would not tell. */
export class ReadCounters {
  /** Frames decoded. Those that were passed over by header, index or snapshot do not count. */
  frames = 0;
  /** Bytes read from files, compressed ones as they are stored. Snapshots are counted too. */
  bytes = 0;
}
