/** What a user waits for beside a run: a symbol added while it goes on, a config, the command line. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { readConfig } from '../../src/actors/readConfig.ts';
import { createRegistry } from '../../src/indicators/registry.ts';
import { configOf, sessionOver } from '../engineRun.ts';
import { freshPath, remove } from '../folders.ts';
import { createMarket, openOf } from '../market.ts';
import { type Prepared, percentile, rounded, type Scenario } from '../scenario.ts';

const HISTORY_DAYS = 10;
const HALF_TIME_MS = 195 * 60_000;
/** Symbols added one after another in one session, after the first. */
const ADDED = 40;

/** Half a session in, symbols with ten days of history are added one by one, each awaited. */
async function prepareAdd(): Promise<Prepared> {
  const market = createMarket(ADDED + 1, HISTORY_DAYS + 1);
  const [first, ...others] = market.symbols;
  const all: number[] = [];
  return {
    work: 1,
    async engine() {
      const folder = freshPath();
      const day = { ...market, start: market.end };
      const options = { symbols: [first!], historyDays: HISTORY_DAYS, cross: false };
      const session = await sessionOver(day, folder, options);
      await session.runUntil(openOf(market.end) + HALF_TIME_MS);
      const times: number[] = [];
      for (const symbol of others) {
        const from = performance.now();
        const added = session.addSymbol(symbol);
        await session.step();
        if (!(await added).added) throw new Error(`${symbol} was not added`);
        times.push(performance.now() - from);
      }
      await session[Symbol.asyncDispose]();
      remove(folder);
      all.push(...times);
      return percentile(times, 50);
    },
    figures: () => ({ 'p95 ms': rounded(percentile(all, 95)) }),
  };
}

async function prepareConfig(): Promise<Prepared> {
  const market = createMarket(500, 1);
  const text = JSON.stringify(configOf(market, {}));
  const registry = createRegistry();
  const timed = async (act: () => unknown) => {
    const from = performance.now();
    await act();
    return performance.now() - from;
  };
  return {
    work: 1,
    engine: () => timed(() => readConfig({ config: JSON.parse(text) }, registry)),
    reference: () => timed(() => JSON.parse(text)),
  };
}

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');

function spawnMs(args: readonly string[]): number {
  const from = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - from;
}

export const HOST: readonly Scenario[] = [
  {
    name: 'add-symbol',
    what: 'a symbol with 10 days of 1m history added at half-time, until it is caught up',
    unit: 'ms',
    rounds: 3,
    target: { most: { 'p95 ms': 30 } },
    prepare: prepareAdd,
  },
  {
    name: 'config',
    what: 'a config of 500 symbols from text to checked, beside JSON.parse of it',
    unit: 'ms',
    rounds: 15,
    prepare: prepareConfig,
  },
  {
    name: 'cli-help',
    what: '`openbell --help` from start to exit, beside an empty program',
    unit: 'ms',
    rounds: 9,
    target: { most: { 'median ms': 150 } },
    prepare: async () => {
      const all: number[] = [];
      return {
        work: 1,
        engine() {
          const ms = spawnMs([MAIN, '--help']);
          all.push(ms);
          return ms;
        },
        reference: () => spawnMs(['-e', '0']),
        figures: () => ({ 'median ms': rounded(percentile(all, 50)) }),
      };
    },
  },
];
