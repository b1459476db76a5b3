/** What a schema holds, seen through the defaults, options and transforms around it. */
import type { z } from 'zod';

export type Schema = z.core.$ZodType;

export type SchemaNode =
  | { readonly kind: 'object'; readonly shape: Readonly<Record<string, Schema>> }
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

/** Whether a key with this schema must be written. */
export function isRequired(schema: Schema | undefined): boolean {
  return schema !== undefined && schema._zod.optin !== 'optional';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAnything(schema: Schema): boolean {
  return (schema as z.core.$ZodTypes)._zod.def.type === 'unknown';
}
