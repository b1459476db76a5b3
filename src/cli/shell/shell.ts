/** What the commands of a shell work on: a session, how it is driven, and the market's time. */
import { findCalendar } from '../../domain/calendar/calendars.ts';
import { isoInZone } from '../../domain/calendar/display.ts';
import { type MarketTime, RunFailedError, type Session, TimeManager } from '../../index.ts';
import { say } from '../output.ts';
import { Progress } from '../progress.ts';
import { plural } from '../table.ts';
import { Drive } from './drive.ts';

export class Shell {
  readonly session: Session;
  readonly drive: Drive;
  /** To ask about trading days; its clock stands still. */
  readonly time: TimeManager;
  /** True if people read along: long commands show how far they are. */
  readonly watched: boolean;
  /** Says something that no command answers. */
  notify: (text: string) => void = say;
  /** Set by the command that leaves. */
  leaving = false;
  /** Of a long command; null while none is shown. */
  #progress: Progress | null = null;

  constructor(session: Session, options: { watched: boolean }) {
    this.session = session;
    this.watched = options.watched;
    this.drive = new Drive(session);
    this.drive.onEnd = (failure) => this.#ended(failure);
    this.time = new TimeManager(findCalendar(session.config.exchange_group)!);
  }

  /** Shows how far `work` has come, where someone looks on. */
  async watch<T>(work: () => Promise<T>): Promise<T> {
    if (!this.watched) return work();
    const { session } = this;
    const before = session.bars;
    const progress = new Progress(true);
    this.#progress = progress;
    const progressing = {
      view: session.view,
      get bars() {
        return session.bars - before;
      },
      get progress() {
        return session.progress;
      },
      get overruns() {
        return session.overruns;
      },
      config: session.config,
    };
    progress.start(progressing, this.time.calendar.zone);
    try {
      return await work();
    } finally {
      progress.stop();
      this.#progress = null;
    }
  }

  /** The exchange's date and clock, to the second only where it matters. */
  clock(time: MarketTime = this.session.view.now): string {
    const text = isoInZone(time, this.time.calendar.zone).slice(0, 19).replace('T', ' ');
    return text.replace(/:00$/, '');
  }

  /** Ends what still runs and closes the log. */
  async close(): Promise<void> {
    const runs = this.session.status === 'running';
    const summary = runs ? await this.drive.stop() : null;
    if (summary?.status === 'stopped') {
      this.notify(`the run was stopped at ${this.clock()}; its log is complete up to there`);
    }
    await this.session.close();
  }

  #ended(failure: unknown): void {
    this.#progress?.stop();
    if (failure !== null && !(failure instanceof RunFailedError)) throw failure;
    const { run, status, bars, progress } = this.session;
    this.notify(
      failure === null
        ? `${run} is ${status}: ${progress.done} of ${progress.sessions} sessions, ${plural(bars, 'bar')}`
        : failureText(failure),
    );
  }
}

export function failureText({ phase, message }: RunFailedError): string {
  return `error: the run failed in phase ${phase}: ${message}`;
}
