import { describe, expect, it } from 'vitest';
import { configJsonSchema } from '../../src/domain/config/jsonSchema.ts';
import { accepted, smallest } from './known.ts';

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

const schema = configJsonSchema() as Node;

/** Every key of fixed name, as a path, with its schema. Data sources are alternatives of each other: not here. */
function keysOf(node: Node, path = ''): [string, Node][] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, value]): [string, Node][] => {
    const place = path === '' ? key : `${path}.${key}`;
    return [[place, value], ...keysOf(value, place)];
  });
  const { items, additionalProperties: values } = node;
  return [
    ...own,
    ...(items === undefined ? [] : keysOf(items, `${path}[]`)),
    ...(typeof values === 'object' ? keysOf(values, `${path}.*`) : []),
  ];
}

const keys = new Map(keysOf(schema));

describe('the JSON Schema of a config', () => {
  it('has every key of a complete config', () => {
    const config = accepted(smallest());
    const present = Object.entries(config).flatMap(([section, held]) =>
      section === 'metadata' || typeof held !== 'object'
        ? [section]
        : [section, ...Object.keys(held).map((key) => `${section}.${key}`)],
    );
    expect(present.filter((key) => !keys.has(key))).toEqual([]);
    expect(keys.has('session_data_config.scanners[].regular_session[].interval')).toBe(true);
    expect(keys.has('session_data_config.historical.indicators.*.skip_early_close')).toBe(true);
  });

  it('describes every key in one sentence', () => {
    const poor = [...keys].filter(([, { description = '' }]) => !/^["A-Z].*\.$/.test(description));
    expect(poor.map(([key]) => key)).toEqual([]);
  });

  it('states each default in the description too', () => {
    const scalars = [...keys].filter(([, node]) =>
      ['string', 'number'].includes(typeof node.default),
    );
    const silent = scalars.filter(
      ([, { description = '', default: value }]) =>
        !new RegExp(`Default "?${value}"?\\.$`).test(description),
    );
    expect(scalars.length).toBeGreaterThan(10);
    expect(silent.map(([key]) => key)).toEqual([]);
  });

  it('accepts a comment in every object of fixed keys, and no other key that is not listed', () => {
    const objects = [['', schema] as const, ...keys].filter(([, node]) => node.properties);
    expect(objects.length).toBeGreaterThan(8);
    for (const [, node] of objects) {
      expect(node.additionalProperties).toBe(false);
      expect(node.properties).toHaveProperty('comment');
    }
  });

  it('requires what has no default', () => {
    expect(schema.required).toEqual([
      'session_name',
      'mode',
      'backtest_config',
      'session_data_config',
      'trading_config',
    ]);
    expect(keys.get('session_data_config')?.required).toEqual(['symbols', 'streams']);
    expect(keys.get('trading_config')?.required).toHaveLength(4);
    expect(keys.get('api_config')?.required).toBeUndefined();
  });

  it('gives editors bounds, choices and patterns', () => {
    expect(keys.get('session_data_config.gap_filler.max_retries')).toMatchObject({
      type: 'integer',
      minimum: 1,
      maximum: 20,
      default: 5,
    });
    expect(keys.get('backtest_config.prefetch_days')).not.toHaveProperty('maximum');
    expect(keys.get('asset_class')?.enum).toEqual([
      'EQUITY',
      'CRYPTO',
      'FUTURES',
      'OPTIONS',
      'FOREX',
    ]);
    const streams = keys.get('session_data_config.streams')?.items?.pattern as string;
    expect(['5m', 'quotes', '90s'].every((text) => new RegExp(streams).test(text))).toBe(true);
    expect(['0m', 'ticks', '5min'].some((text) => new RegExp(streams).test(text))).toBe(false);
    expect(keys.get('session_data_config.extended_hours')?.const).toBe(false);
  });

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });
});
