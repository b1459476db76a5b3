/** The shell: a session, the commands on it, and what they say. Where lines come from is not its business. */
import { findCalendar } from '../../domain/calendar/calendars.ts';
import { isoInZone } from '../../domain/calendar/display.ts';
import { UsageError } from '../../domain/errors.ts';
import { type MarketTime, RunFailedError, type Session, TimeManager } from '../../index.ts';
import { print, say } from '../output.ts';
import { Progress } from '../progress.ts';
import { plural } from '../table.ts';
import { Declined, type ShellCommand } from './command.ts';
import { Drive } from './drive.ts';
import { readLine } from './line.ts';

const EXIT = { done: 0, no: 1, wrongUse: 2, failed: 3 } as const;

export class Shell {
  readonly session: Session;
  readonly commands: readonly ShellCommand[];
  readonly drive: Drive;
  /** To ask about trading days; its clock stands still. */
  readonly time: TimeManager;
  /** True if people read along: long commands show how far they are. */
  readonly watched: boolean;
  /** Says something that no command answers. */
  notify: (text: string) => void = say;
  /** Set by the command that leaves. */
  leaving = false;
  /** The worst that commands have come to. */
  worst: number = EXIT.done;
  /** Of a long command; null while none is shown. */
  #progress: Progress | null = null;

  constructor(session: Session, commands: readonly ShellCommand[], options: { watched: boolean }) {
    this.session = session;
    this.commands = commands;
    this.watched = options.watched;
    this.drive = new Drive(session);
    this.drive.onEnd = (failure) => this.#ended(failure);
    this.time = new TimeManager(findCalendar(session.config.exchange_group)!);
  }

  /** Does what a line says and prints what comes of it. Expected errors are said, others thrown. */
  async execute(line: string, signal: AbortSignal): Promise<void> {
    try {
      const understood = readLine(line, this.commands);
      if (understood === null) return;
      const { command, given, rest } = understood;
      const text = await command.run({ shell: this, given, rest, signal });
      if (text !== '') await print(text);
    } catch (error) {
      this.#sayWrong(error);
    }
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
    if (this.session.status === 'running') {
      await this.drive.stop();
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

  #sayWrong(error: unknown): void {
    if (error instanceof RunFailedError) {
      this.notify(failureText(error));
      this.worst = EXIT.failed;
      return;
    }
    const declined = error instanceof Declined;
    if (!declined && !(error instanceof UsageError)) throw error;
    this.notify(declined ? error.message : `error: ${error.message}`);
    this.worst = Math.max(this.worst, declined ? EXIT.no : EXIT.wrongUse);
  }
}

function failureText({ phase, message }: RunFailedError): string {
  return `error: the run failed in phase ${phase}: ${message}`;
}
