/** A symbol that was served sooner than where it was first asked for, and is asked for again meanwhile. */
import { describe, expect, it } from 'vitest';
import {
  type AddResult,
  type Fact,
  openSession,
  type ScannerContext,
  type Session,
  type StrategyContext,
} from '../../src/index.ts';
import { DATES, unansweredIn } from '../actors/comparing.ts';
import { TroubledFeed } from '../actors/troubledFeed.ts';
import { barsOf, configOf } from '../support.ts';

const [, DATE] = DATES as [string, string];

describe('a wish that a scanner had served sooner', () => {
  it('does not answer a later wish for the same symbol, which is asked for while others load', async () => {
    const bars = barsOf({ dates: [DATE] });
    const feed = new TroubledFeed({ AAPL: bars, SLOW: bars });
    let session: Session;
    let again: Promise<AddResult> | null = null;
    let scanned = false;
    feed.trouble = async (ask, symbol) => {
      if (ask !== 'read' || symbol !== 'SLOW' || !scanned) return;
      again ??= session.addSymbol('GONE');
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    session = await openSession({
      config: configOf({
        start: DATE,
        end: DATE,
        session: {
          strategies: [{ module: 'own' }],
          scanners: [{ module: 'looker', pre_session: true }],
        },
      }),
      data: feed,
      strategies: {
        own: () => ({
          setup: (context: StrategyContext) => {
            context.ensureSymbol('GONE');
            context.ensureSymbol('SLOW');
          },
        }),
      },
      scanners: {
        looker: () => ({
          scan: async (context: ScannerContext) => {
            await context.ensureSymbol('GONE').catch(() => {});
            scanned = true;
            return { symbols: [] };
          },
        }),
      },
    });
    const facts: Fact[] = [];
    session.onFrame((frame) => facts.push(...frame.facts()));
    await session.finish();
    expect(session.view.symbols).toEqual(['AAPL', 'SLOW']);
    expect(await again!).toMatchObject({ added: false, loaded: false, symbol: 'GONE' });
    expect(unansweredIn(facts)).toEqual([]);
  });
});
