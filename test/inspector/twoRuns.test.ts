import { describe, expect, it } from 'vitest';
import { fixtures, openPage, PARTING_KEY, placed, region, until } from './page.ts';
import { recordedIn } from './recorded.ts';

describe('two runs', () => {
  it('part at the known fact, which is shown side by side with the field that differs', async () => {
    const [a, b] = await Promise.all([recordedIn(fixtures.a), recordedIn(fixtures.b)]);
    const parting = a.facts.find(
      ({ seq }, i) => JSON.stringify(a.facts[i]) !== JSON.stringify(b.facts[i]) && seq > 0,
    )!;
    expect(parting).toMatchObject({ type: 'IndicatorUpdated', key: PARTING_KEY });
    const opened = await openPage(fixtures.a, { other: fixtures.b });
    await using _ = opened;
    const { page } = opened;
    const opens = await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(parting.seq),
    );
    expect(opens).toBe(String(parting.seq));
    const pane = region(page, 'Run against run');
    const number = (seq: number) =>
      new Intl.NumberFormat('en-US').format(seq).replaceAll(',', '\u202f');
    await pane.getByText(`first divergence at #${number(parting.seq)}`).waitFor();
    await pane.getByText(/^Identical prefix: /).waitFor();
    for (const side of ['A', 'B']) {
      const fact = pane.getByRole('group', { name: `Run ${side} at the divergence` });
      expect(await fact.textContent()).toContain(`#${number(parting.seq)} IndicatorUpdated TSLA`);
    }
    const rows = pane.getByRole('table', { name: 'Fields that differ' }).getByRole('row');
    const cells = await rows.nth(1).getByRole('cell').allTextContents();
    const value = (fact: unknown) => String((fact as { value: number }).value);
    expect(cells).toEqual(['value', value(parting), value(b.facts[parting.seq - 1])]);
    await pane.getByText('SessionData was the same before it.').waitFor();
    await pane.getByRole('button', { name: /^Open both at/ }).click();
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(parting.seq - 1),
    );
    expect(placed(page, 'seq')).toBe(String(parting.seq - 1));
    await page.keyboard.press('o');
    await until(
      async () => placed(page, 'log'),
      (log) => log === 'b',
    );
    expect(placed(page, 'seq')).toBe(String(parting.seq - 1));
    await pane.getByText(/first divergence/).waitFor();
  });

  it('have times as people read them, and say what one of them does not have', async () => {
    const opened = await openPage(fixtures.a, { other: fixtures.failed });
    await using _ = opened;
    const { page } = opened;
    const pane = region(page, 'Run against run');
    // They were started differently: what happened then is of more interest.
    const [, beyond] = /first at #(\d+)/.exec(
      (await pane.getByText(/^They were started differently/).textContent())!,
    )!;
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === beyond,
    );
    expect(placed(page, 'seq')).toBe(beyond);
    const ignored = 'RunStarted,Indicator*,Session*,Transition*,Actor*,Phase*,Queue*';
    await pane.getByLabel('Ignore fields').fill(ignored);
    await page.keyboard.press('Enter');
    const row = (path: string) =>
      pane
        .getByRole('row')
        .filter({ has: page.getByRole('cell', { name: path, exact: true }) })
        .getByRole('cell')
        .allTextContents();
    await pane.getByText('SignalEmitted', { exact: true }).waitFor();
    expect(await row('at')).toEqual(['at', '2024-01-02T14:36:00.000Z', '2024-01-02T14:35:00.000Z']);
    expect(await row('opened')).toEqual(['opened', '2024-01-02T14:35:00.000Z', '(absent)']);
    expect(await row('side')).toEqual(['side', '(absent)', 'buy']);
  });

  it('are called identical if they are', async () => {
    const { facts } = await recordedIn(fixtures.a);
    const opened = await openPage(fixtures.a, { other: fixtures.same });
    await using _ = opened;
    const pane = region(opened.page, 'Run against run');
    const count = new Intl.NumberFormat('en-US').format(facts.length).replaceAll(',', '\u202f');
    await pane.getByText(`Identical, ${count} events.`).waitFor();
  });
});
