/** A feed that makes trouble where it is told to: it throws, or takes its time. */

import { memoryFeed } from '../../src/feeds/memory.ts';
import type { Availability, Feed, FeedBars } from '../../src/index.ts';
import type { TestBar } from '../support.ts';

type Ask = 'index' | 'read';
/** Called before a symbol is indexed or read; `interval` is empty for an index. */
export type Trouble = (ask: Ask, symbol: string, interval: string) => void | Promise<void>;

export class TroubledFeed implements Feed {
  readonly name = 'troubled';
  trouble: Trouble = () => {};
  /** Reads in the stead of the feed. */
  reading: (read: () => Promise<FeedBars>, symbol: string, interval: string) => Promise<FeedBars> =
    (read) => read();
  readonly #feed: Feed;

  constructor(from: Feed | Readonly<Record<string, readonly TestBar[]>>) {
    this.#feed = isFeed(from) ? from : memoryFeed(from);
  }

  async index(request: Parameters<Feed['index']>[0]): Promise<void> {
    for (const symbol of request.symbols) await this.trouble('index', symbol, '');
    return this.#feed.index(request);
  }

  availability(symbol: string): readonly Availability[] {
    return this.#feed.availability(symbol);
  }

  skipped(symbol: string, interval: string): ReturnType<Feed['skipped']> {
    return this.#feed.skipped(symbol, interval);
  }

  async read(request: Parameters<Feed['read']>[0]): Promise<FeedBars> {
    const { symbol, interval } = request;
    await this.trouble('read', symbol, interval);
    return this.reading(() => this.#feed.read(request), symbol, interval);
  }

  fingerprint(symbol: string): string {
    return this.#feed.fingerprint(symbol);
  }

  close(): Promise<void> {
    return this.#feed.close();
  }
}

function isFeed(from: Feed | Readonly<Record<string, readonly TestBar[]>>): from is Feed {
  return typeof from.read === 'function';
}

/** Throws on the first so many asks of a symbol. */
export function failing(symbol: string, times: number, on: Ask = 'read'): Trouble {
  let left = times;
  return (ask, asked) => {
    if (ask !== on || asked !== symbol || left === 0) return;
    left -= 1;
    throw new Error(`${symbol} is out of reach`);
  };
}
