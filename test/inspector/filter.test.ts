import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtures, goTo, numberIn, type Opened, openPage, placed, region, until } from './page.ts';
import { type Recorded, recordedIn } from './recorded.ts';

let recorded: Recorded;
let opened: Opened;

beforeAll(async () => {
  recorded = await recordedIn(fixtures.small);
  opened = await openPage(fixtures.small, { at: 'seq=800' });
});

afterAll(() => opened[Symbol.asyncDispose]());

const FILTER = 'type:Indicator* -type:Bar* symbol:TSLA';

const picked = () =>
  recorded.facts.filter(
    (fact) => fact.type.startsWith('Indicator') && 'symbol' in fact && fact.symbol === 'TSLA',
  );

async function type(text: string): Promise<void> {
  const { page } = opened;
  await page.keyboard.press('/');
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
}

async function hits(): Promise<number> {
  const text = await region(opened.page, 'Events')
    .getByRole('status', { name: 'Hits' })
    .textContent();
  return numberIn((text ?? '').split(/hits?|facts/)[0]!);
}

/** How far below the top of the list the selected row stands, in pixels. */
async function offset(): Promise<number> {
  const events = region(opened.page, 'Events');
  const list = await events.getByRole('grid').boundingBox();
  const row = await events.getByRole('row', { selected: true }).boundingBox();
  return row === null || list === null ? Number.NaN : Math.round(row.y - list.y);
}

describe('the filter', () => {
  it('shows exactly the facts it picks, and counts them', async () => {
    const { page } = opened;
    await type(FILTER);
    expect(await until(hits, (n) => n === picked().length)).toBe(picked().length);
    expect(placed(page, 'q')).toBe(FILTER);
    await page.keyboard.press('End');
    const rows = region(page, 'Events').getByRole('row');
    const texts = () => rows.evaluateAll((all) => all.map((row) => String(row.textContent)));
    const isOne = (text: string) => /Indicator\w+TSLA/.test(text);
    const shown = await until(texts, (all) => all.every(isOne));
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.filter((text) => !isOne(text))).toEqual([]);
    await goTo(page, 800);
  });

  it('leaves the selected fact where it is when it is cleared', async () => {
    const { page } = opened;
    const chosen = picked()[40]!.seq;
    await goTo(page, chosen);
    const before = await until(offset, (y) => y > 0);
    await page.keyboard.press('/');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Enter');
    expect(await until(hits, (n) => n === recorded.log.position)).toBe(recorded.log.position);
    const after = await until(offset, (y) => y === before);
    expect(after).toBe(before);
    const row = region(page, 'Events').getByRole('row', { selected: true });
    expect(numberIn((await row.getByRole('gridcell').first().textContent())!)).toBe(chosen);
  });

  it('goes from hit to hit, and counts hidden facts in the state', async () => {
    const { page } = opened;
    const signals = recorded.facts.filter((fact) => fact.type === 'SignalEmitted');
    await goTo(page, 1);
    await type('type:SignalEmitted');
    await until(hits, (n) => n === signals.length);
    for (const signal of signals.slice(0, 3)) {
      await page.keyboard.press('n');
      await until(
        async () => placed(page, 'seq'),
        (seq) => seq === String(signal.seq),
      );
    }
    expect(placed(page, 'seq')).toBe(String(signals[2]!.seq));
    await page.keyboard.press('Shift+N');
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(signals[1]!.seq),
    );
    await region(page, 'Session data')
      .getByText(`at ${signals[1]!.seq}`.replace(/(\d)(\d{3})$/, '$1\u202f$2'))
      .waitFor();
    await type('');
  });

  it('says what is wrong with a filter', async () => {
    const { page } = opened;
    await type('type:Nonsense');
    const problem = region(page, 'Events').getByRole('alert');
    await problem.waitFor();
    expect(await problem.textContent()).toContain('Nonsense');
    await page.keyboard.press('/');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Enter');
    await problem.waitFor({ state: 'hidden' });
  });

  it('is made by clicks: only, not, mute', async () => {
    const { page } = opened;
    const bar = recorded.first('BarAppended', { symbol: 'TSLA' }).seq;
    const bars = recorded.facts.filter((fact) => fact.type === 'BarAppended').length;
    await goTo(page, bar);
    const event = region(page, 'Event');
    await event.getByRole('button', { name: 'Only type:BarAppended' }).click();
    expect(await until(hits, (n) => n === bars)).toBe(bars);
    await event.getByRole('button', { name: 'Not type:BarAppended' }).click();
    const rest = recorded.facts.length - bars;
    expect(await until(hits, (n) => n === rest)).toBe(rest);
    await page.getByRole('searchbox', { name: 'Filter', exact: true }).fill('');
    await until(hits, (n) => n === recorded.facts.length);
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    expect(await until(hits, (n) => n === rest)).toBe(rest);
    await page.getByRole('button', { name: 'Show type:BarAppended again' }).click();
    expect(await until(hits, (n) => n === recorded.facts.length)).toBe(recorded.facts.length);
  });
});
