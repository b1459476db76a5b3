import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nextRunFolder } from '../../src/cli/runFolder.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();

describe('the folder of the next run', () => {
  it.each([
    ['demo', 'demo-1'],
    ['SPY, 5 days — Größe', 'spy-5-days-gro-e-1'],
    ['../../etc', 'etc-1'],
    ['日本', 'run-1'],
    ['', 'run-1'],
  ])('of "%s" begins with %s', (name, folder) => {
    expect(nextRunFolder(name, terminal.path('none'))).toBe(join(terminal.path('none'), folder));
  });

  it('bears the number after the highest', () => {
    for (const name of ['a-2', 'a-10', 'a-x', 'a-b-99', 'a']) {
      mkdirSync(terminal.path(`runs/${name}`), { recursive: true });
    }
    expect(nextRunFolder('a', terminal.path('runs'))).toBe(terminal.path('runs/a-11'));
  });
});
