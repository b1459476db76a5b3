/** UTC epoch milliseconds of the market's clock, an integer; never the host's clock. */
export type MarketTime = number;

/** A calendar day as `YYYY-MM-DD`, in the exchange's own reckoning. Compares as text. */
export type TradingDate = string;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
