import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtures, goTo, type Opened, openPage, placed, region, until } from './page.ts';
import { differences, type Recorded, recordedIn } from './recorded.ts';

let recorded: Recorded;
let opened: Opened;

beforeAll(async () => {
  recorded = await recordedIn(fixtures.small);
  opened = await openPage(fixtures.small);
});

afterAll(() => opened[Symbol.asyncDispose]());

/** Opens a node of the tree if it is not open. */
async function open(path: string): Promise<void> {
  const twisty = region(opened.page, 'Session data').getByRole('button', {
    name: path,
    exact: true,
  });
  await twisty.waitFor();
  if ((await twisty.getAttribute('aria-expanded')) === 'false') await twisty.click();
}

async function changesShown(): Promise<string[][]> {
  const rows = region(opened.page, 'Session data')
    .getByRole('table', { name: 'Changes' })
    .getByRole('row');
  const texts = await rows.evaluateAll((all) =>
    all.map((row) => {
      const { cells } = row as unknown as { cells: Iterable<{ textContent: string }> };
      return [...cells].map((cell) => cell.textContent);
    }),
  );
  return texts.slice(1);
}

describe('why', () => {
  it('leads from a value to its fact, the bar behind it and the row of the file', async () => {
    const { page } = opened;
    const from = recorded.first('BarAppended', { symbol: 'AAPL' }).seq + 200;
    const update = recorded.first('IndicatorUpdated', { symbol: 'AAPL', key: 'sma_20_1m' }, from);
    const bar = recorded.facts[update.cause! - 1]!;
    expect(bar.type).toBe('BarAppended');
    await goTo(page, update.seq);
    const data = region(page, 'Session data');
    await open('session_data.AAPL.indicators.session');
    await open('session_data.AAPL.indicators.session.sma_20_1m');
    await data.getByRole('button', { name: /^current_value/ }).click();
    await page.keyboard.press('w');
    const chain = data.getByRole('list', { name: 'What led to it' });
    const name = (seq: number) =>
      `#${new Intl.NumberFormat('en-US').format(seq).replaceAll(',', '\u202f')}`;
    await chain.getByRole('link', { name: name(update.seq), exact: true }).waitFor();
    await chain.getByRole('link', { name: name(bar.seq), exact: true }).waitFor();
    const row =
      2 +
      recorded.facts.filter(
        (fact) => fact.type === 'BarAppended' && fact.symbol === 'AAPL' && fact.seq < bar.seq,
      ).length;
    await chain.getByRole('link', { name: `feed AAPL.csv, row ${row}` }).waitFor();
    await chain.getByRole('link', { name: name(bar.seq), exact: true }).click();
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(update.cause),
    );
    expect(placed(page, 'seq')).toBe(String(update.cause));
  });

  it('is followed by keys to causes and effects', async () => {
    const { page } = opened;
    const signal = recorded.first('SignalEmitted');
    const update = recorded.facts[signal.cause! - 1]!;
    await goTo(page, signal.seq);
    for (const expected of [signal.cause, update.cause]) {
      await region(page, 'Event').getByRole('link').first().waitFor();
      await until(
        async () => placed(page, 'seq'),
        (seq) => seq !== null,
      );
      await page.waitForFunction(
        (seq) =>
          (globalThis as unknown as { openbellDebug: { bars: { at: number } } }).openbellDebug.bars
            .at === seq,
        Number(placed(page, 'seq')),
      );
      await page.keyboard.press('c');
      await until(
        async () => placed(page, 'seq'),
        (seq) => seq === String(expected),
      );
      expect(placed(page, 'seq')).toBe(String(expected));
    }
  });

  it('says why there is no signal', async () => {
    const { page } = opened;
    await goTo(
      page,
      recorded.first('IndicatorUpdated', { symbol: 'AAPL', key: 'sma_20_1m', valid: true }).seq + 1,
    );
    await page.keyboard.press('w');
    const silence = region(page, 'Session data').getByRole('region', { name: 'Why no signal' });
    await silence.getByRole('button').click();
    await silence.getByRole('listitem').first().waitFor();
    await page.keyboard.press('s');
  });
});

describe('the diff', () => {
  it('lists exactly the places that a fact changed, with what was there', async () => {
    const { page } = opened;
    const seqs = [
      recorded.first('BarAppended', { symbol: 'AAPL' }, 900).seq,
      recorded.first('IndicatorUpdated', { symbol: 'TSLA' }, 900).seq,
      recorded.first('GapDetected').seq,
    ];
    await page.keyboard.press('d');
    for (const seq of seqs) {
      await goTo(page, seq);
      const [before, after] = [recorded.data(seq - 1), recorded.data(seq)];
      const expected = differences(before, after, 'session_data').sort();
      expect(expected.length).toBeGreaterThan(0);
      const ofData = (rows: string[][]) =>
        rows
          .map(([path]) => path!)
          .filter((path) => path.startsWith('session_data'))
          .sort();
      const shown = await until(
        async () => ofData(await changesShown()),
        (paths) => paths.join() === expected.join(),
      );
      expect(shown).toEqual(expected);
    }
    const update = recorded.first(
      'IndicatorUpdated',
      { symbol: 'AAPL', key: 'ema_9_1m', valid: true },
      1200,
    );
    await goTo(page, update.seq);
    const path = 'session_data.AAPL.indicators.session.ema_9_1m.current_value';
    const row = await until(
      async () => (await changesShown()).find((cells) => cells[0] === path),
      (cells) => cells?.[2] === String(update.value),
    );
    const earlier = recorded.data(update.seq - 1) as never as Record<
      string,
      { indicators: { session: Record<string, { current_value: number }> } }
    >;
    expect(row).toEqual([
      path,
      String(earlier.AAPL!.indicators.session.ema_9_1m!.current_value),
      String(update.value),
    ]);
  });

  it('compares two pinned moments', async () => {
    const { page } = opened;
    const [from, to] = [900, 1100];
    for (const seq of [from, to]) {
      await goTo(page, seq);
      await page.keyboard.press('p');
      await page.keyboard.press('Enter');
      await region(page, 'Notes').getByLabel(`Note about #${seq}`).waitFor();
    }
    await page.keyboard.press('d');
    await region(page, 'Session data').getByLabel('Compare from').selectOption(String(from));
    const expected = differences(recorded.data(from), recorded.data(to), 'session_data').sort();
    const shown = await until(
      async () =>
        (await changesShown())
          .map(([path]) => path!)
          .filter((path) => path.startsWith('session_data'))
          .sort(),
      (paths) => paths.length === expected.length,
    );
    expect(shown).toEqual(expected);
  });
});
