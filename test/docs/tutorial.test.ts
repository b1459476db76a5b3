import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesOf, Terminal } from '../cli/terminal.ts';

const DOCS = resolve(import.meta.dirname, '../../docs');

/** Any lines. */
const GAP = '…';

interface Step {
  /** As the page has it, with its comment. */
  readonly line: string;
  /** What the page says is printed; null if it does not say. */
  readonly printed: readonly string[] | null;
}

/** The commands of a page in their order. Outputs stand behind the block of their commands, one for each, or none. */
function stepsOf(page: string): Step[] {
  const blocks = [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({
    isCommands: language === 'sh',
    lines: linesOf(text!),
  }));
  return blocks.flatMap(({ isCommands, lines }, i) => {
    if (!isCommands) return [];
    const behind = blocks.slice(i + 1);
    const next = behind.findIndex((block) => block.isCommands);
    const outputs = next < 0 ? behind : behind.slice(0, next);
    expect([0, lines.length], lines.join('\n')).toContain(outputs.length);
    return lines.map((line, n) => ({ line, printed: outputs[n]?.lines ?? null }));
  });
}

function wordsOf(line: string): string[] {
  const [command] = line.split(/ +# /);
  const words = command!.match(/'[^']*'|\S+/g)!.map((word) => word.replace(/^'(.*)'$/, '$1'));
  expect(words[0]).toBe('openbell');
  return words.slice(1);
}

const exitCodeOf = (line: string) => Number(/# exits with (\d)/.exec(line)?.[1] ?? 0);

/** All that is printed has to match, line by line; blanks at the ends of lines do not count. */
function patternOf(shown: readonly string[]): RegExp {
  const lines = shown.map((line) => (line === GAP ? '(?:.*\\n)*' : `${escaped(line)} *\\n`));
  return new RegExp(`^${lines.join('')}$`);
}

const escaped = (line: string) => line.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const terminal = new Terminal();

describe('docs/tutorial.md', () => {
  it('says what its commands print, and how they exit', async () => {
    const steps = stepsOf(readFileSync(join(DOCS, 'tutorial.md'), 'utf8'));
    for (const { line, printed } of steps) {
      const { code, stdout, stderr } = await terminal.openbell(...wordsOf(line));
      expect(code, `${line}: ${stderr}`).toBe(exitCodeOf(line));
      if (printed === null) continue;
      expect(stdout, line).toMatch(patternOf(printed));
    }
    expect(readFileSync(terminal.path('page.html'), 'utf8')).toContain('<title>');
    const used = new Set(steps.map(({ line }) => wordsOf(line)[0]));
    const taught = ['demo', 'state', 'why', 'log', 'fork', 'diff', 'verify', 'inspect'];
    expect([...used].sort()).toEqual(taught.sort());
  }, 120_000);

  it.each([
    [['a.', '…'], true],
    [['…', 'd'], true],
    [['a.', '…', 'c', 'd'], true],
    [['a.', 'b', 'c', 'd'], true],
    [['b', '…'], false],
    [['a.', 'c', 'd'], false],
    [['a.', 'b', 'c'], false],
    [['…', 'c', '…', 'b', '…'], false],
    [['ab', '…'], false],
  ])('is compared line by line: %j stands for four lines, %s', (shown, stands) => {
    expect(patternOf(shown).test('a.\nb\nc  \nd\n')).toBe(stands);
  });
});
