/** Brings a run that is executed again to where its own future begins. */
import { UsageError } from '../domain/errors.ts';
import { combineFingerprints } from '../feeds/series.ts';
import type { ComparedLog, ComparisonEnd } from '../store/comparedLog.ts';
import type { LogReader } from '../store/eventLog.ts';
import { divergenceOf } from './divergence.ts';
import type { sessionOn } from './openSession.ts';
import { RunFailedError } from './session.ts';

/** The fingerprint of what is not there. */
const NO_DATA = combineFingerprints([]);

/** The run is not one that can go on; its log is as it was. */
export class NotResumable extends UsageError {
  override name = 'NotResumable';
  /** True if there is nothing left to do: the run is completed. */
  readonly isComplete: boolean;

  constructor(message: string, isComplete = false) {
    super(message);
    this.isComplete = isComplete;
  }
}

interface Recorded {
  readonly log: ComparedLog;
  readonly past: LogReader;
  readonly run: string;
  /** Modules that have changed since. */
  readonly changed: readonly string[];
}

/**
 * Runs to the end of what is recorded and stands there.
 *
 * @throws {NotResumable} if it does not come out as it was recorded
 * @throws what opening the log that takes over threw
 */
export async function bringToEnd(
  { session, demand }: ReturnType<typeof sessionOn>,
  { log, past, run, changed }: Recorded,
): Promise<void> {
  const there = demand.lasting(() => !log.isCompared);
  await session.runUntil(0).catch((error: unknown) => {
    if (log.unopened !== null) throw log.unopened;
    if (!(error instanceof RunFailedError) || log.end === null) throw error;
  });
  await there;
  if (log.unopened !== null) throw log.unopened;
  if (log.end !== null) throw partedIn({ run, past, changed }, log.end);
}

/** Why the past does not come out as it was recorded. */
function partedIn({ run, past, changed }: Omit<Recorded, 'log'>, end: ComparisonEnd): Error {
  const untouched = 'its log is as it was';
  if (end.kind !== 'parted') return new NotResumable(`the run "${run}" cannot be executed again`);
  const { seq, reason, fields } = divergenceOf(end.parting, past, { changed });
  const data = fields.filter(({ path }) => path.startsWith('data.'));
  if (seq === 1 && data.length > 0) {
    const named = (some: typeof data) => some.map(({ path }) => path.slice('data.'.length));
    const symbols = named(data);
    const gone = named(data.filter(({ b }) => b === NO_DATA));
    if (gone.length > 0) {
      return new NotResumable(
        `the data of ${gone.join(', ')} is gone, and the run "${run}" goes on in it: put it back, or say where ` +
          `it lies now; ${untouched}`,
      );
    }
    return new NotResumable(
      `the data of ${symbols.join(', ')} is not what the run "${run}" was recorded with: give the same data; ${untouched}`,
    );
  }
  return new NotResumable(
    `the run "${run}" comes out differently at fact ${seq}: ${reason}; give the strategies, indicators and data ` +
      `it was recorded with; ${untouched}`,
  );
}
