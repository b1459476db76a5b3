/** What a scenario of the bench is, and how it is measured. */

/** Limits of a scenario, as they are agreed on; what has none is measured all the same. */
export interface Target {
  /** At least so many percent of the reference loop's speed. */
  readonly ratio?: number;
  /** At most so much of a figure, by its name. */
  readonly most?: Readonly<Record<string, number>>;
}

/** A scenario that is set up. Both halves do the same work and return the milliseconds it took. */
export interface Prepared {
  /** How many things one round does, such as base bars; 1 if it is one act. */
  readonly work: number;
  engine(): Promise<number> | number;
  /** The same by other means in the same process; absent where there is nothing to compare with. */
  reference?(): Promise<number> | number;
  /** Further figures, once all rounds are done. */
  figures?(): Readonly<Record<string, number>>;
  close?(): Promise<void> | void;
}

export interface Scenario {
  readonly name: string;
  /** One line on what is measured, and beside what. */
  readonly what: string;
  /** What `work` counts: `bars`; or `ms`, where the time of one act is what matters. */
  readonly unit: 'bars' | 'ms';
  readonly rounds: number;
  readonly warmUps?: number;
  readonly target?: Target;
  prepare(): Promise<Prepared>;
}

export interface Measured {
  readonly name: string;
  readonly what: string;
  /** Medians: bars a second, or milliseconds. */
  readonly unit: 'bars/s' | 'ms';
  readonly engine: number;
  /** (largest − smallest) ÷ median of the engine, percent. */
  readonly spread: number;
  readonly reference: number | null;
  /** Median of the rounds' own ratios, percent: engine to reference, more is better. */
  readonly ratio: number | null;
  readonly figures: Readonly<Record<string, number>>;
  /** What falls short of its target, one phrase each; null without a target. */
  readonly short: readonly string[] | null;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest value that so many percent of all do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)]!;
}

export const rounded = (value: number, digits = 2) => Number(value.toFixed(digits));

/** Engine and reference take turns, so that what else the machine does befalls both. */
export async function measure(scenario: Scenario): Promise<Measured> {
  const { name, what, rounds, warmUps = 1 } = scenario;
  const prepared = await scenario.prepare();
  const engine: number[] = [];
  const reference: number[] = [];
  try {
    for (let round = -warmUps; round < rounds; round++) {
      const ms = await prepared.engine();
      const referenceMs = await prepared.reference?.();
      if (round < 0) continue;
      engine.push(ms);
      if (referenceMs !== undefined) reference.push(referenceMs);
    }
    return result(scenario, { name, what, engine, reference, prepared });
  } finally {
    await prepared.close?.();
  }
}

interface Rounds {
  readonly name: string;
  readonly what: string;
  readonly engine: readonly number[];
  readonly reference: readonly number[];
  readonly prepared: Prepared;
}

function result(scenario: Scenario, { name, what, engine, reference, prepared }: Rounds): Measured {
  const perSecond = (ms: number) => Math.round((prepared.work / ms) * 1000);
  const show = scenario.unit === 'bars' ? perSecond : (ms: number) => rounded(ms);
  const ratios = reference.map((ms, i) => (100 * ms) / engine[i]!);
  const ratio = ratios.length === 0 ? null : rounded(median(ratios));
  const figures = prepared.figures?.() ?? {};
  return {
    name,
    what,
    unit: scenario.unit === 'bars' ? 'bars/s' : 'ms',
    engine: show(median(engine)),
    spread: Math.round((100 * (Math.max(...engine) - Math.min(...engine))) / median(engine)),
    reference: reference.length === 0 ? null : show(median(reference)),
    ratio,
    figures,
    short: shortOf(scenario.target, ratio, figures),
  };
}

function shortOf(
  target: Target | undefined,
  ratio: number | null,
  figures: Readonly<Record<string, number>>,
): string[] | null {
  if (target === undefined) return null;
  const short: string[] = [];
  if (target.ratio !== undefined && ratio !== null && ratio < target.ratio) {
    short.push(`${ratio} % of the reference, ${target.ratio} % wanted`);
  }
  for (const [name, most] of Object.entries(target.most ?? {})) {
    const found = figures[name];
    if (found !== undefined && found > most) short.push(`${name} ${found}, at most ${most} wanted`);
  }
  return short;
}
