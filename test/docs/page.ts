/** Pages that show commands with what they print, and files, so that tests can do as their reader does. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'vitest';
import { linesOf } from '../cli/terminal.ts';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Any lines. */
const GAP = '…';

export const pageAt = (path: string): string => readFileSync(resolve(ROOT, path), 'utf8');

/** The part of a page below a heading, up to the next one of its level. */
export function partOf(page: string, heading: string): string {
  const [, part] = page.split(`\n## ${heading}\n`);
  expect(part, heading).toBeDefined();
  return part!.split('\n## ')[0]!;
}

interface Block {
  /** What the language says: `sh` are commands, none is what they print. */
  readonly language: string;
  readonly lines: readonly string[];
  /** The file that it is, as the line above it says: `` `bars/AAPL.csv`: ``. */
  readonly file: string | null;
}

export function blocksOf(page: string): Block[] {
  const fences = /(?:^(?:[^\n]* )?`([^`\n]+)`:\n\n)?^```(\w*)\n(.*?)^```$/gms;
  return [...page.matchAll(fences)].map(([, file = null, language, text]) => ({
    language: language!,
    lines: linesOf(text!),
    file,
  }));
}

export interface Step {
  /** As the page has it, with its comment. */
  readonly line: string;
  /** What the page says is printed; null if it does not say. */
  readonly printed: readonly string[] | null;
}

/** The commands of a page in their order. Outputs stand behind the block of their commands, one for each, or none. */
export function stepsOf(page: string): Step[] {
  const blocks = blocksOf(page).filter(({ language }) => ['sh', ''].includes(language));
  expect(blocks).not.toEqual([]);
  return blocks.flatMap(({ language, lines }, i) => {
    if (language === '') return [];
    const behind = blocks.slice(i + 1);
    const next = behind.findIndex((block) => block.language === 'sh');
    const outputs = next < 0 ? behind : behind.slice(0, next);
    expect([0, lines.length], lines.join('\n')).toContain(outputs.length);
    return lines.map((line, n) => ({ line, printed: outputs[n]?.lines ?? null }));
  });
}

/** All that is printed has to match, line by line; blanks at the ends of lines do not count. */
export function patternOf(shown: readonly string[]): RegExp {
  const lines = shown.map((line) => {
    if (line === GAP) return '(?:.*\\n)*';
    return `${line.split(GAP).map(escaped).join('.*')} *\\n`;
  });
  return new RegExp(`^${lines.join('')}$`);
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
