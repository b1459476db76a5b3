import { describe, expect, it } from 'vitest';
import { Terminal } from '../cli/terminal.ts';
import { follow, pageAt, partOf, stepsOf } from './page.ts';

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
