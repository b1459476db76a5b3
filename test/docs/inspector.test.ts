import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ENDPOINTS, type EndpointName } from '../../src/inspect/protocol.ts';

const page = readFileSync(new URL('../../docs/inspector.md', import.meta.url), 'utf8');
const questions = page.slice(page.indexOf('## Questions'), page.indexOf('## How it works'));

/** Rows of the table by each name in them: name, fields, answer. */
const rows = new Map(
  questions
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, names, fields] = line.split('|');
      return [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => [name!, fields!] as const);
    }),
);

interface Schema {
  readonly properties?: Readonly<Record<string, { readonly enum?: readonly string[] }>>;
}

describe('the questions of the page', () => {
  it.each(Object.keys(ENDPOINTS) as EndpointName[])('have "%s" with its fields', (name) => {
    const fields = rows.get(name);
    expect(fields).toBeDefined();
    const { properties = {} } = z.toJSONSchema(ENDPOINTS[name].question, { io: 'input' }) as Schema;
    // Which of two runs is asked stands above the table.
    for (const [field, { enum: values = [] }] of Object.entries(properties)) {
      if (field === 'log') continue;
      expect(fields).toContain(`\`${field}\``);
      for (const value of values) expect(fields).toContain(value);
    }
  });
});
