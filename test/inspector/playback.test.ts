import { describe, expect, it } from 'vitest';
import { barsAt, fixtures, goTo, openPage, placed, region, until } from './page.ts';
import { recordedIn } from './recorded.ts';

describe('breakpoints', () => {
  it('stop playback at the very fact', async () => {
    const recorded = await recordedIn(fixtures.small);
    const opened = await openPage(fixtures.small, { at: 'seq=1' });
    await using _ = opened;
    const { page } = opened;
    const crossing = recorded.facts.find((fact) => {
      if (fact.type !== 'IndicatorUpdated' || fact.key !== 'sma_20_1m' || fact.symbol !== 'AAPL')
        return false;
      const before = recorded.facts.findLast(
        (each) =>
          each.seq < fact.seq &&
          each.type === 'IndicatorUpdated' &&
          each.key === 'sma_20_1m' &&
          each.symbol === 'AAPL',
      ) as { value: number | null } | undefined;
      return (
        before?.value != null &&
        Math.sign(before.value - 100.3) !== Math.sign(Number(fact.value) - 100.3)
      );
    })!;
    const lines: readonly [string, number][] = [
      [
        'entering active.inserting',
        recorded.first('TransitionTaken', { to: 'inserting', actor: 'session/active' }).seq,
      ],
      ['type=GapDetected', recorded.first('GapDetected').seq],
      ['AAPL sma_20_1m crosses 100.3', crossing.seq],
    ];
    await page.getByLabel('Speed').selectOption('100');
    for (const [line, seq] of lines) {
      await page.keyboard.press('Shift+B');
      const dialog = page.getByRole('dialog', { name: 'Breakpoints' });
      await dialog.getByLabel('New breakpoint').waitFor();
      for (const remove of await dialog.getByRole('button', { name: /^Remove breakpoint/ }).all())
        await remove.click();
      await dialog.getByLabel('New breakpoint').fill(line);
      await dialog.getByRole('button', { name: 'Add' }).click();
      await dialog.getByText(line, { exact: true }).first().waitFor();
      expect(await dialog.getByRole('region', { name: 'Engine' }).count()).toBe(0);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await goTo(page, Math.max(1, seq - 60));
      await page.keyboard.press('Space');
      await page.getByRole('banner').getByText('a breakpoint is hit').waitFor();
      expect(placed(page, 'seq')).toBe(String(seq));
      expect(placed(page, 'break')).toBe(line);
    }
  });

  it('are refused with what is wrong about them', async () => {
    const opened = await openPage(fixtures.small);
    await using _ = opened;
    const { page } = opened;
    await page.keyboard.press('Shift+B');
    const dialog = page.getByRole('dialog', { name: 'Breakpoints' });
    await dialog.getByLabel('New breakpoint').fill('when the moon is full');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').waitFor();
    expect(await dialog.getByRole('listitem').count()).toBe(0);
  });
});

describe('stepping', () => {
  it('goes by bar, transition, phase and day', async () => {
    const { facts } = await recordedIn(fixtures.broad);
    const opened = await openPage(fixtures.broad, { at: 'seq=3000' });
    await using _ = opened;
    const { page } = opened;
    const next = (type: string, from: number) =>
      facts.find((fact) => fact.seq > from && fact.type === type)!.seq;
    let at = 3000;
    for (const [key, type] of [
      ['Shift+ArrowRight', 'BarAppended'],
      ['Alt+ArrowRight', 'TransitionTaken'],
      [']', 'PhaseEntered'],
    ] as const) {
      const expected = next(type, at);
      await page.keyboard.press(key);
      await until(
        async () => placed(page, 'seq'),
        (seq) => seq === String(expected),
      );
      expect(placed(page, 'seq')).toBe(String(expected));
      at = expected;
    }
    await page.keyboard.press('}');
    await page.getByRole('banner').getByText('2024-01-09').waitFor();
  });
});

describe('a longer log', () => {
  it('has few rows in the page, wherever the cursor is', async () => {
    const { facts } = await recordedIn(fixtures.broad);
    expect(facts.length).toBeGreaterThan(25_000);
    const opened = await openPage(fixtures.broad, { at: 'seq=1' });
    await using _ = opened;
    const { page } = opened;
    const rows = region(page, 'Events').getByRole('row');
    for (const seq of [1, 20_000, facts.length - 5, 7]) {
      await goTo(page, seq);
      await region(page, 'Events').getByRole('row', { selected: true }).waitFor();
      expect(await rows.count()).toBeLessThanOrEqual(200);
    }
    await barsAt(page, 7);
    await page.waitForLoadState('networkidle');
    const before = opened.requests.length;
    await goTo(page, 10_000);
    await barsAt(page, 10_000);
    await page.waitForLoadState('networkidle');
    // What all panes ask, and rows of the list.
    expect(opened.requests.slice(before).length).toBeLessThanOrEqual(4);
    await page.keyboard.press('End');
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(facts.length),
    );
    expect(placed(page, 'seq')).toBe(String(facts.length));
    const nodes = Number(await page.evaluate('document.querySelectorAll("*").length'));
    expect(nodes).toBeLessThan(4000);
  });
});
