import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Terminal } from '../cli/terminal.ts';
import { blocksOf, pageAt, partOf, stepsOf } from './page.ts';
import { Project } from './project.ts';
import { follow, wordsOf } from './reader.ts';

const readme = pageAt('README.md');
const terminal = new Terminal();
const project = new Project();

/** Its parts show how to go on from the one before. */
const [data, strategy, embedding] = ['Run your own data', 'Write a strategy', 'Embed it'].map(
  (heading) => partOf(readme, heading),
);

describe('README.md', () => {
  it('has commands that do', async () => {
    for (const step of stepsOf(data!)) {
      const { code } = await terminal.piped('', ...wordsOf(step.line));
      expect([step.line, code]).toEqual([step.line, 0]);
    }
  }, 60_000);

  it('comes from a config and a strategy to signals', async () => {
    const blocks = blocksOf(strategy!);
    for (const { file, lines } of blocks) if (file !== null) terminal.write(file, lines.join('\n'));
    const { lines } = blocks.find(({ language }) => language === 'yaml')!;
    const config = readFileSync(terminal.path('my.yaml'), 'utf8');
    const place = /^ {2}# strategies:\n(?: {2}# .*\n)*/m;
    expect(config).toMatch(place);
    terminal.write('my.yaml', config.replace(place, `${lines.join('\n')}\n`));
    for (const step of stepsOf(strategy!)) await follow(step, terminal);
  }, 60_000);

  it('embeds a session in a project of its own', async () => {
    project.copy(strategy!);
    project.copy(embedding!);
    expect(project.complaints()).toBe('');
    const steps = stepsOf(embedding!).filter(({ line }) => !line.startsWith('npm '));
    expect(steps.map(({ line }) => line)).toEqual(['node run.ts']);
    for (const step of steps) await follow(step, terminal, project);
  }, 60_000);
});
