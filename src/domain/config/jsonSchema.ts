/** The config schema for editors. */
import { z } from 'zod';
import { Config } from './schema.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

const COMMENT: JsonSchema = { description: 'For readers; not used.' };

/**
 * JSON Schema (draft 2020-12) of what may be written in a config file, in snake_case: every key with a
 * sentence on its unit and default, and a `comment` in every object that has fixed keys.
 */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(Config, {
    io: 'input',
    override: ({ jsonSchema }) => {
      // That a whole number must be exact needs no saying.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.additionalProperties !== false) return;
      jsonSchema.properties = { ...jsonSchema.properties, comment: COMMENT };
    },
  });
  const editorSchema = { type: 'string', description: 'Where the editor finds this schema.' };
  const properties = { $schema: editorSchema, ...schema.properties } as typeof schema.properties;
  return { ...schema, title: 'Openbell session config', ...(properties && { properties }) };
}
