import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Terminal } from '../cli/terminal.ts';
import { pageAt, patternOf, stepsOf } from './page.ts';
import { follow, wordsOf } from './reader.ts';

const terminal = new Terminal();

describe('docs/tutorial.md', () => {
  it('says what its commands print, and how they exit', async () => {
    const steps = stepsOf(pageAt('docs/tutorial.md'));
    for (const step of steps) await follow(step, terminal);
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
    [['a.', '…b', 'c', 'd'], true],
    [['b', '…'], false],
    [['a.', 'c', 'd'], false],
    [['a.', 'b', 'c'], false],
    [['…', 'c', '…', 'b', '…'], false],
    [['ab', '…'], false],
    [['a.', 'b…', 'd'], false],
  ])('is compared line by line: %j stands for four lines, %s', (shown, stands) => {
    expect(patternOf(shown).test('a.\nb\nc  \nd\n')).toBe(stands);
  });
});
