/**
 * What is thrown. Expected refusals are facts or values; only wrong use, broken input and bugs throw.
 * Every message is one sentence that says what was found and what to do.
 */

/** Input the user can mend: a config, an option, a data file. The command line exits 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** The market data of a run is nowhere named: a program handed it over, and has to do so again. */
export class DataNotGiven extends UsageError {
  override name = 'DataNotGiven';
}

/** Market data that cannot be used: a missing file, wrong columns, a bad row. Names file and line. */
export class FeedError extends Error {
  override name = 'FeedError';
}

/** A log that is damaged. `offset` is the byte in `segment` at which reading stopped. */
export class LogCorrupted extends Error {
  override name = 'LogCorrupted';
  readonly segment: string;
  readonly offset: number;
  /** The last fact that is certainly good. */
  readonly lastGoodSeq: number;

  constructor(message: string, where: { segment: string; offset: number; lastGoodSeq: number }) {
    super(message);
    this.segment = where.segment;
    this.offset = where.offset;
    this.lastGoodSeq = where.lastGoodSeq;
  }
}

/** The log could not be written: a full disk, say. What was acknowledged before is safe; nothing later is taken. */
export class LogWriteFailed extends Error {
  override name = 'LogWriteFailed';
}

/** A rule of the engine that did not hold: a bug, or a log that is not ours. */
export class InvariantViolated extends Error {
  override name = 'InvariantViolated';
  readonly seq: number;

  constructor(seq: number, message: string) {
    super(`fact ${seq}: ${message}`);
    this.seq = seq;
  }
}

/** What a thrown value says, never empty. */
export function sentenceOf(error: unknown): string {
  const sentence = error instanceof Error ? error.message : String(error);
  return sentence === '' ? 'an error without a message' : sentence;
}
