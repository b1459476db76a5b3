/**
 * What the scanners that come with the engine share: they bring their universe in, keep the symbols whose figure
 * is enough, and let go of the others. Each differs by its criterion only.
 *
 * They touch nothing that is not theirs: symbols of the config, symbols that others have added, and symbols that
 * someone has locked stay. What they add is of the day: when the session is over, they take it out again.
 */
import { formatProblem } from '../../domain/config/problem.ts';
import { parseSettings, type UniverseSettings } from '../../domain/config/scannerSettings.ts';
import { UsageError } from '../../domain/errors.ts';
import type { SymbolView } from '../../domain/sessionView.ts';
import type {
  Scanner,
  ScannerContext,
  ScannerNeeds,
  ScannerOpening,
  ScanResult,
} from '../scanner.ts';

/** The clock and the calendar, for figures that depend on them. */
export type Moment = Pick<ScannerContext, 'now' | 'session' | 'sessionOf'>;

export interface Criterion {
  readonly needs: ScannerNeeds;
  /** The figure of a symbol; null while it has none. */
  figure(symbol: SymbolView, moment: Moment): number | null;
  passes(figure: number): boolean;
}

interface Ranked {
  readonly symbol: string;
  readonly figure: number;
  readonly passes: boolean;
}

/** @throws {UsageError} naming everything that is wrong in the config of scanner `name` */
export function settingsOf<S extends Parameters<typeof parseSettings>[0]>(
  name: string,
  schema: S,
  config: unknown,
) {
  const parsed = parseSettings(schema, config);
  if (parsed.ok) return parsed.settings;
  const mistakes = parsed.problems.map((problem) => `config.${formatProblem(problem)}`);
  throw new UsageError(`scanner "${name}": ${mistakes.join('; ')}`);
}

export class CriterionScanner implements Scanner {
  readonly #settings: UniverseSettings;
  readonly #criterion: Criterion;
  /** What it looks at today; null for whatever is in the session. */
  #universe: readonly string[] | null = null;
  /** Symbols that are in the session because of it. */
  readonly #added = new Set<string>();
  /** Symbols that cannot be loaded today: they are not asked for again. */
  readonly #refused = new Set<string>();
  /** Picks that it has locked. */
  readonly #locked = new Set<string>();

  constructor(settings: UniverseSettings, criterion: Criterion) {
    this.#settings = settings;
    this.#criterion = criterion;
  }

  /** @throws {UsageError} for a universe file that cannot be read */
  subscribe(_config: unknown, opening: ScannerOpening): ScannerNeeds {
    const { universe } = this.#settings;
    if (typeof universe === 'string') opening.universe(universe);
    return this.#criterion.needs;
  }

  setup(context: ScannerContext): void {
    const { universe } = this.#settings;
    this.#universe = typeof universe === 'string' ? context.universe(universe) : (universe ?? null);
    this.#refused.clear();
    this.#locked.clear();
  }

  async scan(context: ScannerContext): Promise<ScanResult> {
    const { top } = this.#settings;
    const universe = this.#universe ?? context.view.symbols;
    await this.#bringIn(universe, context);
    const ranked = this.#rank(universe, context);
    const symbols = ranked.filter(({ passes }) => passes).map(({ symbol }) => symbol);
    const picks = symbols.slice(0, top);
    if (this.#settings.lock) this.#lockOnly(picks, context);
    // Before the session nothing has traded that could tell what is worth keeping.
    if (context.view.active) await this.#letGo(new Set(picks), context);
    const figures = Object.fromEntries(ranked.map(({ symbol, figure }) => [symbol, plain(figure)]));
    return { symbols: picks, metadata: { universe: universe.length, figures } };
  }

  /** What it has added is not loaded the next day unless it is found again. */
  async teardown({ removeSymbol }: ScannerContext): Promise<void> {
    // Someone else may have removed one of them meanwhile, which is no failure.
    await Promise.allSettled([...this.#added].map((symbol) => removeSymbol(symbol)));
    this.#added.clear();
  }

  async #bringIn(universe: readonly string[], context: ScannerContext): Promise<void> {
    const { view, ensureSymbol } = context;
    const wanted = universe.filter((symbol) => !this.#refused.has(symbol));
    const here = new Set(view.symbols);
    const found = await Promise.all(wanted.map((symbol) => ensureSymbol(symbol)));
    for (const [i, symbol] of wanted.entries()) {
      if (found[i] === undefined) this.#refused.add(symbol);
      else if (!here.has(symbol) && found[i].addedBy === 'scanner') this.#added.add(symbol);
    }
  }

  /** Every symbol that has a figure, the largest first. */
  #rank(universe: readonly string[], context: ScannerContext): Ranked[] {
    const { min_price, min_volume } = this.#settings;
    const ranked = universe.flatMap((symbol): Ranked[] => {
      const seen = context.view.symbol(symbol);
      const figure = seen === undefined ? null : this.#criterion.figure(seen, context);
      if (seen === undefined || figure === null || !Number.isFinite(figure)) return [];
      const { last, volume } = seen.metrics;
      const traded = (last ?? 0) >= min_price && volume >= min_volume;
      return [{ symbol, figure, passes: traded && this.#criterion.passes(figure) }];
    });
    return ranked.sort(
      (a, b) => Math.abs(b.figure) - Math.abs(a.figure) || (a.symbol < b.symbol ? -1 : 1),
    );
  }

  #lockOnly(picks: readonly string[], { lock, unlock }: ScannerContext): void {
    for (const symbol of this.#locked) if (!picks.includes(symbol)) unlock(symbol);
    this.#locked.clear();
    for (const symbol of picks) {
      lock(symbol);
      this.#locked.add(symbol);
    }
  }

  async #letGo(picks: ReadonlySet<string>, context: ScannerContext): Promise<void> {
    if (this.#settings.keep_universe) return;
    const { view, removeSymbol } = context;
    const leaving: string[] = [];
    for (const symbol of this.#added) {
      if (picks.has(symbol)) continue;
      const seen = view.symbol(symbol);
      // What others have locked or find may be free at the next scan; what they have brought in anew is theirs.
      if (seen !== undefined && seen.locks.length > 0) continue;
      if (context.isFoundByOthers(symbol)) continue;
      this.#added.delete(symbol);
      if (seen?.addedBy === 'scanner') leaving.push(symbol);
    }
    await Promise.allSettled(leaving.map((symbol) => removeSymbol(symbol)));
  }
}

/** As people write it; what is compared is not rounded. */
function plain(figure: number): number {
  return Math.round(figure * 10_000) / 10_000;
}

/** Whether a change in percent is at least `min`, in the direction asked for. */
export function moves(percent: number, min: number, direction: 'up' | 'down' | 'both'): boolean {
  if (direction === 'both') return Math.abs(percent) >= min;
  return direction === 'up' ? percent >= min : -percent >= min;
}
