import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { serveInspector } from '../../src/inspect/server.ts';
import { HOSTILE } from './fixtures.ts';
import {
  CLIPBOARD,
  clipboard,
  fixtures,
  goTo,
  openPage,
  placed,
  region,
  sharedBrowser,
  until,
} from './page.ts';
import { recordedIn } from './recorded.ts';

describe('a link', () => {
  it('opens the same place: cursor, filter, panes, selection', async () => {
    const opened = await openPage(fixtures.small, {
      at: 'seq=1500',
      context: { ...CLIPBOARD, reducedMotion: 'reduce' },
    });
    await using _ = opened;
    const { page } = opened;
    await page.keyboard.press('/');
    await page.keyboard.type('type:Signal*');
    await page.keyboard.press('Enter');
    await page.keyboard.press('n');
    await region(page, 'Chart').getByLabel('Symbol').selectOption('TSLA');
    await region(page, 'Actors')
      .getByRole('button', { name: /^quality/ })
      .first()
      .click();
    await page.keyboard.press('d');
    await page.keyboard.press('y');
    await page.getByRole('banner').getByText('Copied: a link').waitFor();
    const link = await clipboard(page);
    expect(link).not.toContain('token');
    const place = new URL(link).hash.slice(1);
    const fresh = async () => {
      const context = await (await sharedBrowser()).newContext({
        viewport: { width: 1600, height: 1000 },
        reducedMotion: 'reduce',
      });
      const other = await context.newPage();
      await other.goto(opened.address(place));
      return other;
    };
    const [one, two] = [await fresh(), await fresh()];
    for (const key of ['seq', 'q', 'symbol', 'actor', 'tab']) {
      expect(placed(one, key)).toBe(placed(page, key));
    }
    await region(one, 'Session data').getByRole('table', { name: 'Changes' }).waitFor();
    const picture = async (of: Page) => (await of.screenshot()).toString('base64');
    const same = await until(
      async () => (await picture(one)) === (await picture(two)),
      (equal) => equal,
    );
    expect(same).toBe(true);
    await region(one, 'Statechart').getByRole('listitem').first().waitFor();
    await region(two, 'Events').getByRole('row', { selected: true }).waitFor();
    await one.context().close();
    await two.context().close();
  });
});

describe('a link to what is not there', () => {
  it('is put right, and says what was not found and what is shown instead', async () => {
    const { facts } = await recordedIn(fixtures.small);
    const wrong = 'seq=99999999&symbol=NOPE&interval=3h&tab=zzz';
    const opened = await openPage(fixtures.small, { at: wrong });
    await using _ = opened;
    const { page } = opened;
    const said = page.getByRole('banner').getByRole('status');
    const last = new Intl.NumberFormat('en-US').format(facts.length).replaceAll(',', '\u202f');
    const isSaid = said.getByText(
      'The link names what is not here: fact 99999999, symbol "NOPE", interval "3h", tab "zzz". ' +
        `Shown instead: fact ${last}, symbol AAPL, interval 1m, tab tree.`,
    );
    await isSaid.waitFor();
    const place = () => ['seq', 'symbol', 'interval', 'tab'].map((key) => placed(page, key));
    expect(place()).toEqual([String(facts.length), 'AAPL', '1m', null]);
    await page.goto(opened.address('seq=1500&symbol=TSLA&interval=7m'));
    await said.getByText('interval "7m". Shown instead: interval 1m.').waitFor();
    expect(place()).toEqual(['1500', 'TSLA', '1m', null]);
    await page.goto(opened.address('seq=1500&symbol=TSLA&interval=5m&tab=diff'));
    await region(page, 'Session data').getByRole('table', { name: 'Changes' }).waitFor();
    expect(place()).toEqual(['1500', 'TSLA', '5m', 'diff']);
  });
});

describe('a damaged log', () => {
  it('opens up to its last good fact, and says where it is damaged', async () => {
    const opened = await openPage(fixtures.corrupt);
    await using _ = opened;
    const { page } = opened;
    const banner = page.getByRole('alert').filter({ hasText: 'This log is damaged' });
    await banner.waitFor();
    const text = (await banner.textContent())!.replaceAll('\u202f', '');
    const bad = Number(/Fact #(\d+)/.exec(text)![1]);
    expect(text).toMatch(/byte \d+/);
    expect(text).toContain('openbell verify');
    const { facts } = await recordedIn(fixtures.small);
    expect(bad).toBeGreaterThan(1);
    expect(bad).toBeLessThan(facts.length);
    await page.keyboard.press('End');
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(bad - 1),
    );
    await page.keyboard.press('ArrowRight');
    expect(placed(page, 'seq')).toBe(String(bad - 1));
    await goTo(page, bad - 1);
    const shown = region(page, 'Event');
    await shown
      .getByText(facts[bad - 2]!.type)
      .first()
      .waitFor();
  });
});

describe('what can be taken away', () => {
  it('is a test that reaches the state at the cursor again', async () => {
    // As it is given to the command, from where that is started.
    const opened = await openPage(relative('.', fixtures.small), {
      at: 'seq=1500',
      context: CLIPBOARD,
    });
    await using _ = opened;
    const { page } = opened;
    await region(page, 'Event').getByRole('button', { name: 'Copy as test' }).click();
    await page.getByRole('banner').getByText('Copied: a test').waitFor();
    const text = await clipboard(page);
    expect(text).toContain('1500');
    const folder = dirname(fixtures.small);
    const root = join(import.meta.dirname, '../..');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    const name = 'copied.test.ts';
    writeFileSync(join(folder, name), text.replaceAll("'openbell'", `'${root}/src/index.ts'`));
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const told = execFileSync(process.execPath, [vitest, 'run', '--root', folder, name], {
      cwd: process.cwd(),
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect(told).toContain('1 passed');
  });

  it('is the fact as JSON', async () => {
    const { facts } = await recordedIn(fixtures.small);
    const opened = await openPage(fixtures.small, { at: 'seq=1500', context: CLIPBOARD });
    await using _ = opened;
    const { page } = opened;
    await region(page, 'Event').getByRole('button', { name: 'Copy JSON' }).click();
    await page.getByRole('banner').getByText('Copied: fact #1500').waitFor();
    const { seq, type, by } = facts[1499]!;
    expect(JSON.parse(await clipboard(page))).toMatchObject({ seq, type, by });
  });
});

describe('notes', () => {
  it('are kept beside the log, survive loading anew, and come with the link', async () => {
    const opened = await openPage(fixtures.a, { at: 'seq=200' });
    await using _ = opened;
    const { page } = opened;
    await page.keyboard.press('p');
    const field = region(page, 'Notes').getByLabel('Note about #200');
    await field.fill('here it begins');
    await field.press('Enter');
    await field.blur();
    const file = join(fixtures.a, 'notes.json');
    const kept = await until(
      async () => readFileSync(file, 'utf8'),
      (text) => text.includes('here it begins'),
    );
    expect(JSON.parse(kept)).toMatchObject({ notes: [{ seq: 200, text: 'here it begins' }] });
    expect(placed(page, 'pins')).toBe('200');
    await page.reload();
    await until(
      () => region(page, 'Notes').getByLabel('Note about #200').inputValue(),
      (text) => text !== '',
    );
    expect(await region(page, 'Notes').getByLabel('Note about #200').inputValue()).toBe(
      'here it begins',
    );
    await region(page, 'Notes').getByRole('button', { name: 'Take the pin from #200' }).click();
    await until(
      async () => readFileSync(file, 'utf8'),
      (text) => !text.includes('here it begins'),
    );
    expect(readFileSync(file, 'utf8')).not.toContain('here it begins');
  });
});

describe('a view', () => {
  it('is kept beside the log under a name, and sets the page up wherever the cursor is', async () => {
    const opened = await openPage(fixtures.b, {
      at: 'seq=200&q=type:Bar*&mute=by:session/feed&tab=diff',
    });
    await using _ = opened;
    const { page } = opened;
    const views = region(page, 'Notes').getByRole('group', { name: 'Views' });
    await views.getByLabel('Keep this view as').fill('bars only');
    await page.keyboard.press('Enter');
    await views.getByRole('button', { name: 'bars only', exact: true }).waitFor();
    await page.goto(opened.address('seq=300'));
    await page.reload();
    await views.getByRole('button', { name: 'bars only', exact: true }).click();
    expect(['seq', 'q', 'mute', 'tab'].map((key) => placed(page, key))).toEqual([
      '300',
      'type:Bar*',
      'by:session/feed',
      'diff',
    ]);
    await views.getByRole('button', { name: 'Drop view bars only' }).click();
    const file = join(fixtures.b, 'notes.json');
    const kept = await until(
      async () => readFileSync(file, 'utf8'),
      (text) => !text.includes('bars only'),
    );
    expect(JSON.parse(kept)).toMatchObject({ views: [] });
  });
});

describe('an address without its token', () => {
  it('says what is missing, and shows nothing else', async () => {
    const server = await serveInspector(fixtures.a);
    await using _ = server;
    const page = await (await sharedBrowser()).newPage();
    await page.goto(`http://127.0.0.1:${server.port}/`);
    await page.getByRole('alert').getByText('opened without its key').waitFor();
    expect(await page.getByRole('region').count()).toBe(0);
    await page.close();
  });
});

describe('a server that has gone', () => {
  it('is missed once, and what was shown stays', async () => {
    const opened = await openPage(fixtures.a, { at: 'seq=200' });
    const { page, server } = opened;
    await region(page, 'Session data').getByText('at 200', { exact: true }).waitFor();
    await server.close();
    await page.keyboard.press('Home');
    await page.getByRole('alert').getByText('no longer answers').waitFor();
    expect(await page.getByRole('alert').count()).toBe(1);
    await page.context().close();
  });
});

describe('the search for a value', () => {
  it('finds where it stands, and the fact that first wrote it', async () => {
    const { first } = await recordedIn(fixtures.small);
    const update = first(
      'IndicatorUpdated',
      { symbol: 'AAPL', key: 'sma_5_5m', valid: true },
      1200,
    );
    const opened = await openPage(fixtures.small, { at: `seq=${update.seq}` });
    await using _ = opened;
    const { page } = opened;
    await page.keyboard.press('v');
    await page.keyboard.type(String(update.value));
    await page.keyboard.press('Enter');
    const found = region(page, 'Found values');
    const path = 'session_data.AAPL.indicators.session.sma_5_5m.current_value';
    await found.getByRole('button', { name: path }).waitFor();
    const link = found.getByRole('listitem').filter({ hasText: path }).getByRole('link');
    await link.click();
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(update.seq),
    );
    expect(placed(page, 'seq')).toBe(String(update.seq));
  });
});

describe('texts from outside', () => {
  it('are shown as they are and do nothing', async () => {
    const recorded = await recordedIn(fixtures.failed);
    const opened = await openPage(fixtures.failed);
    await using _ = opened;
    const { page, complaints } = opened;
    let asked = 0;
    page.on('dialog', (dialog) => {
      asked++;
      void dialog.dismiss();
    });
    await region(page, 'Event').getByText(HOSTILE).first().waitFor();
    await page.getByRole('banner').getByText('failed').first().waitFor();
    await goTo(page, recorded.first('SignalEmitted').seq);
    await region(page, 'Event').getByText(HOSTILE).first().waitFor();
    await page.keyboard.press('w');
    await region(page, 'Session data').getByText(HOSTILE).first().waitFor();
    expect(asked).toBe(0);
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
