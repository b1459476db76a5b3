import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '../src/indicators/registry.ts';
import { type Ended, linesOf, Terminal } from './cli/terminal.ts';

const ROOT = resolve(import.meta.dirname, '..');
const EXAMPLES = join(ROOT, 'examples');
const CONFIGS = ['config.yaml', 'config.yml', 'config.json', 'config.ts'];

const folders = readdirSync(EXAMPLES).filter((name) =>
  CONFIGS.some((config) => existsSync(join(EXAMPLES, name, config))),
);

/** Blocks of a README by their language: `sh` commands, `json` what a run says, none: lines that are printed. */
function blocksOf(readme: string, language: string): string[] {
  return [...readme.matchAll(/^ *```(\w*)\n(.*?)^ *```$/gms)]
    .filter(([, of]) => of === language)
    .map(([, , text]) => text!);
}

/** Commands as a shell would split them, without `openbell`. */
function commandsOf(readme: string): string[][] {
  const lines = blocksOf(readme, 'sh').flatMap(linesOf);
  return lines.flatMap((line) => {
    const [, command] = /^ *openbell ([^#|]*)/.exec(line) ?? [];
    const words = command?.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
    return words.length === 0 ? [] : [words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'))];
  });
}

const squeezed = (text: string) => text.replace(/\s+/g, ' ').trim();

const terminal = new Terminal();

/** Runs one of a README's commands, which must succeed; a run says what it did as JSON. */
async function say(words: readonly string[]): Promise<Ended> {
  const args = words.map((word) => (word.startsWith('examples/') ? join(ROOT, word) : word));
  const ended = await terminal.openbell(...args, ...(args[0] === 'run' ? ['--json'] : []));
  expect([words.join(' '), ended.code, ended.code === 0 || ended.stderr]).toEqual([
    ...[words.join(' '), 0, true],
  ]);
  return ended;
}

describe('the examples', () => {
  it('are there', () => {
    const all = [
      '52-week-range',
      'crypto',
      'every-indicator',
      'intervals',
      'one-second',
      'sma-cross',
    ];
    expect(folders).toEqual(expect.arrayContaining(all));
  });

  it.each(folders)('%s: does and says what its README promises', async (name) => {
    const readme = readFileSync(join(EXAMPLES, name, 'README.md'), 'utf8');
    const commands = commandsOf(readme);
    const runs = commands.filter(([command]) => command === 'run').map(([, config]) => config);
    expect(runs).toEqual([expect.stringMatching(`^examples/${name}/config\\.`)]);

    const printed: string[] = [];
    for (const words of commands) {
      const { stdout } = await say(words);
      printed.push(...linesOf(stdout).map(squeezed));
      if (words[0] !== 'run') continue;
      const summary = JSON.parse(stdout);
      expect(summary).toMatchObject({ status: 'completed' });
      expect(summary.facts.BarAppended).toBeGreaterThan(0);
      for (const json of blocksOf(readme, 'json')) expect(summary).toMatchObject(JSON.parse(json));
    }
    for (const line of blocksOf(readme, '').flatMap(linesOf).map(squeezed)) {
      expect(printed.filter((other) => other.includes(line)).length, line).toBeGreaterThan(0);
    }
  });

  it('every-indicator has them all, each but the opening range valid a minute after the open', async () => {
    const registered = ['log', 'runs/every-indicator-1', '--type', 'IndicatorRegistered', '--json'];
    const names = (await terminal.jsonLines(...registered)).map(({ name }) => name);
    expect([...new Set(names)].sort()).toEqual(createRegistry().names());
    const file = readFileSync(terminal.path('every-indicator.json'), 'utf8');
    const values = JSON.parse(file).session_data.AAPL.indicators.session;
    const keys = Object.keys(values);
    expect(keys).toHaveLength(46);
    expect(keys.filter((key) => !values[key].valid)).toEqual(['opening_range_1m_minutes=15']);
  });
});
