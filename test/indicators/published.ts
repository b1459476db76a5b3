/** Answers that others have published, for the daily bars of `shared/gold/indicators/daily.csv`. */
import type { Chosen } from './markets.ts';

export interface GoldCheck {
  readonly file: string;
  readonly name: string;
  readonly chosen: Chosen;
  /** Column of the file for each of our outputs, in their order. */
  readonly columns: readonly string[];
}

/** Whole series of reference answers, beside the project. */
export const CHECKS: readonly GoldCheck[] = [
  { file: 'atr.14', name: 'atr', chosen: { period: 14 }, columns: ['atr'] },
  { file: 'atr.14', name: 'atr_daily', chosen: { period: 14 }, columns: ['atr'] },
  {
    file: 'bbands.20-2',
    name: 'bbands',
    chosen: { period: 20, params: { num_std: 2 } },
    columns: ['upperBand', 'sma', 'lowerBand', 'width'],
  },
  { file: 'cci.20', name: 'cci', chosen: { period: 20 }, columns: ['cci'] },
  { file: 'dema.14', name: 'dema', chosen: { period: 14 }, columns: ['dema'] },
  { file: 'ema.20', name: 'ema', chosen: { period: 20 }, columns: ['ema'] },
  { file: 'hma.14', name: 'hma', chosen: { period: 14 }, columns: ['hma'] },
  {
    file: 'keltner.20-2-10',
    name: 'keltner',
    chosen: { period: 20, params: { multiplier: 2, atr_period: 10 } },
    columns: ['upperBand', 'centerline', 'lowerBand'],
  },
  { file: 'macd.12-26-9', name: 'macd', chosen: {}, columns: ['macd', 'signal', 'histogram'] },
  { file: 'obv', name: 'obv', chosen: {}, columns: ['obv'] },
  { file: 'roc.14', name: 'roc', chosen: { period: 14 }, columns: ['roc'] },
  { file: 'roc.14', name: 'mom', chosen: { period: 14 }, columns: ['momentum'] },
  { file: 'rsi.14', name: 'rsi', chosen: { period: 14 }, columns: ['rsi'] },
  { file: 'sma.20', name: 'sma', chosen: { period: 20 }, columns: ['sma'] },
  { file: 'stddev.14', name: 'stddev', chosen: { period: 14 }, columns: ['stdDev'] },
  { file: 'stddev.14', name: 'sma', chosen: { period: 14 }, columns: ['mean'] },
  {
    file: 'stochastic.14-3-3',
    name: 'stochastic',
    chosen: { period: 14, params: { smooth_k: 3, d_period: 3 } },
    columns: ['oscillator', 'signal'],
  },
  { file: 'ultimate_osc.7-14-28', name: 'ultimate_osc', chosen: {}, columns: ['ultimate'] },
  { file: 'williams_r.14', name: 'williams_r', chosen: { period: 14 }, columns: ['williamsR'] },
  { file: 'wma.14', name: 'wma', chosen: { period: 14 }, columns: ['wma'] },
];

/**
 * Averages of volume over 20 days.
 * @see https://github.com/DaveSkender/Stock.Indicators/blob/d5c66604787c731c87708b6ce1fa6e8962529fc6/tests/indicators/s-z/Sma/Sma.StaticSeries.Tests.cs
 */
const VOLUMES = { 18: [null], 24: [77293768.2], 290: [157958070.8], 501: [163695200] };

/**
 * Single days of indicators that have no file of reference answers.
 * @see https://github.com/DaveSkender/Stock.Indicators/tree/d5c66604787c731c87708b6ce1fa6e8962529fc6/tests/indicators/_testdata/results
 */
export const DAYS: readonly {
  readonly name: string;
  readonly chosen: Chosen;
  /** Outputs by row of daily.csv, from 0; null = not ready. */
  readonly rows: Readonly<Record<number, readonly (number | null)[]>>;
}[] = [
  {
    name: 'adx',
    chosen: { period: 14 },
    rows: {
      19: [null, 21.03608429006997, 25.012425579421205],
      29: [19.794904983462914, 37.971895464629924, 14.165829841353299],
      501: [34.298699144618226, 17.75652311356243, 31.15096867463606],
    },
  },
  {
    name: 'aroon',
    chosen: { period: 25 },
    rows: { 24: [null, null, null], 293: [0, 40, -40], 501: [28, 88, -60] },
  },
  {
    name: 'chaikin_money_flow',
    chosen: { period: 20 },
    rows: { 18: [null], 49: [0.3505957917241881], 501: [-0.12375374234545743] },
  },
  {
    name: 'ichimoku',
    chosen: {},
    // The last is close(t): the reference draws it 26 days back instead.
    rows: {
      51: [224.465, 221.94, 214.83249999999998, null, 224.91],
      501: [241.26, 251.505, 264.77, 269.82, 245.28],
    },
  },
  {
    name: 'kama',
    chosen: { period: 10 },
    rows: {
      8: [null],
      9: [213.75],
      10: [213.77131601508916],
      149: [235.5509617531625],
      501: [240.1137540707837],
    },
  },
  {
    name: 'mfi',
    chosen: { period: 14 },
    rows: { 13: [null], 439: [69.0622390104692], 501: [39.949377041250514] },
  },
  {
    name: 'parabolic_sar',
    chosen: {},
    rows: { 13: [null], 14: [212.83], 16: [212.9924], 94: [228.36], 501: [229.7662] },
  },
  {
    name: 'supertrend',
    chosen: { period: 10 },
    rows: {
      9: [null, null],
      13: [210.25234, 1],
      151: [233.046306276649, 1],
      501: [251.807983370328, -1],
    },
  },
  {
    name: 'tema',
    chosen: { period: 20 },
    rows: { 18: [null], 67: [222.95620754555293], 501: [238.76900727279593] },
  },
  {
    name: 'stoch_rsi',
    chosen: { period: 14, params: { smooth_k: 1 } },
    rows: {
      31: [93.33330446429383, 97.77776815476462],
      152: [0, 0],
      501: [97.5243512695025, 89.83846321740634],
    },
  },
  {
    // The reference leaves out the current day: what it says of the next one.
    name: 'donchian',
    chosen: { period: 20 },
    rows: {
      18: [null, null, null],
      19: [217.02, 214.27, 211.52],
      149: [236.47, 233.06, 229.65],
      299: [270.07, 261.835, 253.6],
      500: [273.59, 251.505, 229.42],
    },
  },
  {
    name: 'high_low',
    chosen: { period: 20 },
    rows: { 18: [null, null], 19: [217.02, 211.52], 149: [236.47, 229.65], 500: [273.59, 229.42] },
  },
  {
    name: 'vwap',
    chosen: {},
    rows: {
      0: [212.5566666666667],
      1: [213.13683518278566],
      250: [232.61130126078854],
      501: [250.37004770976762],
    },
  },
  {
    // Fractals of two bars on either side: each is known two bars later, and stays until the next.
    name: 'swing_high',
    chosen: { period: 2 },
    rows: { 4: [null], 5: [215.17], 9: [215.17], 10: [214.84], 18: [217.02], 501: [262.47] },
  },
  {
    name: 'swing_low',
    chosen: { period: 2 },
    rows: { 8: [null], 9: [212.53], 15: [212.83], 21: [213.82], 499: [252.34], 500: [229.42] },
  },
  { name: 'volume_sma', chosen: { period: 20 }, rows: VOLUMES },
  { name: 'avg_volume', chosen: { period: 20 }, rows: VOLUMES },
];
