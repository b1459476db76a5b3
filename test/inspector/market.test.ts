import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE } from '../support.ts';
import { INSERTED, OPEN } from './fixtures.ts';
import {
  barsAt,
  candleAt,
  fixtures,
  goTo,
  type Opened,
  openPage,
  placed,
  region,
  until,
} from './page.ts';
import { type Recorded, recordedIn } from './recorded.ts';

let recorded: Recorded;
let opened: Opened;

beforeAll(async () => {
  recorded = await recordedIn(fixtures.small);
  opened = await openPage(fixtures.small, { at: 'seq=1500&symbol=AAPL' });
});

afterAll(() => opened[Symbol.asyncDispose]());

const chart = () => region(opened.page, 'Chart');

describe('the chart', () => {
  it('leads from a candle to the fact that completed it, and names it under the pointer', async () => {
    const { page } = opened;
    const bars = await barsAt(page, 1500);
    const row = bars.opened.length - 12;
    const expected = recorded.first('BarAppended', { symbol: 'AAPL', opened: bars.opened[row]! });
    expect(bars.seq[row]).toBe(expected.seq);
    const { x, y } = await candleAt(page, row, bars.close[row]!);
    const box = (await chart().getByRole('img').boundingBox())!;
    await page.mouse.move(box.x + x, box.y + y);
    const text = new Intl.NumberFormat('en-US').format(expected.seq).replaceAll(',', '\u202f');
    await chart().getByText(`#${text}`).waitFor();
    await page.mouse.click(box.x + x, box.y + y);
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(expected.seq),
    );
    expect(placed(page, 'seq')).toBe(String(expected.seq));
    await page.mouse.move(0, 0);
  });

  it('shows 5m bars at the same cursor, the last one as unfinished', async () => {
    const { page } = opened;
    // Three minutes into a window of five.
    const at = OPEN + 63 * MINUTE;
    const { seq } = recorded.first('BarAppended', { symbol: 'AAPL', opened: at - MINUTE });
    await goTo(page, seq);
    const minutes = await barsAt(page, seq);
    expect(minutes.unfinished).toBe(null);
    await chart().getByLabel('Interval').selectOption('5m');
    const fives = await until(
      () => barsAt(page, seq),
      (bars) => bars.interval === '5m',
    );
    expect(fives.time).toBe(minutes.time);
    expect(fives.opened).toHaveLength(12);
    const parts = minutes.opened.map((opened, i) => ({
      opened,
      close: minutes.close[i]!,
      high: minutes.high[i]!,
    }));
    const open = parts.filter((bar) => bar.opened >= at - 3 * MINUTE);
    expect(fives.unfinished).toMatchObject({
      opened: at - 3 * MINUTE,
      count: 3,
      expected: 5,
      close: open.at(-1)!.close,
      high: Math.max(...open.map((bar) => bar.high)),
    });
    await chart().getByText('unfinished').waitFor();
    await chart().getByLabel('Interval').selectOption('1m');
    await chart().getByText('unfinished').waitFor({ state: 'hidden' });
  });

  it('draws the indicators that are chosen', async () => {
    const { page } = opened;
    await goTo(page, 1500);
    const keys = async () => [
      ...new Set((await barsAt(page, 1500)).indicators.map(({ key }) => key)),
    ];
    await until(keys, (all) => all.length === 2);
    await chart().getByLabel('rsi_14_1m').check();
    const shown = await until(keys, (all) => all.length === 3);
    expect(shown.sort()).toEqual(['ema_9_1m', 'rsi_14_1m', 'sma_20_1m']);
    expect(placed(page, 'show')?.split(',').sort()).toEqual(shown);
    await chart().getByLabel('rsi_14_1m').uncheck();
  });

  it('says what is missing', async () => {
    const { page } = opened;
    const gap = recorded.first('GapDetected', { symbol: 'TSLA' });
    await chart().getByLabel('Symbol').selectOption('TSLA');
    await goTo(page, gap.seq);
    const bars = await until(
      () => barsAt(page, gap.seq),
      (got) => got.symbol === 'TSLA',
    );
    expect(bars.gaps).toEqual([
      { start: OPEN + 200 * MINUTE, end: OPEN + 204 * MINUTE, missing: 4, seq: gap.seq },
    ]);
    await chart().getByText('1 gap').waitFor();
    await chart().getByText('quality 98.0 % (201/205)').waitFor();
    await goTo(page, gap.seq - 1);
    await chart().getByText('1 gap').waitFor({ state: 'hidden' });
  });

  it('has a symbol only from when it is in the session', async () => {
    const { page } = opened;
    const before = recorded.facts.findLast(({ at }) => at < INSERTED)!.seq;
    await goTo(page, before);
    await barsAt(page, before);
    const symbols = region(page, 'Session data').getByRole('button', { name: 'session_data.MSFT' });
    await symbols.waitFor({ state: 'hidden' });
    const registered = recorded.first('SymbolRegistered', { symbol: 'MSFT' }).seq;
    await goTo(page, registered);
    await symbols.first().waitFor();
  });
});

describe('the lanes', () => {
  const lanes = () => region(opened.page, 'Lanes');
  /** Sender, cause, receiver, seq of every arrow, as drawn. */
  const arrows = async () => {
    const marks = await lanes()
      .locator('[data-arrow]')
      .evaluateAll((all) =>
        all.map((arrow) => ({
          text: (arrow as unknown as { dataset: { arrow: string } }).dataset.arrow,
          kind: arrow.getAttribute('class') ?? '',
        })),
      );
    return marks.map(({ text, kind }) => {
      const [from, cause, to, seq] = text.split(' ');
      return { from, cause: Number(cause), to, seq: Number(seq), kind };
    });
  };

  it('have an arrow from every cause to its effect, in the order of the log', async () => {
    const { page } = opened;
    await goTo(page, 1500);
    await lanes().getByRole('button', { name: 'around the cursor' }).click();
    await until(
      async () => placed(page, 'window'),
      (window) => window === '1450-1550',
    );
    const expected = recorded.facts
      .filter(({ seq, cause }) => seq >= 1450 && seq <= 1550 && cause !== null)
      .map(({ seq, cause, by }) => ({ cause, seq, to: by, from: recorded.facts[cause! - 1]!.by }));
    const drawn = await until(arrows, (all) => all.length === expected.length);
    expect(drawn.map(({ from, cause, to, seq }) => ({ cause, seq, to, from }))).toEqual(expected);
    expect(drawn.length).toBeGreaterThan(20);
  });

  it('dim all others when an actor is chosen', async () => {
    const { page } = opened;
    await region(page, 'Actors')
      .getByRole('button', { name: /^crossing/, exact: false })
      .first()
      .click();
    const drawn = await until(arrows, (all) => all.some(({ kind }) => kind.includes('is-dim')));
    for (const { from, to, kind } of drawn) {
      const ofChosen = [from, to].includes('session/strategy/crossing');
      expect(kind.includes('is-dim')).toBe(!ofChosen);
    }
    expect(placed(page, 'actor')).toBe('session/strategy/crossing');
    await page.goBack();
  });

  it('lead past muted actors', async () => {
    const { page } = opened;
    const before = await arrows();
    const signals = before.filter(({ to }) => to === 'session/strategy/crossing');
    expect(signals.length).toBeGreaterThan(0);
    await region(page, 'Actors').getByRole('button', { name: 'Mute session/processor' }).click();
    const after = await until(arrows, (all) =>
      all.every(({ from }) => from !== 'session/processor'),
    );
    const past = after.filter(({ to }) => to === 'session/strategy/crossing');
    expect(past.map(({ seq }) => seq)).toEqual(signals.map(({ seq }) => seq));
    for (const { from, kind } of past) {
      expect(from).toBe('session/feed');
      expect(kind).toContain('is-indirect');
    }
    await region(page, 'Actors').getByRole('button', { name: 'Show session/processor' }).click();
  });

  it('collapse idle time unless it is to be seen', async () => {
    const dots = () =>
      lanes()
        .locator('circle')
        .evaluateAll((all) =>
          all.map((dot) => Number(dot.getAttribute('cx'))).sort((a, b) => a - b),
        );
    const box = lanes().getByLabel('collapse idle time');
    expect(await box.isChecked()).toBe(true);
    const steps = (all: number[]) => all.slice(1).map((x, i) => x - all[i]!);
    const even = steps(await dots());
    expect(Math.max(...even) - Math.min(...even)).toBeLessThan(0.5);
    await box.uncheck();
    const timed = await until(dots, (all) => Math.max(...steps(all)) > 3 * Math.max(...even));
    expect(Math.max(...steps(timed))).toBeGreaterThan(3 * Math.max(...even));
    await box.check();
  });
});
