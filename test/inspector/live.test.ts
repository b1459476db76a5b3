import { describe, expect, it } from 'vitest';
import { openSession, type Session, type SessionOptions } from '../../src/index.ts';
import { barsOf, configOf, MINUTE } from '../support.ts';
import { DAY, OPEN } from './fixtures.ts';
import { numberIn, type Opened, openPage, placed, region, until } from './page.ts';

const options = (): SessionOptions => ({
  config: configOf({
    symbols: ['AAPL', 'TSLA'],
    start: DAY,
    session: { indicators: { session: [{ name: 'sma', period: 20, interval: '1m' }] } },
  }),
  data: {
    AAPL: barsOf({ dates: [DAY], seed: 1 }),
    TSLA: barsOf({ dates: [DAY], seed: 2 }),
    MSFT: barsOf({ dates: [DAY], seed: 3 }),
  },
});

const minutesIn = (minutes: number) => OPEN + minutes * MINUTE;

/** The last fact of a session. */
const lastOf = ({ view }: Session) => view.seq;

async function shown({ page }: Opened): Promise<number> {
  return Number(await page.getByLabel(/^Cursor/).inputValue());
}

describe('a run that goes on', () => {
  it('is followed at its end, left with a step back, and found again, with nothing lost', async () => {
    const alone = await openSession(options());
    const expected = await alone.finish();
    const session = await openSession(options());
    await using _session = session;
    await session.runUntil(minutesIn(5));
    const server = await session.inspect();
    const opened = await openPage(server);
    await using _ = opened;
    const { page } = opened;
    const live = page.getByRole('button', { name: 'Follow the end of a live run' });
    expect(
      await until(
        () => shown(opened),
        (seq) => seq === lastOf(session),
      ),
    ).toBe(lastOf(session));
    await session.runUntil(minutesIn(10));
    expect(
      await until(
        () => shown(opened),
        (seq) => seq === lastOf(session),
      ),
    ).toBe(lastOf(session));
    await page.keyboard.press('ArrowLeft');
    const left = lastOf(session) - 1;
    await until(
      async () => placed(page, 'seq'),
      (seq) => seq === String(left),
    );
    await session.runUntil(minutesIn(20));
    const grown = lastOf(session) - left;
    const counter = async () => numberIn((await live.textContent())!);
    expect(await until(counter, (n) => n === grown)).toBe(grown);
    expect(await shown(opened)).toBe(left);
    await session.runUntil(minutesIn(30));
    expect(await until(counter, (n) => n === lastOf(session) - left)).toBe(lastOf(session) - left);
    await page.keyboard.press('l');
    expect(
      await until(
        () => shown(opened),
        (seq) => seq === lastOf(session),
      ),
    ).toBe(lastOf(session));
    await page.reload();
    expect(
      await until(
        () => shown(opened),
        (seq) => seq === lastOf(session),
      ),
    ).toBe(lastOf(session));
    await page.keyboard.press('Home');
    const first = region(page, 'Events').getByRole('row', { selected: true });
    await first.getByText('RunStarted').waitFor();
    const summary = await session.finish();
    expect(summary.chain_hash).toBe(expected.chain_hash);
    await page.getByRole('banner').getByText('completed').waitFor();
  });

  it('is not to be controlled unless that was allowed', async () => {
    const session = await openSession(options());
    await using _session = session;
    await session.runUntil(minutesIn(5));
    const opened = await openPage(await session.inspect());
    await using _ = opened;
    await opened.page.keyboard.press('Shift+B');
    await opened.page.getByRole('dialog', { name: 'Breakpoints' }).waitFor();
    expect(await opened.page.getByRole('region', { name: 'Engine' }).count()).toBe(0);
    await session.finish();
  });

  it('is let go on from the toolbar where it stands still, by a frame or for good', async () => {
    const session = await openSession(options());
    await using _session = session;
    await session.runUntil(minutesIn(5));
    const breakpoints = ['entering active.inserting'];
    const opened = await openPage(await session.inspect({ allowControl: true, breakpoints }));
    await using _ = opened;
    const { page } = opened;
    const held = page.getByRole('banner').getByRole('group', { name: 'Held run' });
    await page.getByRole('banner').getByText('live').first().waitFor();
    expect(await held.count()).toBe(0);
    const added = session.addSymbol('MSFT');
    const finished = session.finish();
    await held.getByText(/^held at #/).waitFor();
    // Nothing of the toolbar lies over anything else.
    const clock = page.getByTitle('Market time at the cursor, as the exchange');
    const steps = page.getByRole('banner').getByRole('group', { name: 'Stepping' });
    const help = page.getByRole('button', { name: 'Light or dark' });
    for (const width of [960, 1024, 1180, 1280, 1366, 1440]) {
      await page.setViewportSize({ width, height: 800 });
      const [left, right, end] = await Promise.all(
        [clock, steps, help].map(async (part) => (await part.boundingBox())!),
      );
      expect([width, left!.x + left!.width <= right!.x]).toEqual([width, true]);
      expect([width, end!.x + end!.width <= width]).toEqual([width, true]);
    }
    const at = lastOf(session);
    await held.getByRole('button', { name: 'Let a held run go on by one frame' }).click();
    await until(
      async () => lastOf(session),
      (seq) => seq > at,
    );
    expect(session.status).toBe('running');
    await held.getByText('held', { exact: true }).waitFor();
    await held.getByRole('button', { name: 'Let a held run go on', exact: true }).click();
    expect((await finished).status).toBe('completed');
    await held.waitFor({ state: 'hidden' });
    await added;
  });

  it('stands still at a breakpoint where control was allowed, and goes on', async () => {
    const session = await openSession(options());
    await using _session = session;
    await session.runUntil(minutesIn(5));
    const opened = await openPage(await session.inspect({ allowControl: true }));
    await using _ = opened;
    const { page } = opened;
    await page.keyboard.press('Shift+B');
    const dialog = page.getByRole('dialog', { name: 'Breakpoints' });
    const engine = dialog.getByRole('region', { name: 'Engine' });
    await engine.waitFor();
    await dialog.getByLabel('New breakpoint').fill('entering active.inserting');
    await page.keyboard.press('Enter');
    await dialog.getByText('entering active.inserting', { exact: true }).first().waitFor();
    await until(
      async () => session.view.seq,
      () => true,
    );
    const added = session.addSymbol('MSFT');
    const finished = session.finish();
    await engine.getByText(/It stopped at #\d+: entering active.inserting/).waitFor();
    expect(session.status).toBe('running');
    const at = lastOf(session);
    await engine.getByRole('button', { name: 'One frame' }).click();
    await until(
      async () => lastOf(session),
      (seq) => seq > at,
    );
    expect(lastOf(session)).toBeGreaterThan(at);
    expect(session.status).toBe('running');
    await engine.getByRole('button', { name: 'Resume the engine' }).click();
    expect((await finished).status).toBe('completed');
    await added;
  });
});
