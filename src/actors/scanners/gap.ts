/**
 * `gap`: symbols whose first price today is away from where they closed.
 *
 * Figure: (open of today's first bar ÷ close of the last day of history − 1) × 100. It is known once the first
 * bar of the day has ended.
 */
import { GapSettings } from '../../domain/config/scannerSettings.ts';
import type { SymbolView } from '../../domain/sessionView.ts';
import { CriterionScanner, moves, settingsOf } from './criterionScanner.ts';

/** Percent; null before the first bar, or without a bar on the trading day before. */
function gapPercent(symbol: SymbolView): number | null {
  const { open } = symbol.metrics;
  const close = symbol.history('1d')?.bars().close.at(-1);
  return open === null || close === undefined ? null : (open / close - 1) * 100;
}

/** @throws {UsageError} for settings that are none */
export function gap(config: unknown): CriterionScanner {
  const settings = settingsOf('gap', GapSettings, config);
  const { min_gap_percent, direction } = settings;
  return new CriterionScanner(settings, {
    needs: { history: [{ trailing_days: 1, intervals: ['1d'] }] },
    figure: gapPercent,
    passes: (percent) => moves(percent, min_gap_percent, direction),
  });
}
