/** Runs with scanners, built in or a test's own. */
import { expect } from 'vitest';
import type {
  Scanner,
  ScannerContext,
  ScannerFactory,
  ScanResult,
  SessionOptions,
} from '../../src/index.ts';
import { barsOf, configOf, runOf, type TestBar, type TestConfig } from '../support.ts';

export interface ScannerCase {
  /** Absent: it is a built-in one. */
  readonly scanner?: Scanner;
  readonly config?: object;
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

/** Options of a session with these scanners, by module, in this order. */
export function withScanners(
  scanners: Readonly<Record<string, ScannerCase>>,
  { session = {}, data, ...config }: TestConfig & { data?: unknown } = {},
): SessionOptions & { config: ReturnType<typeof configOf> } {
  const entries = Object.entries(scanners).map(([module, each]) => ({
    module,
    pre_session: each.pre_session ?? false,
    regular_session: (each.times ?? []).map((text) => {
      const [, start, end, interval] = /^(.+)-(.+)\/(.+)$/.exec(text)!;
      return { start, end, interval };
    }),
    config: each.config ?? {},
  }));
  const own = Object.entries(scanners).flatMap(([name, { scanner }]) =>
    scanner === undefined ? [] : [[name, () => scanner] as const],
  );
  return {
    config: configOf({ ...config, session: { ...session, scanners: entries } }),
    data: (data ?? { type: 'synthetic', seed: 7 }) as never,
    scanners: Object.fromEntries(own) as Record<string, ScannerFactory>,
  };
}

/** A run with scanners, none of which fails, and what each scan found on which figures. */
export async function scansOf(...given: Parameters<typeof withScanners>) {
  const run = await runOf(withScanners(...given));
  expect(run.of('ScanFailed')).toEqual([]);
  const scans = run.of('ScanCompleted').map(({ at, symbols, metadata }) => {
    const { figures, universe } = metadata as { figures: Record<string, number>; universe: number };
    return { at, symbols, figures, universe };
  });
  return { run, scans };
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
