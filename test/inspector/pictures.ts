/** `npm run pictures`: the pictures of docs/images, taken of runs that the engine makes. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serveInspector } from '../../src/inspect/server.ts';
import { openBrowser } from './browser.ts';
import { makeFixtures } from './fixtures.ts';
import { recordedIn } from './recorded.ts';

const IMAGES = join(import.meta.dirname, '../../docs/images');
const folder = mkdtempSync(join(tmpdir(), 'openbell-pictures-'));
const { small, a, b } = await makeFixtures(folder);
const recorded = await recordedIn(small);
const inserting = recorded.first('TransitionTaken', { actor: 'session/active', to: 'inserting' });

interface Picture {
  readonly name: string;
  readonly run: string;
  readonly other?: string;
  readonly at: string;
  readonly dark?: true;
  readonly click?: string;
}

const VALUE = 'session_data.AAPL.indicators.session.sma_20_1m.current_value';
const PICTURES: readonly Picture[] = [
  { name: 'inspector', run: small, at: 'seq=2803&symbol=AAPL' },
  {
    name: 'inspector-why',
    run: small,
    at: `seq=1500&tab=why&path=${VALUE}&interval=5m`,
    dark: true,
  },
  {
    name: 'inspector-charts',
    run: small,
    at: `seq=${inserting.seq}&wide=statechart`,
    click: 'Look at all charts',
  },
  { name: 'inspector-two-runs', run: a, other: b, at: 'seq=196&tab=diff' },
];

const server = await openBrowser();
const browser = await chromium.connect(server.wsEndpoint());
mkdirSync(IMAGES, { recursive: true });
for (const { name, run, other, at, dark, click } of PICTURES) {
  await using served = await serveInspector(run, other === undefined ? {} : { other });
  const page = await browser.newPage({
    viewport: { width: 1360, height: 850 },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  await page.goto(`${served.url}#${at}`);
  await page.getByRole('region', { name: 'Statechart' }).getByRole('listitem').first().waitFor();
  if (click !== undefined) await page.getByRole('button', { name: click }).click();
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
  await page.close();
}
await browser.close();
await server.close();
rmSync(folder, { recursive: true, force: true });
