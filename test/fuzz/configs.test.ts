/** Config files in which something is wrong. `FUZZ=100000` tries more of them, `FUZZ_CASE=n` one. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { checkConfigFile } from '../../src/cli/configCheck.ts';
import { UsageError } from '../../src/index.ts';
import { Choices } from '../choices.ts';
import { configOf } from '../support.ts';
import { casesOf, quickFolder, tellProgress } from './cases.ts';
import { mutatedJson } from './jsonMutations.ts';

const CASES = casesOf({ usual: 400, part: 0.2 });

const EXAMPLES = join(import.meta.dirname, '../../examples');

const whole = configOf({
  symbols: ['AAPL', 'MSFT'],
  streams: ['1m', '5m', '1d'],
  session: {
    data: { type: 'csv', path: '{symbol}.csv', interval: '1m', stamp: 'open' },
    symbol_streams: { AAPL: ['15m'] },
    historical: {
      data: [{ trailing_days: 2, intervals: ['1m'], apply_to: ['AAPL'] }],
      indicators: { high: { type: 'trailing_max', period: '2d', field: 'high' } },
    },
    indicators: {
      session: [{ name: 'bbands', period: 20, interval: '5m', params: { num_std: 3 } }],
      historical: [{ name: 'avg_volume', period: 5, unit: 'days', interval: '1d' }],
    },
    scanners: [
      {
        module: 'gap',
        pre_session: true,
        regular_session: [{ start: '09:35', end: '10:30', interval: '5m' }],
        config: {},
      },
    ],
    derivation: { incomplete: 'skip' },
    streaming: { catchup_threshold_seconds: 30 },
    gap_filler: { max_retries: 3 },
  },
  metadata: { note: ['any', { thing: 1 }] },
});

/** JSON of configs that are right. */
const RIGHT = [
  JSON.stringify(whole),
  ...globSync('*/*.yaml', { cwd: EXAMPLES }).map((name) =>
    JSON.stringify(parse(readFileSync(join(EXAMPLES, name), 'utf8'))),
  ),
];

/** A file with something wrong in it, as JSON or YAML; bytes of its text, or parts of what it means. */
function wrongFile(choices: Choices): { name: string; content: string | Buffer } {
  const json = choices.of(RIGHT);
  const asYaml = choices.chance(0.5);
  const name = asYaml ? 'config.yaml' : 'config.json';
  const textOf = (text: string) => (asYaml ? stringify(JSON.parse(text)) : text);
  if (choices.chance(0.7)) {
    const mutated = mutatedJson(json, choices);
    // What nests deep is no problem of the writer of YAML: JSON is YAML too.
    return { name, content: mutated.includes('[[[[[[') ? mutated : textOf(mutated) };
  }
  const bytes = Buffer.from(textOf(json));
  for (let i = choices.few(6); i > 0; i--) {
    bytes[choices.below(bytes.length)] = choices.of([
      ...Buffer.from('{}[]&*!|>:-#"\'\t\n '),
      0,
      255,
    ]);
  }
  return { name, content: bytes };
}

describe('a config with something wrong in it', () => {
  it(
    `is judged, or refused with a reason, in ${CASES.length} cases`,
    async () => {
      const folder = quickFolder();
      mkdirSync(join(folder, 'bars'));
      const wrong: string[] = [];
      for (const number of CASES) {
        tellProgress(number, CASES);
        const { name, content } = wrongFile(new Choices(number));
        const path = join(folder, name);
        writeFileSync(path, content);
        try {
          const verdict = await checkConfigFile(path);
          if (!verdict.valid && verdict.problems.length === 0)
            throw new Error('no reason is given');
        } catch (error) {
          if (error instanceof UsageError) continue;
          wrong.push(`case ${number}: ${(error as Error).stack}: ${content}`.slice(0, 1200));
          if (wrong.length === 10) break;
        }
      }
      expect(wrong).toEqual([]);
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    },
    24 * 3600 * 1000,
  );
});
