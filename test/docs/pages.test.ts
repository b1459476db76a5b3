import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, Terminal } from '../cli/terminal.ts';
import { blocksOf, pageAt, partOf, patternOf, ROOT, stepsOf } from './page.ts';
import { Project } from './project.ts';
import { follow } from './reader.ts';

const terminal = new Terminal();
const project = new Project();

/** Writes the files that a page shows, for its commands and its programs. */
function copyFiles(page: string): void {
  for (const { file, lines } of blocksOf(page)) {
    if (file !== null) terminal.write(file, `${lines.join('\n')}\n`);
  }
  project.copy(page);
}

describe('docs/data.md', () => {
  const page = pageAt('docs/data.md');
  copyFiles(page);

  it('has programs that compile, and says what they and its commands print', async () => {
    expect(project.complaints()).toBe('');
    for (const step of stepsOf(page)) await follow(step, terminal, project);
  }, 60_000);
});

describe('docs/strategies.md', () => {
  const page = pageAt('docs/strategies.md');
  copyFiles(page);

  it('has a strategy that compiles, and says what comes of it', async () => {
    expect(project.complaints()).toBe('');
    for (const step of stepsOf(page)) await follow(step, terminal);
  }, 60_000);

  it('says what verify has to say of chance', async () => {
    terminal.write(
      'orb/chance.ts',
      'export const chance = () => ({ onBar: () => Math.random() });',
    );
    const config = readFileSync(terminal.path('orb/config.yaml'), 'utf8');
    terminal.write('orb/chance.yaml', config.replace('openingRange.ts', 'chance.ts'));
    await terminal.openbell('run', 'orb/chance.yaml', '--log', 'runs/chance');
    const { code, stdout } = await terminal.openbell('verify', 'runs/chance');
    expect(code).toBe(0);
    const { lines } = blocksOf(page).find(({ language }) => language === 'text')!;
    expect(stdout).toContain(lines.join('\n'));
  }, 60_000);
});

describe('docs/time-machine.md', () => {
  it('forks the demo as it says', async () => {
    await terminal.openbell('demo', '--quiet');
    for (const step of stepsOf(partOf(pageAt('docs/time-machine.md'), 'Fork'))) {
      await follow(step, terminal);
    }
    const { stdout } = await terminal.openbell('fork', '--help');
    const examples = stdout.match(/--at .* --set .*/g) ?? [];
    expect(examples).toHaveLength(2);
    for (const example of examples) {
      await follow({ line: `openbell fork runs/demo-1 ${example}`, printed: null }, terminal);
    }
  }, 60_000);
});

describe('docs/testing.md', () => {
  it('shows what a simulated run comes to', async () => {
    const [step] = stepsOf(partOf(pageAt('docs/testing.md'), 'Simulations'));
    expect(step!.line).toMatch(/^npm run simulate -- /);
    const main = join(ROOT, 'test/simulation/main.ts');
    const { stdout } = await ended(terminal.node(main, ...step!.line.split(' ').slice(4)));
    expect(stdout).toMatch(patternOf(step!.printed!));
  });
});

describe('examples/README.md', () => {
  it('lists every example', () => {
    const folders = readdirSync(join(ROOT, 'examples'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const listed = [...pageAt('examples/README.md').matchAll(/^\| \[(.*)\]\(\1\) \|/gm)];
    expect(listed.map(([, name]) => name).sort()).toEqual(folders.sort());
  });
});
