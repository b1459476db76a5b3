import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { CLIPBOARD, fixtures, goTo, type Opened, openPage, placed, region, until } from './page.ts';
import { recordedIn } from './recorded.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe holds against the page, or a part of it, if it is serious. */
async function violations(page: Page, part: string, rules: string): Promise<string[]> {
  await page.evaluate(`globalThis.axe === undefined && (() => { ${AXE} })()`);
  const found = (await page.evaluate(
    `axe.run('${part}', ${rules}).then((result) => result.violations)`,
  )) as Violation[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 140)} ${failureSummary}`),
    );
}

/** Where a command leads: what is different after it. In one question, for it is asked very often. */
function witness({ page }: Opened): Promise<string> {
  return page.evaluate(`JSON.stringify([
    location.hash,
    document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName,
    document.querySelectorAll('dialog[open]').length,
    document.documentElement.dataset.theme,
    document.querySelector('header [role=status]').textContent,
    document.querySelectorAll('[aria-label="Stop playing"]').length,
  ])`);
}

describe('the keys', () => {
  it('are all listed, and each does something', async () => {
    const opened = await openPage(fixtures.small, {
      at: 'seq=1500&q=type:SignalEmitted&mute=type:BarDerived&break=type%3DGapDetected',
      context: CLIPBOARD,
    });
    await using _ = opened;
    const { page } = opened;
    const start = page.url();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'What this is, and every key' });
    const rows = await dialog.getByRole('row').evaluateAll((all) =>
      all.map((row) => {
        const { dataset } = row as unknown as { dataset: { command: string; keys: string } };
        return { command: dataset.command, keys: dataset.keys.split(' ').filter(Boolean) };
      }),
    );
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    const bound = rows.flatMap(({ command, keys }) => keys.map((key) => ({ command, key })));
    expect(new Set(bound.map(({ key }) => key)).size).toBe(bound.length);
    expect(bound.length).toBeGreaterThan(40);
    const wanted =
      'ArrowLeft ArrowRight k j shift+ArrowLeft shift+ArrowRight alt+ArrowLeft alt+ArrowRight [ ] Home End g / f w c C d n N b p m Space l mod+k ?';
    expect(bound.map(({ key }) => key)).toEqual(expect.arrayContaining(wanted.split(' ')));
    const idle: string[] = [];
    for (const { command, key } of bound) {
      if (key === 'Escape') continue;
      await page.goto(start);
      if (key === 's') await page.keyboard.press('d');
      if (key === 'F') await page.keyboard.press('f');
      await page.waitForFunction(
        `document.querySelector('[aria-label="Event"] .aside')?.textContent === '#1\u202f500'`,
      );
      const before = await witness(opened);
      await page.keyboard.press(
        key.replace('mod+', 'Control+').replace('shift+', 'Shift+').replace('alt+', 'Alt+'),
      );
      const after = await until(
        () => witness(opened),
        (now) => now !== before,
      );
      if (after === before) idle.push(`${command} (${key})`);
      if (key === 'Space') await page.keyboard.press('Space');
      for (let i = 0; i < 2; i++) await page.keyboard.press('Escape');
    }
    expect(idle).toEqual([]);
  });

  it('are enough to ask why, to filter and to find where two runs part', async () => {
    const { facts, first } = await recordedIn(fixtures.a);
    const opened = await openPage(fixtures.a, { other: fixtures.b });
    await using _ = opened;
    const { page } = opened;
    const update = first('IndicatorUpdated', { key: 'drift_1m', valid: true }, 300);
    await goTo(page, update.seq);
    await page.keyboard.press('w');
    const data = region(page, 'Session data');
    await data
      .getByRole('list', { name: 'What led to it' })
      .getByText('IndicatorUpdated')
      .first()
      .waitFor();
    await page.keyboard.press('c');
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(update.cause),
    );
    expect(placed(page, 'seq')).toBe(String(update.cause));
    await page.keyboard.press('/');
    await page.keyboard.type('type:Indicator*');
    await page.keyboard.press('Enter');
    const count = facts.filter(({ type }) => type.startsWith('Indicator')).length;
    await region(page, 'Events').getByText(`${count} hits`).waitFor();
    const parting = page.getByRole('button', { name: /^Open both at/ });
    await parting.focus();
    await page.keyboard.press('Enter');
    const [, seq] = /#(\d+)/.exec((await parting.textContent())!)!;
    await until(
      async () => placed(page, 'seq'),
      (now) => now === seq,
    );
    expect(placed(page, 'seq')).toBe(seq);
  });
});

describe('the palette', () => {
  it('finds commands, symbols and places by a few letters', async () => {
    const opened = await openPage(fixtures.small, { at: 'seq=1500' });
    await using _ = opened;
    const { page } = opened;
    const take = async (letters: string) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Command', expanded: true }).waitFor();
      await page.keyboard.type(letters);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    };
    await take('chart of tsla');
    expect(placed(page, 'symbol')).toBe('TSLA');
    await take('goToCause');
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq !== '1500',
    );
    await take('1234');
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === '1234',
    );
    await take('what changed');
    expect(placed(page, 'tab')).toBe('diff');
  });
});

// Dark differs from light in its colours only.
describe.each([
  ['light', '{}'],
  ['dark', "{ runOnly: ['color-contrast'] }"],
] as const)('the page in %s', (colorScheme, rules) => {
  it('has nothing that axe calls serious', async () => {
    const opened = await openPage(fixtures.small, {
      at: 'seq=1500&pins=1400&break=type%3DGapDetected',
      context: { colorScheme, reducedMotion: 'reduce' },
    });
    await using _ = opened;
    const { page } = opened;
    await region(page, 'Statechart').getByRole('listitem').first().waitFor();
    expect(await violations(page, 'html', rules)).toEqual([]);
    for (const tab of ['diff', 'why']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.getByRole('tabpanel', { name: tab }).waitFor();
      expect(await violations(page, '[role=tabpanel]', rules)).toEqual([]);
    }
    for (const key of ['?', 'Control+k', 'Shift+B']) {
      await page.keyboard.press(key);
      await page.getByRole('dialog').waitFor();
      expect(await violations(page, 'dialog', rules)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
  });
});
