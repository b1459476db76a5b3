import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { Inspection } from '../../src/index.ts';
import { exportedPage } from '../../src/inspect/exportPage.ts';
import { barsAt, CLIPBOARD, fixtures, goTo, placed, region, watchedPage } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'openbell-exported-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function openExported(run: string) {
  const inspection = new Inspection(run);
  await inspection.grow();
  const file = join(folder, 'page.html');
  writeFileSync(file, exportedPage(inspection));
  const watched = await watchedPage({ offline: true, ...CLIPBOARD });
  const { page } = watched;
  await page.goto(`${pathToFileURL(file).href}#seq=300`);
  await region(page, 'Events').getByRole('row').first().waitFor();
  return { ...watched, context: page.context(), inspection };
}

describe('an exported page', () => {
  it('works from a file, with the network off, as the served one does', async () => {
    const { page, context, requests, complaints, inspection } = await openExported(fixtures.small);
    for (const name of ['Actors', 'Statechart', 'Chart', 'Lanes', 'Events', 'Session data']) {
      await region(page, name).waitFor();
    }
    await region(page, 'Statechart').getByRole('listitem').first().waitFor();
    await goTo(page, 400);
    await page.keyboard.press('ArrowRight');
    expect(placed(page, 'seq')).toBe('401');
    await region(page, 'Session data').getByText('at 401', { exact: true }).waitFor();
    const bars = await barsAt(page, 401);
    const served = await inspection.ask('bars', {
      symbol: bars.symbol,
      interval: bars.interval,
      at: 401,
    });
    expect(bars.seq).toEqual(served.seq);
    await page.keyboard.press('w');
    await region(page, 'Session data').getByText('at 401', { exact: true }).waitFor();
    const elsewhere = requests.filter((url) => !/^(file|blob|data):/.test(url));
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
