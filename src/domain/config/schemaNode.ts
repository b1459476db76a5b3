/** What a schema holds, seen through the defaults, options and transforms around it. */
import { z } from 'zod';

export type Schema = z.core.$ZodType;

export type Shape = Readonly<Record<string, Schema>>;

export type SchemaNode =
  | { readonly kind: 'object'; readonly shape: Shape }
  | { readonly kind: 'list'; readonly element: Schema }
  | { readonly kind: 'record'; readonly key: Schema; readonly value: Schema }
  | { readonly kind: 'union'; readonly options: readonly Schema[] }
  /** A single value, or an object of the user's own that is kept as it is. */
  | { readonly kind: 'leaf' };

export function nodeOf(schema: Schema): SchemaNode {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return nodeOf(def.innerType);
    case 'pipe':
      return nodeOf(def.in);
    case 'object':
      return { kind: 'object', shape: def.shape };
    case 'array':
      return { kind: 'list', element: def.element };
    case 'record':
      return isAnything(def.valueType)
        ? { kind: 'leaf' }
        : { kind: 'record', key: def.keyType, value: def.valueType };
    case 'union':
      return { kind: 'union', options: def.options };
    default:
      return { kind: 'leaf' };
  }
}

/** The option of a union that a value was meant for: by its form, and by its `type` where several have that. */
export function branchFor(options: readonly Schema[], raw: unknown): Schema | undefined {
  return options.find((option) => {
    const node = nodeOf(option);
    if (node.kind === 'union') return branchFor(node.options, raw) !== undefined;
    if (node.kind === 'object') return isObject(raw) && hasTypeOf(node.shape, raw);
    return Array.isArray(raw) ? node.kind === 'list' : isObject(raw) && node.kind === 'record';
  });
}

function hasTypeOf(shape: Shape, raw: Readonly<Record<string, unknown>>): boolean {
  return shape.type === undefined || z.safeParse(shape.type, raw.type).success;
}

/** Whether a key with this schema must be written. */
export function isRequired(schema: Schema | undefined): boolean {
  return schema !== undefined && !z.safeParse(schema, undefined).success;
}

/** Whether a key is only read for the sake of older configs. */
export function isDeprecated(schema: Schema | undefined): boolean {
  return schema !== undefined && z.globalRegistry.get(schema)?.deprecated === true;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAnything(schema: Schema): boolean {
  return (schema as z.core.$ZodTypes)._zod.def.type === 'unknown';
}
