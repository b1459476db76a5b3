import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { Inspection } from '../../src/index.ts';
import { exportedPage } from '../../src/inspect/exportPage.ts';
import { fixtures, openPage, placed, region, until, watchedPage } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'openbell-fields-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every letter and sign of it is a shortcut. */
const WORDS = 'dwnbm?t';

async function exported(run: string, at: string): Promise<Page> {
  const inspection = new Inspection(run);
  await inspection.grow();
  const file = join(folder, 'page.html');
  writeFileSync(file, exportedPage(inspection));
  const { page } = await watchedPage({ offline: true });
  await page.goto(`${pathToFileURL(file).href}#${at}`);
  await page.getByRole('banner').getByText('completed').waitFor();
  return page;
}

/** What shortcuts would have changed. */
async function elsewhere(page: Page): Promise<unknown> {
  const theme = await page.evaluate('document.documentElement.dataset.theme');
  const rest = ['seq', 'tab', 'mute', 'break'].map((key) => placed(page, key));
  return [theme, await page.getByRole('dialog').count(), ...rest];
}

async function pinsWithNote(page: Page): Promise<void> {
  const before = await elsewhere(page);
  await page.keyboard.press('p');
  await page.keyboard.type(WORDS);
  const field = region(page, 'Notes').getByLabel('Note about #300');
  expect(await field.inputValue()).toBe(WORDS);
  expect(await elsewhere(page)).toEqual(before);
  await page.keyboard.press('Enter');
  await page.keyboard.press('d');
  expect(placed(page, 'tab')).toBe('diff');
  expect(await field.inputValue()).toBe(WORDS);
}

describe('a pin', () => {
  it('takes its note at once, and no letter of that is a shortcut', async () => {
    const opened = await openPage(fixtures.same, { at: 'seq=300' });
    await using _ = opened;
    await pinsWithNote(opened.page);
    await region(opened.page, 'Notes').getByRole('button', { name: 'Take the pin' }).click();
  });

  it('does so in an exported page too', async () => {
    const page = await exported(fixtures.a, 'seq=300');
    await pinsWithNote(page);
    await page.context().close();
  });

  it('takes its note where another pane fills the page, and from the list of commands', async () => {
    const page = await exported(fixtures.a, 'seq=300&wide=chart');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command', expanded: true }).waitFor();
    await page.keyboard.type('pin this moment');
    await page.keyboard.press('Enter');
    await page.keyboard.type(WORDS);
    const field = region(page, 'Notes').getByLabel('Note about #300');
    expect(await field.inputValue()).toBe(WORDS);
    await page.context().close();
  });
});

describe('a field that a key leads to', () => {
  it.each([
    ['g', 'Cursor: go to a number or a time'],
    ['/', 'Filter'],
    ['v', 'Find a value'],
  ])('%s has the caret whatever is shown', async (key, name) => {
    const opened = await openPage(fixtures.a, { at: 'seq=300&tab=diff' });
    await using _ = opened;
    const { page } = opened;
    for (const at of ['seq=300&tab=diff', 'seq=300&tab=why&wide=statechart']) {
      await page.goto(opened.address(at));
      await until(
        async () => placed(page, 'seq'),
        (seq) => seq === '300',
      );
      await page.keyboard.press(key);
      const before = await elsewhere(page);
      await page.keyboard.type(WORDS);
      expect(await page.getByLabel(name, { exact: true }).inputValue()).toBe(WORDS);
      expect(await elsewhere(page)).toEqual(before);
      await page.keyboard.press('Escape');
    }
  });
});
