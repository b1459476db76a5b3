/**
 * `relative-volume`: symbols that trade more than they do by this time of day.
 *
 * Figure: today's volume so far ÷ the mean volume of the same minutes of the trailing days. Days that had closed
 * by this time of day are left out of the mean. With `baseline: daily` the mean is that of whole days, in
 * proportion to how much of the session has passed: it needs daily bars only, and takes the volume to be even
 * over the day, which it is not.
 */
import { RelativeVolumeSettings } from '../../domain/config/scannerSettings.ts';
import type { HistoryView, SymbolView } from '../../domain/sessionView.ts';
import { MINUTE_MS, type TradingDate } from '../../domain/time.ts';
import { CriterionScanner, type Moment, settingsOf } from './criterionScanner.ts';

/** Null at the open, and without volume on the trailing days. */
export function relativeVolume(
  symbol: SymbolView,
  moment: Moment,
  { days, daily }: { days: number; daily: boolean },
): number | null {
  const history = symbol.history(daily ? '1d' : '1m');
  if (history === undefined || moment.now <= moment.session.open) return null;
  const dates = history.dates.slice(-days);
  const volumes = daily
    ? dates.map((date) => total(history, date) * partOfSession(moment))
    : dates.flatMap((date) => volumeByNow(history, date, moment) ?? []);
  const mean = volumes.reduce((sum, volume) => sum + volume, 0) / volumes.length;
  return mean > 0 ? symbol.metrics.volume / mean : null;
}

/** The volume of a day up to this time of day; undefined if its session was over by then. */
function volumeByNow(
  history: HistoryView,
  date: TradingDate,
  { now, session, sessionOf }: Moment,
): number | undefined {
  const day = sessionOf(date);
  const elapsed = now - session.open;
  if (day === null || day.close - day.open < elapsed) return undefined;
  const { opened, volume } = history.bars(date);
  const lastOpened = day.open + elapsed - MINUTE_MS;
  let sum = 0;
  for (let i = 0; i < opened.length && opened.at(i)! <= lastOpened; i++) sum += volume.at(i)!;
  return sum;
}

function total(history: HistoryView, date: TradingDate): number {
  let sum = 0;
  for (const volume of history.bars(date).volume) sum += volume;
  return sum;
}

function partOfSession({ now, session }: Moment): number {
  return (now - session.open) / (session.close - session.open);
}

/** @throws {UsageError} for settings that are none */
export function relativeVolumeScanner(config: unknown): CriterionScanner {
  const settings = settingsOf('relative-volume', RelativeVolumeSettings, config);
  const { min_ratio, trailing_days, baseline } = settings;
  const daily = baseline === 'daily';
  return new CriterionScanner(settings, {
    needs: { history: [{ trailing_days, intervals: [daily ? '1d' : '1m'] }] },
    figure: (symbol, moment) => relativeVolume(symbol, moment, { days: trailing_days, daily }),
    passes: (ratio) => ratio >= min_ratio,
  });
}
