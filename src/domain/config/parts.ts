/** What can be read of a config that has mistakes, so that the good parts are still checked against each other. */
import { z } from 'zod';
import { branchFor, isObject, nodeOf, type Schema } from './schemaNode.ts';

/** `T` where anything that did not parse is `undefined`, as key or list entry, and what is absent is absent. */
export type Parts<T> = T extends readonly (infer Item)[]
  ? readonly (Parts<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Parts<T[Key]> | undefined }
    : T;

/** The parts of `raw` that parse on their own, defaults filled in. */
export function partsOf<S extends Schema>(schema: S, raw: unknown): Parts<z.output<S>> | undefined {
  return read(schema, raw) as Parts<z.output<S>> | undefined;
}

function read(schema: Schema, raw: unknown): unknown {
  const whole = z.safeParse(schema, raw);
  if (whole.success) return whole.data;
  const node = nodeOf(schema);
  if (node.kind === 'union') {
    const branch = branchFor(node.options, raw);
    return branch === undefined ? undefined : read(branch, raw);
  }
  if (node.kind === 'list' && Array.isArray(raw)) {
    return raw.map((item) => read(node.element, item));
  }
  if (node.kind === 'object' && isObject(raw)) {
    const entries = Object.entries(node.shape)
      .map(([key, part]) => [key, read(part, raw[key])] as const)
      .filter(([key, value]) => value !== undefined || Object.hasOwn(raw, key));
    return Object.fromEntries(entries);
  }
  if (node.kind === 'record' && isObject(raw)) {
    const entries = Object.entries(raw).map(([key, value]) => {
      const name = z.safeParse(node.key, key);
      return [name.success ? String(name.data) : key, read(node.value, value)];
    });
    return Object.fromEntries(entries);
  }
  return undefined;
}
