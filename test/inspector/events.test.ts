import { describe, expect, it } from 'vitest';
import { fixtures, openPage, region } from './page.ts';
import { recordedIn } from './recorded.ts';

interface Width {
  readonly clientWidth: number;
  readonly scrollWidth: number;
}

describe('the list of facts', () => {
  it('has more room for texts the wider the window is, and enough for the reason of a signal', async () => {
    const { facts } = await recordedIn(fixtures.small);
    const signal = facts.find(({ type, seq }) => type === 'SignalEmitted' && seq > 1500)!;
    const opened = await openPage(fixtures.small, { at: `seq=${signal.seq}` });
    await using _ = opened;
    const { page } = opened;
    const selected = region(page, 'Events').getByRole('row', { selected: true });
    const cells = async () =>
      (await selected.getByRole('gridcell', { includeHidden: true }).evaluateAll((all) =>
        all.map((cell) => {
          const { clientWidth, scrollWidth } = cell as unknown as Width;
          return { clientWidth, scrollWidth };
        }),
      )) as Width[];
    const texts: [window: number, text: number][] = [];
    for (const width of [960, 1024, 1180, 1280, 1366, 1440, 1536, 1600, 1680, 1920, 2240, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      const [seq, time, type, symbol, text, , cause] = await cells();
      texts.push([width, text!.clientWidth]);
      for (const cell of [seq, time, type, symbol, cause]) {
        expect([width, cell!.scrollWidth <= cell!.clientWidth]).toEqual([width, true]);
      }
      if (width >= 1440) {
        expect([width, text!.scrollWidth <= text!.clientWidth]).toEqual([width, true]);
      }
    }
    expect(texts).toEqual([...texts].sort(([, a], [, b]) => a - b));
  });
});
