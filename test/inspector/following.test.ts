import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barsAt, fixtures, goTo, type Opened, openPage, placed, region, until } from './page.ts';
import { type Recorded, recordedIn } from './recorded.ts';

let recorded: Recorded;
let opened: Opened;

beforeAll(async () => {
  recorded = await recordedIn(fixtures.small);
  opened = await openPage(fixtures.small, { at: 'seq=1500&symbol=AAPL' });
});

afterAll(() => opened[Symbol.asyncDispose]());

async function showsSymbol(symbol: string, seq: number): Promise<void> {
  const { page } = opened;
  const bars = await until(
    () => barsAt(page, seq),
    (got) => got.symbol === symbol,
  );
  expect([bars.symbol, placed(page, 'symbol')]).toEqual([symbol, symbol]);
  const tree = region(page, 'Session data');
  await tree
    .getByRole('button', { name: `session_data.${symbol}.indicators` })
    .first()
    .waitFor();
}

describe('chart and tree', () => {
  it('go to the symbol of a fact that is selected', async () => {
    const { page } = opened;
    const signal = recorded.first('SignalEmitted', { symbol: 'TSLA' }, 1500).seq;
    await goTo(page, signal);
    await showsSymbol('TSLA', signal);
    const { seq } = recorded.first('BarAppended', { symbol: 'AAPL' }, signal);
    const row = region(page, 'Events').getByRole('row').filter({ hasText: 'BarAppended' });
    await row
      .filter({ hasText: new Intl.NumberFormat('en-US').format(seq).replaceAll(',', '\u202f') })
      .click();
    await showsSymbol('AAPL', seq);
    await page.goBack();
    await showsSymbol('TSLA', signal);
  });

  it('stay with a symbol that was chosen, through steps and times, until a fact of another is selected', async () => {
    const { page } = opened;
    const start = recorded.first('BarAppended', { symbol: 'TSLA' }, 2000).seq;
    await goTo(page, start);
    await showsSymbol('TSLA', start);
    await region(page, 'Chart').getByLabel('Symbol').selectOption('AAPL');
    for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
    await showsSymbol('AAPL', start + 6);
    await page.keyboard.press('g');
    await page.keyboard.type('11:40');
    await page.keyboard.press('Enter');
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq !== String(start + 6),
    );
    await showsSymbol('AAPL', Number(placed(page, 'seq')));
    const from = Number(placed(page, 'seq'));
    await page.keyboard.press('/');
    await page.keyboard.type('type:SignalEmitted symbol:TSLA');
    await page.keyboard.press('Enter');
    await page.keyboard.press('n');
    await showsSymbol('TSLA', recorded.first('SignalEmitted', { symbol: 'TSLA' }, from).seq);
  });

  it('go there also where the tree was opened by hand', async () => {
    const { page } = opened;
    await page.goto(opened.address('seq=1500&symbol=AAPL&open=session_data'));
    const { seq } = recorded.first('SignalEmitted', { symbol: 'TSLA' }, 1500);
    await goTo(page, seq);
    await showsSymbol('TSLA', seq);
  });
});
