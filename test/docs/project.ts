/** A project of one's own that has openbell installed, as far as Node and the compiler can tell. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import type { Ended } from '../cli/terminal.ts';
import { blocksOf, pageAt, ROOT } from './page.ts';

const BIN = join(ROOT, 'node_modules/.bin');

export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'openbell-project-'));

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
    const modules = join(this.folder, 'node_modules');
    for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    }
    const dist = join(modules, 'openbell/dist');
    const built = spawn(ROOT, 'tsc', '-p', 'tsconfig.build.json', '--noCheck', '--outDir', dist);
    if (built.code !== 0) throw new Error(built.stdout);
    copyFileSync(join(ROOT, 'package.json'), join(modules, 'openbell/package.json'));
    this.write('package.json', '{"type": "module"}\n');
    const { lines } = blocksOf(pageAt('docs/strategies.md')).find(
      ({ file }) => file === 'tsconfig.json',
    )!;
    this.write('tsconfig.json', lines.join('\n'));
  }

  write(name: string, text: string): void {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** Writes the files that a page shows. */
  copy(page: string): void {
    for (const { file, lines } of blocksOf(page)) {
      if (file !== null) this.write(file, `${lines.join('\n')}\n`);
    }
  }

  /** What the compiler has to say of it; empty if nothing. */
  complaints(): string {
    return spawn(this.folder, 'tsc').stdout;
  }

  node(...args: readonly string[]): Ended {
    return spawn(this.folder, 'node', ...args);
  }
}

function spawn(cwd: string, command: string, ...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(join(BIN, command), args, { cwd, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}
