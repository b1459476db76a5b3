/**
 * What a running session hands out of its state as JSON: all of it, or what changed since an earlier fact.
 *
 * The last state handed out is kept, so that asking again and again for what is new costs no reading of the log.
 */
import { withoutPaths } from '../domain/config/canonical.ts';
import { UsageError } from '../domain/errors.ts';
import { deltaOf, type SessionDelta } from '../domain/sessionDelta.ts';
import { type ExportContext, type SessionJson, sessionJson } from '../domain/sessionJson.ts';
import { stateAt } from '../inspect/stateAt.ts';
import type { Engine } from './engine.ts';
import { VERSIONS } from './versions.ts';

export interface ExportOptions {
  /**
   * False: only what changed since the last export of this session, whoever got it; the first one is complete.
   * Default true.
   */
  readonly complete?: boolean;
  /** Only what changed since the state after this fact; 0 is before the first. */
  readonly since?: number;
}

export class Exports {
  readonly #engine: Engine;
  #last: SessionJson | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @throws {UsageError} if `since` is no fact of the run so far */
  take({ complete = true, since }: ExportOptions): SessionJson | SessionDelta {
    const before = since === undefined ? this.#last : this.#at(since);
    const { data, recorder } = this.#engine;
    const now = sessionJson(data, { ...this.#context, tally: recorder.tallyNow });
    this.#last = now;
    const wantsDelta = since !== undefined || !complete;
    return wantsDelta && before !== null ? deltaOf(before, now) : now;
  }

  #at(seq: number): SessionJson {
    const { log } = this.#engine.recorder;
    if (this.#last?._metadata.seq === seq) return this.#last;
    if (!Number.isSafeInteger(seq) || seq < 0 || seq > log.position) {
      throw new UsageError(
        `the run has no fact ${seq} so far: give one from 0, before its first, to ${log.position}`,
      );
    }
    const { data, tally } = stateAt(log, seq);
    return sessionJson(data, { ...this.#context, tally });
  }

  get #context(): Omit<ExportContext, 'tally'> {
    const { config, time } = this.#engine;
    const system = { openbell: VERSIONS.engine };
    return { calendar: time.calendar, config: withoutPaths(config), system };
  }
}
