import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ended, Terminal } from '../cli/terminal.ts';
import { follow, pageAt, partOf, patternOf, ROOT, stepsOf } from './page.ts';

const terminal = new Terminal();

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
