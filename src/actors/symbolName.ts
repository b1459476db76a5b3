import { UsageError } from '../domain/errors.ts';

/** A symbol as configs spell it. @throws {UsageError} if it is not one word */
export function symbolNamed(name: string): string {
  const symbol = name.trim().toUpperCase();
  if (/^\S+$/.test(symbol)) return symbol;
  throw new UsageError(`"${name}" is no symbol: write one word, such as "TSLA"`);
}
