import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../support.ts';
import {
  barsAt,
  CLIPBOARD,
  candleAt,
  clipboard,
  fixtures,
  goTo,
  numberIn,
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
  opened = await openPage(fixtures.small, {
    at: 'seq=100',
    context: CLIPBOARD,
  });
});

afterAll(() => opened[Symbol.asyncDispose]());

const go = (seq: number) => goTo(opened.page, seq);

describe('the page', () => {
  it('opens with its panes from its own origin only, without a complaint', async () => {
    const fresh = await openPage(fixtures.small);
    await using _ = fresh;
    const { page, requests, complaints, server } = fresh;
    for (const name of ['Actors', 'Statechart', 'Chart', 'Lanes', 'Events', 'Session data']) {
      await region(page, name).waitFor();
    }
    await region(page, 'Statechart').getByRole('listitem').first().waitFor();
    await page.getByRole('contentinfo').getByText('index ready').waitFor();
    const origin = new URL(server.url).origin;
    expect(requests.filter((url) => new URL(url).origin !== origin)).toEqual([]);
    expect(requests.some((url) => url.includes('elk-worker'))).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('moves every pane by one cursor', async () => {
    await go(100);
    const { page } = opened;
    for (let i = 0; i < 10; i++) await page.keyboard.press('ArrowRight');
    expect(placed(page, 'seq')).toBe('110');
    const selected = region(page, 'Events').getByRole('row', { selected: true });
    await until(
      async () => numberIn((await selected.getByRole('gridcell').first().textContent()) ?? ''),
      (seq) => seq === 110,
    );
    expect(await selected.count()).toBe(1);
    await region(page, 'Session data').getByText('at 110', { exact: true }).waitFor();
    await region(page, 'Statechart').getByText('at 110', { exact: true }).waitFor();
    await region(page, 'Event').getByText('#110', { exact: true }).first().waitFor();
    expect((await barsAt(page, 110)).at).toBe(110);
    await region(page, 'Chart')
      .getByRole('img', { name: /fact 110$/ })
      .waitFor();
    expect(await page.getByLabel(/^Cursor/).inputValue()).toBe('110');
    await page.goBack();
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === '100',
    );
    await region(page, 'Session data').getByText('at 100', { exact: true }).waitFor();
  });

  it('gives as SessionData what the log folds to', async () => {
    const { page } = opened;
    const next = random(5);
    const last = recorded.log.position;
    const seqs = Array.from({ length: 20 }, () => 1 + Math.floor(next() * last));
    const copy = region(page, 'Session data').getByRole('button', { name: 'Copy JSON' });
    for (const seq of seqs) {
      await go(seq);
      await copy.click();
      await page.getByRole('status').getByText(`Copied: SessionData at #${seq}`).waitFor();
      const { session_data } = JSON.parse(await clipboard(page)) as { session_data: unknown };
      expect(session_data).toEqual(recorded.data(seq));
    }
  });

  it('marks exactly the states that are active as current', async () => {
    const { page } = opened;
    const current = async () => {
      const items = region(page, 'Statechart').getByRole('listitem');
      const marked = items.and(page.locator('[aria-current="true"]'));
      const names = await marked.evaluateAll((all) =>
        all.map((item) => (item as unknown as { ariaLabel: string }).ariaLabel),
      );
      return names.sort();
    };
    const lives = ['processor', 'quality', 'strategy', 'scanner'].map((name) => `session/${name}`);
    const phases: readonly [string, string, readonly string[]][] = [
      ['session', 'validating', ['session validating']],
      ['session', 'initializing', ['session initializing']],
      ['session', 'active', ['session active']],
      ['session', 'ending', ['session ending']],
    ];
    for (const [actor, to, expected] of phases) {
      const { seq } = recorded.first('TransitionTaken', { actor, to });
      await go(seq);
      const names = await until(current, (all) => expected.every((name) => all.includes(name)));
      const ofLives = names.filter((name) => lives.some((life) => name.startsWith(`${life} `)));
      expect(names.filter((name) => !ofLives.includes(name))).toEqual([...expected]);
      const state = to === 'active' || to === 'ending' ? 'ready' : 'idle';
      expect(ofLives).toEqual(
        to === 'validating' ? [] : lives.map((life) => `${life} ${state}`).sort(),
      );
    }
    const inserting = recorded.first('TransitionTaken', {
      actor: 'session/active',
      to: 'inserting',
    });
    await go(inserting.seq);
    await until(current, (all) => all.includes('session/active inserting'));
    const back = recorded.first(
      'TransitionTaken',
      { actor: 'session/active', to: 'streaming' },
      inserting.seq,
    );
    await go(back.seq);
    const after = await until(current, (all) => all.includes('session/active streaming'));
    expect(after).not.toContain('session/active inserting');
    expect(after.filter((name) => name.includes('insertion'))).toEqual([]);
  });

  it('says at the first fact that there was no clock, and that no chart has moved', async () => {
    const { page } = opened;
    await go(1);
    await page.keyboard.press('d');
    const changes = region(page, 'Session data').getByRole('table', { name: 'Changes' });
    const clock = changes.getByRole('row').filter({ hasText: 'current_time' });
    await clock.getByText('no clock yet').waitFor();
    expect(await clock.textContent()).not.toContain('19');
    const charts = region(page, 'Statechart');
    await charts.getByText('No chart has moved yet.').waitFor();
    await page.keyboard.press('s');
    expect(await region(page, 'Session data').textContent()).not.toContain('1969');
    await page.keyboard.press('ArrowRight');
    await charts.getByRole('listitem').first().waitFor();
    await charts.getByText('No chart has moved yet.').waitFor({ state: 'hidden' });
  });

  it('shows nothing of the market from after the cursor', async () => {
    const { page } = opened;
    const next = random(9);
    const [from, to] = [recorded.first('BarAppended').seq, recorded.log.position];
    for (let i = 0; i < 8; i++) {
      const seq = from + Math.floor(next() * (to - from));
      await go(seq);
      const bars = await barsAt(page, seq);
      const { at } = recorded.facts[seq - 1]!;
      const seqs = [bars.seq, ...bars.indicators.map((line) => line.seq)].flat();
      expect(Math.max(0, ...seqs, ...bars.signals.map((signal) => signal.seq))).toBeLessThanOrEqual(
        seq,
      );
      expect(Math.max(0, ...bars.opened)).toBeLessThan(at);
      if (bars.opened.length < 2) continue;
      const last = bars.opened.length - 1;
      const { x, width } = await candleAt(page, last, bars.close[last]!);
      const before = await candleAt(page, last - 1, bars.close[last]!);
      // The newest candle stands at the very edge: right of it there is no room for another.
      expect(width - x).toBeLessThanOrEqual((x - before.x) * 2 + 1);
    }
  });

  it('says of facts after the cursor no more than that they are there, unless it is asked', async () => {
    const { page } = opened;
    await go(1500);
    const events = region(page, 'Events');
    await events.getByRole('row', { selected: true }).waitFor();
    const rows = async () => {
      const texts = await events
        .getByRole('row')
        .evaluateAll((all) =>
          all.map((row) =>
            [...(row as unknown as { children: Iterable<{ textContent: string }> }).children].map(
              ({ textContent }) => textContent,
            ),
          ),
        );
      return texts.map((cells) => ({ seq: numberIn(cells[0]!), cells }));
    };
    const isWhole = ({ seq, cells }: { seq: number; cells: string[] }) => {
      const fact = recorded.facts[seq - 1]!;
      const symbol = 'symbol' in fact ? fact.symbol : '';
      return cells.length === 7 && cells[2] === fact.type && cells[3] === symbol;
    };
    const shown = await until(rows, (all) => all.some(({ seq }) => seq > 1510));
    const [past, ahead] = [shown.filter((r) => r.seq <= 1500), shown.filter((r) => r.seq > 1500)];
    expect(past.length).toBeGreaterThan(5);
    expect(past.filter((row) => !isWhole(row))).toEqual([]);
    for (const { seq, cells } of ahead) {
      expect(cells.slice(2)).toEqual([recorded.facts[seq - 1]!.type, '']);
    }
    await events.getByLabel('peek ahead').check();
    const peeked = await until(rows, (all) => all.every(isWhole));
    expect(peeked.filter((row) => !isWhole(row))).toEqual([]);
    expect(placed(page, 'ahead')).toBe('1');
    await events.getByLabel('peek ahead').uncheck();
  });
});
