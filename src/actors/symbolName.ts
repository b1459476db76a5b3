import { Ticker } from '../domain/config/leaves.ts';
import { UsageError } from '../domain/errors.ts';

/** A symbol as configs spell it. @throws {UsageError} for what no config could name */
export function symbolNamed(name: string): string {
  const symbol = Ticker.safeParse(name);
  if (symbol.success) return symbol.data;
  throw new UsageError(
    `${JSON.stringify(name)} is no symbol: write one such as "AAPL", "BRK.B" or "BTC-USD"`,
  );
}
