/** How far a run has come, on stderr: one line redrawn on a terminal, elsewhere now and then a line. */
import { isoInZone } from '../domain/calendar/display.ts';
import type { SessionView } from '../domain/sessionView.ts';
import type { MarketTime } from '../domain/time.ts';
import { counted, plural } from './table.ts';

/** What progress shows of a session. */
export interface Progressing {
  readonly view: SessionView;
  readonly bars: number;
  readonly progress: { readonly sessions: number; readonly done: number };
  readonly overruns: number;
  readonly config: { readonly backtest_config: { readonly speed_multiplier: number } };
}

const REDRAW_MS = 100;
/** Where nothing can be redrawn: a line once a day is over, and no more than one a second. */
const LOOK_MS = 25;
const LINE_MS = 1_000;
const BAR_WIDTH = 12;

export class Progress {
  readonly #redraws: boolean;
  #session: Progressing | null = null;
  #zone = 'UTC';
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;
  /** Those of a past that was executed again are not of this time. */
  #barsBefore = 0;
  #daysShown = 0;
  #nextLine = 0;
  #drawn = false;

  constructor(redraws = process.stderr.isTTY === true) {
    this.#redraws = redraws;
  }

  /** Shows the session until `stop`. @param zone the exchange's */
  start(session: Progressing, zone: string): void {
    this.#session = session;
    this.#barsBefore = session.bars;
    this.#zone = zone;
    this.#startedAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), this.#redraws ? REDRAW_MS : LOOK_MS);
    this.#timer.unref();
  }

  /** Shows long work before the first session, such as the indexing of files. */
  working({ what, done, total }: { what: string; done: number; total: number }): void {
    if (this.#redraws) this.#draw(`${what}  ${Math.floor((100 * done) / Math.max(1, total))} %`);
  }

  /** Leaves the screen as it was. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#drawn) this.#draw('');
  }

  #tick(): void {
    const session = this.#session;
    if (session === null || session.view.seq === 0) return;
    const line = this.#line(session);
    if (this.#redraws) {
      this.#draw(line);
      return;
    }
    const day = session.progress.done;
    const now = performance.now();
    if (day === this.#daysShown || now < this.#nextLine) return;
    this.#daysShown = day;
    this.#nextLine = now + LINE_MS;
    process.stderr.write(`${line}\n`);
  }

  #line(shown: Progressing): string {
    const { view, bars, progress } = shown;
    const { sessions, done } = progress;
    const { session, now } = view;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const perSecond = Math.round((bars - this.#barsBefore) / seconds);
    const passed = done + (view.active && session !== null ? passedOf(session, now) : 0);
    const clock = isoInZone(now, this.#zone);
    return [
      barOf(passed / sessions),
      `day ${Math.min(done + 1, sessions)}/${sessions}`,
      `${clock.slice(0, 10)} ${clock.slice(11, 16)}`,
      `${counted(bars)} bars`,
      `${counted(perSecond)} bars/s`,
      ...paceOf(shown),
    ].join('  ');
  }

  #draw(line: string): void {
    this.#drawn = line !== '';
    process.stderr.write(`\r${line.slice(0, (process.stderr.columns ?? 80) - 1)}\x1b[K`);
  }
}

/** Of a clock-driven run. */
function paceOf({ config, overruns }: Progressing): string[] {
  const { speed_multiplier: speed } = config.backtest_config;
  if (speed === 0) return [];
  const late = overruns === 0 ? '' : `, ${plural(overruns, 'overrun')}`;
  return [`${counted(speed)}× real time${late}`];
}

/** Fraction of a session that is over. */
function passedOf({ open, close }: { open: MarketTime; close: MarketTime }, now: MarketTime) {
  return (now - open) / (close - open);
}

function barOf(fraction: number): string {
  const full = Math.round(fraction * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(Math.max(0, BAR_WIDTH - full))}]`;
}
