/** Runs with scanners of a test's own. */
import type {
  Scanner,
  ScannerContext,
  ScannerFactory,
  ScanResult,
  SessionOptions,
} from '../../src/index.ts';
import { barsOf, configOf, type TestBar, type TestConfig } from '../support.ts';

export interface ScannerCase {
  readonly scanner: Scanner;
  readonly pre_session?: boolean;
  /** As `09:35-10:00/5m`. */
  readonly times?: readonly string[];
}

/** A scanner that finds nothing while it looks. */
export function looking(
  look: (context: ScannerContext) => unknown,
  more: Partial<Scanner> = {},
): Scanner {
  return {
    ...more,
    scan: async (context) => {
      await look(context);
      return { symbols: [] };
    },
  };
}

/** A scanner that finds what `find` gives. */
export function finding(find: (context: ScannerContext) => ScanResult['symbols']): Scanner {
  return { scan: (context) => ({ symbols: find(context) }) };
}

/** Options of a session with these scanners, in this order. */
export function withScanners(
  scanners: Readonly<Record<string, ScannerCase>>,
  { session = {}, data, ...config }: TestConfig & { data?: unknown } = {},
): SessionOptions & { config: ReturnType<typeof configOf> } {
  const entries = Object.entries(scanners).map(([module, { pre_session = false, times = [] }]) => ({
    module,
    pre_session,
    regular_session: times.map((text) => {
      const [, start, end, interval] = /^(.+)-(.+)\/(.+)$/.exec(text)!;
      return { start, end, interval };
    }),
  }));
  const made = Object.entries(scanners).map(([name, { scanner }]) => [name, () => scanner]);
  return {
    config: configOf({ ...config, session: { ...session, scanners: entries } }),
    data: (data ?? { type: 'synthetic', seed: 7 }) as never,
    scanners: Object.fromEntries(made) as Record<string, ScannerFactory>,
  };
}

/** Bars of some symbols, each with a few minutes missing. */
export function marketOf(
  symbols: readonly string[],
  dates: readonly string[],
): Record<string, TestBar[]> {
  const barsOfSymbol = (seed: number) =>
    barsOf({ dates, seed, missing: (minute) => minute % (40 + seed) === 7 });
  return Object.fromEntries(symbols.map((symbol, i) => [symbol, barsOfSymbol(i + 1)]));
}
