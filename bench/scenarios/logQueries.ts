/** What is asked of logs of ten million facts: opened, searched, compared, and the state at any fact of them. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  diffLogs,
  FactFilter,
  FileLog,
  foldFrame,
  type LogReader,
  SessionData,
  sealLog,
  verifyLog,
} from '../../src/index.ts';
import { runOver, sessionOver, THREE } from '../engineRun.ts';
import { freshPath, remove } from '../folders.ts';
import { createMarket, type Market } from '../market.ts';
import { type Prepared, percentile, rounded, type Scenario } from '../scenario.ts';

const FACTS = 10_000_000;
const PLACES = 50;

interface Logs {
  readonly raw: string;
  readonly sealed: string;
  /** The log of the same run, but for one symbol that was asked for and refused on the last day. */
  readonly other: string;
  readonly market: Market;
  /** What the run took. */
  readonly runMs: number;
}

let logs: Promise<Logs> | null = null;

/** Made once, by the first scenario that needs them. */
function tenMillion(): Promise<Logs> {
  logs ??= makeLogs();
  return logs;
}

async function makeLogs(): Promise<Logs> {
  const market = createMarket(50, 120);
  const [raw, sealed, other] = [freshPath(), freshPath(), freshPath()];
  const run = async (folder: string, ask: boolean) => {
    await using session = await sessionOver(market, folder, { indicators: THREE, cross: false });
    const from = performance.now();
    if (ask) {
      await session.runUntil(Date.parse(`${market.end}T15:00:00Z`));
      await Promise.all([session.addSymbol('NOWHERE'), session.step()]);
    }
    await session.finish();
    if (session.log.position < FACTS) throw new Error(`only ${session.log.position} facts`);
    return performance.now() - from;
  };
  const runMs = await run(raw, false);
  await run(other, true);
  cpSync(raw, sealed, { recursive: true });
  await sealLog(sealed);
  return { raw, sealed, other, market, runMs };
}

async function prepareOpen(): Promise<Prepared> {
  const { raw, sealed } = await tenMillion();
  const times = new Map<string, number[]>([
    ['raw ms', []],
    ['sealed ms', []],
  ]);
  const open = async (folder: string, name: string) => {
    const from = performance.now();
    await FileLog.read(folder);
    const ms = performance.now() - from;
    times.get(name)!.push(ms);
    return ms;
  };
  return {
    work: 1,
    engine: async () => {
      await open(raw, 'raw ms');
      return open(sealed, 'sealed ms');
    },
    figures: () => figuresOf(times, 50),
  };
}

async function prepareStateAt(): Promise<Prepared> {
  const { raw, sealed } = await tenMillion();
  const bare = freshPath();
  cpSync(raw, bare, { recursive: true });
  rmSync(join(bare, 'snapshots'), { recursive: true });
  const times = new Map<string, number[]>();
  const seek = (log: LogReader, name: string) => {
    const all = Array.from({ length: PLACES }, (_, i) => {
      // Scattered, and the same in every round.
      const seq = 1 + ((i * 7_919_317 + 104_729) % log.position);
      const from = performance.now();
      log.stateAt(seq);
      return performance.now() - from;
    });
    times.set(name, [...(times.get(name) ?? []), ...all]);
    return percentile(all, 50);
  };
  const sealedLog = await FileLog.read(sealed);
  return {
    work: 1,
    engine: async () => {
      seek(sealedLog, 'sealed p95 ms');
      const bareLog = await FileLog.read(bare);
      const from = performance.now();
      bareLog.stateAt();
      times.set('all, no snapshots ms', [performance.now() - from]);
      seek(bareLog, 'no snapshots, then p95 ms');
      return seek(await FileLog.read(raw), 'p95 ms');
    },
    figures: () => figuresOf(times, 95),
  };
}

async function prepareFilter(): Promise<Prepared> {
  const { raw, sealed } = await tenMillion();
  const times = new Map<string, number[]>();
  const find = async (folder: string, type: string, name: string) => {
    const log = await FileLog.read(folder);
    const from = performance.now();
    for (const _ of new FactFilter({ types: [type] }).facts(log));
    const ms = performance.now() - from;
    times.set(name, [...(times.get(name) ?? []), ms]);
    return ms;
  };
  return {
    work: 1,
    engine: async () => {
      await find(raw, 'SessionEnded', 'raw, once a day ms');
      await find(sealed, 'SymbolRefused', 'sealed, not there ms');
      return find(sealed, 'SessionEnded', 'sealed, once a day ms');
    },
    figures: () => figuresOf(times, 50),
  };
}

async function prepareDiff(): Promise<Prepared> {
  const { sealed, other } = await tenMillion();
  const times = new Map<string, number[]>([['ms', []]]);
  return {
    work: 1,
    engine: async () => {
      const from = performance.now();
      const [a, b] = [await FileLog.read(sealed), await FileLog.read(other)];
      const { first, common } = diffLogs(a, b);
      if (first === null || common < FACTS * 0.95) throw new Error('they part somewhere else');
      const ms = performance.now() - from;
      times.get('ms')!.push(ms);
      return ms;
    },
    figures: () => figuresOf(times, 50),
  };
}

async function prepareRebuild(): Promise<Prepared> {
  const { raw, market, runMs } = await tenMillion();
  return {
    work: market.bars,
    async engine() {
      const from = performance.now();
      const log = await FileLog.read(raw);
      const data = new SessionData();
      for (const frame of log.read({ reuse: true })) foldFrame(data, frame, log.table);
      if (data.seq !== log.position) throw new Error('not all of it was folded');
      return performance.now() - from;
    },
    reference: () => runMs,
  };
}

async function prepareVerify(): Promise<Prepared> {
  const { raw, market } = await tenMillion();
  return {
    work: market.bars,
    async engine() {
      const from = performance.now();
      const { ok } = await verifyLog(raw, { data: market.columns });
      if (!ok) throw new Error('it is not the same');
      return performance.now() - from;
    },
    async reference() {
      const folder = freshPath();
      const { ms } = await runOver(market, folder, { indicators: THREE, cross: false });
      remove(folder);
      return ms;
    },
  };
}

function figuresOf(times: ReadonlyMap<string, readonly number[]>, percent: number) {
  const figures: Record<string, number> = {};
  for (const [name, all] of times) figures[name] = rounded(percentile(all, percent));
  return figures;
}

export const LOG_QUERIES: readonly Scenario[] = [
  {
    name: 'ten-million-open',
    what: 'a log of 10 million facts opened',
    unit: 'ms',
    rounds: 9,
    target: { most: { 'raw ms': 50, 'sealed ms': 50 } },
    prepare: prepareOpen,
  },
  {
    name: 'ten-million-state-at',
    what: 'the state at 50 facts all over a log of 10 million, by the snapshots the run has left',
    unit: 'ms',
    rounds: 3,
    target: { most: { 'p95 ms': 100, 'sealed p95 ms': 100 } },
    prepare: prepareStateAt,
  },
  {
    name: 'ten-million-filter',
    what: 'the facts of a rare type among 10 million',
    unit: 'ms',
    rounds: 9,
    target: {
      most: {
        'raw, once a day ms': 200,
        'sealed, once a day ms': 200,
        'sealed, not there ms': 200,
      },
    },
    prepare: prepareFilter,
  },
  {
    name: 'ten-million-diff',
    what: 'two logs of 10 million facts that part on the last day, one of them sealed',
    unit: 'ms',
    rounds: 9,
    target: { most: { ms: 1_000 } },
    prepare: prepareDiff,
  },
  {
    name: 'ten-million-rebuild',
    what: 'SessionData folded from 10 million facts, beside the run that made them',
    unit: 'bars',
    rounds: 5,
    target: { ratio: 200 },
    prepare: prepareRebuild,
  },
  {
    name: 'ten-million-verify',
    what: 'a log of 10 million facts executed again and compared, beside such a run',
    unit: 'bars',
    rounds: 3,
    warmUps: 0,
    target: { ratio: 80 },
    prepare: prepareVerify,
  },
];
