/** Every indicator the project ships: one file each. */
import { adx } from './adx.ts';
import { aroon } from './aroon.ts';
import { atr } from './atr.ts';
import { atrDaily } from './atrDaily.ts';
import { avgRange } from './avgRange.ts';
import { avgVolume } from './avgVolume.ts';
import { bbands } from './bbands.ts';
import { cci } from './cci.ts';
import { chaikinMoneyFlow } from './chaikinMoneyFlow.ts';
import { dema } from './dema.ts';
import { donchian } from './donchian.ts';
import { ema } from './ema.ts';
import { gapStats } from './gapStats.ts';
import { highLow } from './highLow.ts';
import { histvol } from './histvol.ts';
import { hma } from './hma.ts';
import { ichimoku } from './ichimoku.ts';
import type { IndicatorDefinition } from './indicator.ts';
import { kama } from './kama.ts';
import { keltner } from './keltner.ts';
import { macd } from './macd.ts';
import { mfi } from './mfi.ts';
import { mom } from './mom.ts';
import { obv } from './obv.ts';
import { openingRange } from './openingRange.ts';
import { parabolicSar } from './parabolicSar.ts';
import { pivotPoints } from './pivotPoints.ts';
import { pvt } from './pvt.ts';
import { rangeRatio } from './rangeRatio.ts';
import { roc } from './roc.ts';
import { rsi } from './rsi.ts';
import { sma } from './sma.ts';
import { stddev } from './stddev.ts';
import { stochastic } from './stochastic.ts';
import { stochRsi } from './stochRsi.ts';
import { supertrend } from './supertrend.ts';
import { swingHigh } from './swingHigh.ts';
import { swingLow } from './swingLow.ts';
import { tema } from './tema.ts';
import { twap } from './twap.ts';
import { ultimateOsc } from './ultimateOsc.ts';
import { volumeRatio } from './volumeRatio.ts';
import { volumeSma } from './volumeSma.ts';
import { vwap } from './vwap.ts';
import { williamsR } from './williamsR.ts';
import { wma } from './wma.ts';

export const builtIns: readonly IndicatorDefinition[] = [
  sma,
  ema,
  wma,
  dema,
  tema,
  hma,
  vwap,
  twap,
  rsi,
  macd,
  stochastic,
  cci,
  roc,
  mom,
  williamsR,
  ultimateOsc,
  atr,
  bbands,
  keltner,
  donchian,
  stddev,
  histvol,
  obv,
  pvt,
  volumeSma,
  volumeRatio,
  pivotPoints,
  highLow,
  swingHigh,
  swingLow,
  avgVolume,
  avgRange,
  gapStats,
  rangeRatio,
  atrDaily,
  adx,
  mfi,
  supertrend,
  ichimoku,
  openingRange,
  kama,
  stochRsi,
  parabolicSar,
  aroon,
  chaikinMoneyFlow,
];
