/**
 * `momentum`: symbols that have moved far within the last minutes, or since the open.
 *
 * Figure: (last close ÷ open of the first bar of those minutes − 1) × 100. It is known once so many minutes of
 * the session have passed.
 */
import { countIndicesWhile } from '../../domain/bisect.ts';
import { MomentumSettings } from '../../domain/config/scannerSettings.ts';
import type { SymbolView } from '../../domain/sessionView.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import { CriterionScanner, type Moment, moves, settingsOf } from './criterionScanner.ts';

/** Percent; null if no bar opened in those minutes, or they reach back before the open. */
function changePercent(
  symbol: SymbolView,
  { now, session }: Moment,
  minutes?: number,
): number | null {
  const from = minutes === undefined ? session.open : now - minutes * MINUTE_MS;
  const bars = symbol.bars(symbol.base);
  if (bars === undefined || from < session.open) return null;
  const { opened } = bars;
  const before = bars.open.at(countIndicesWhile(opened.length, (i) => opened.at(i)! < from));
  const last = bars.close.at(-1);
  return before === undefined || last === undefined ? null : (last / before - 1) * 100;
}

/** @throws {UsageError} for settings that are none */
export function momentum(config: unknown): CriterionScanner {
  const settings = settingsOf('momentum', MomentumSettings, config);
  const { minutes, min_change_percent, direction } = settings;
  return new CriterionScanner(settings, {
    needs: {},
    figure: (symbol, moment) => changePercent(symbol, moment, minutes),
    passes: (percent) => moves(percent, min_change_percent, direction),
  });
}
