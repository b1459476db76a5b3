/** Before the tests of the page: it is built, runs are made, and a browser is started that all of them share. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import type { TestProject } from 'vitest/node';
import { openBrowser } from './browser.ts';
import { type Fixtures, makeFixtures } from './fixtures.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly browser: string;
    readonly fixtures: Fixtures;
  }
}

const PAGE = join(import.meta.dirname, '../../inspector');

export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'openbell-inspector-'));
  for (const config of ['vite.config.ts', 'vite.offline.config.ts']) {
    await build({ root: PAGE, configFile: join(PAGE, config), logLevel: 'warn' });
  }
  provide('fixtures', await makeFixtures(folder));
  const browser = await openBrowser();
  provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
}
