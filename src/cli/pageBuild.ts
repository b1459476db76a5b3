/** The inspector's page in a checkout: built when it is first asked for. The package brings it along. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { builtPage } from '../inspect/serverPage.ts';
import { say } from './output.ts';

const ROOT = new URL('../../', import.meta.url);
const CONFIGS = ['vite.config.ts', 'vite.offline.config.ts'];

/** Builds the page if there is none and this is a checkout. If that fails, who asks for the page is told how to. */
export function buildPageOnce(): void {
  const vite = fileURLToPath(new URL('node_modules/vite/bin/vite.js', ROOT));
  if (builtPage() !== null || !import.meta.filename.endsWith('.ts') || !existsSync(vite)) return;
  say('building the page, once …');
  for (const config of CONFIGS) {
    const file = fileURLToPath(new URL(`inspector/${config}`, ROOT));
    const words = [vite, 'build', 'inspector', '--config', file, '--logLevel', 'error'];
    const { status } = spawnSync(process.execPath, words, {
      cwd: fileURLToPath(ROOT),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) return;
  }
}
