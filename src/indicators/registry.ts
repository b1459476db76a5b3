/** The indicators a run knows: the built-in ones and those its user defines. */
import { UsageError } from '../domain/errors.ts';
import { builtIns } from './builtIns.ts';
import type { IndicatorDefinition } from './indicator.ts';

export interface IndicatorRegistry {
  /**
   * Adds an indicator, from then on as good as a built-in one.
   * @throws {UsageError} if the name is taken or the definition is not sound
   */
  define(definition: IndicatorDefinition): void;
  find(name: string): IndicatorDefinition | undefined;
  /** Ascending. */
  names(): string[];
}

/** True for those that come with the engine, which do nothing but calculate. */
export function isBuiltIn(definition: IndicatorDefinition): boolean {
  return builtIns.includes(definition);
}

/** A registry of its own, holding the built-in indicators. */
export function createRegistry(): IndicatorRegistry {
  const known = new Map(builtIns.map((definition) => [definition.name, definition]));
  return {
    define(definition) {
      const problem =
        problemOf(definition) ?? (known.has(definition.name) ? 'its name is taken' : undefined);
      if (problem !== undefined) {
        throw new UsageError(`indicator "${definition.name}" cannot be defined: ${problem}`);
      }
      known.set(definition.name, definition);
    },
    find: (name) => known.get(name),
    names: () => [...known.keys()].sort(),
  };
}

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

function problemOf(definition: IndicatorDefinition): string | undefined {
  const { name, period, params, outputs } = definition;
  if (!NAME.test(name)) return 'its name must be lower snake case, such as "my_average"';
  if (new Set(outputs).size < outputs.length) return 'two of its outputs have one name';
  for (const named of [...Object.keys(params), ...outputs]) {
    if (!NAME.test(named)) return `"${named}" must be lower snake case, such as "num_std"`;
  }
  if (period !== null) {
    const usual = period.default ?? period.min;
    const whole = Number.isInteger(period.min) && Number.isInteger(usual);
    if (!whole || period.min < 1 || usual < period.min) {
      return 'its smallest period must be a whole number of 1 or more, and not above the default';
    }
  }
  for (const [param, rule] of Object.entries(params)) {
    const inside =
      rule.default >= rule.min && rule.default <= (rule.max ?? Number.POSITIVE_INFINITY);
    if (!inside) return `the default ${rule.default} of "${param}" is outside its own bounds`;
    if (rule.integer && !Number.isInteger(rule.default)) {
      return `the default ${rule.default} of "${param}" is not a whole number`;
    }
  }
  return undefined;
}
