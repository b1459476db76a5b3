/** The registered indicators as configs are checked against them. */
import type { IndicatorCatalogue } from '../domain/config/catalogue.ts';
import { keyOf } from './key.ts';
import type { IndicatorRegistry } from './registry.ts';

/** What a config may name of indicators, and how their keys are made. */
export function catalogueOf(registry: IndicatorRegistry): IndicatorCatalogue {
  return {
    names: () => registry.names(),
    find: (name) => registry.find(name),
    keyOf: (spec) => {
      const definition = registry.find(spec.name)!;
      const period = spec.period || definition.period?.default;
      return spec.key ?? keyOf(definition, { ...spec, period });
    },
  };
}
