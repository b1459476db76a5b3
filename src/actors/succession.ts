/** What of a run's config is otherwise from some fact on: which changes a fork can make, and what they come to. */
import { isDeepStrictEqual } from 'node:util';
import { changedConfig, configPath, misspelt } from '../domain/config/changes.ts';
import type { Config } from '../domain/config/schema.ts';
import { UsageError } from '../domain/errors.ts';
import type { ForkChange } from '../store/manifest.ts';
import { type Prepared, prepare } from './openSession.ts';
import type { OutsideMessage } from './replay.ts';
import { type Successor, subscriptionOf } from './strategy.ts';

type SessionConfig = Config['session_data_config'];

/** What a fork can change without changing its past. */
const CHANGEABLE =
  'a fork can change the config and module of strategies, add strategies, symbols and session indicators, remove ' +
  'symbols, and change trading_config, metadata and backtest_config.speed_multiplier';

/** The config of a run after all its changes, and the strategies that take over with each. */
export interface Succession {
  readonly config: Config;
  readonly successors: readonly Successor[];
  /** As `ReadConfig`, those of the successors among them. */
  readonly modules: Readonly<Record<string, string>>;
}

/** @throws {UsageError} for a change that cannot be made, or that makes the config invalid */
export async function successionOf(
  prepared: Prepared,
  changes: readonly ForkChange[],
): Promise<Succession> {
  let { config, modules } = prepared;
  const successors: Successor[] = [];
  for (const { seq, set } of changes) {
    for (const path of Object.keys(set)) refuseUnchangeable(config, path);
    const changed = await prepare({
      ...prepared.options,
      folder: prepared.folder,
      config: changedConfig(config, set),
    });
    await changed.feed.close();
    successors.push(...successorsIn(config, changed, seq));
    config = changed.config;
    modules = { ...modules, ...changed.modules };
  }
  return { config, successors, modules };
}

/** The facts after which strategies take over, ascending. */
export function turnsOf(successors: readonly Successor[]): number[] {
  return [...new Set(successors.map(({ seq }) => seq))].sort((a, b) => a - b);
}

/** The same at another pace. */
export function atSpeed(prepared: Prepared, speed: number): Prepared {
  const { config } = prepared;
  const backtest_config = { ...config.backtest_config, speed_multiplier: speed };
  return { ...prepared, config: { ...config, backtest_config } };
}

/** @throws {UsageError} for what acts on the past, which a fork shares with its parent */
function refuseUnchangeable(config: Config, path: string): void {
  const [first, second, third, ...rest] = configPath(path);
  if (first === 'trading_config' || first === 'metadata') return;
  if (first === 'backtest_config' && second === 'speed_multiplier') return;
  if (first === 'session_data_config') {
    if (second === 'symbols' || second === 'strategies') return;
    if (second === 'indicators' && third === 'session' && rest.length === 0) return;
  }
  throw new UsageError(
    misspelt(config, path) ??
      `"${path}" acts on the past, which a fork shares with its parent: ${CHANGEABLE}; for anything else run anew`,
  );
}

function successorsIn(before: Config, changed: Prepared, seq: number): Successor[] {
  const old = before.session_data_config.strategies;
  const now = changed.config.session_data_config.strategies;
  const enabled = (list: SessionConfig['strategies']) => list.map((entry) => entry.enabled);
  if (!isDeepStrictEqual(enabled(now).slice(0, old.length), enabled(old))) {
    throw new UsageError(
      `a fork cannot switch strategies on or off, or remove them: ${CHANGEABLE}`,
    );
  }
  const wasActive = old.filter(({ enabled: on }) => on);
  const isActive = now.filter(({ enabled: on }) => on);
  return changed.strategies.flatMap((named, index) =>
    isDeepStrictEqual(wasActive[index], isActive[index]) ? [] : [{ seq, index, named }],
  );
}

/** @throws {UsageError} if a strategy that takes over wants bars that the past did not derive */
export function refuseNewIntervals(
  successors: readonly Successor[],
  derived: ReadonlySet<string>,
): void {
  for (const { named } of successors) {
    const { bars = [] } = subscriptionOf(named.name, named.strategy, named.config);
    const missing = bars.find((interval) => !derived.has(interval));
    if (missing === undefined) continue;
    throw new UsageError(
      `strategy "${named.name}" subscribes to bars of ${missing}, which the past of the fork does not have: ` +
        `it has ${[...derived].join(', ')}`,
    );
  }
}

/** What is asked of the run so that its symbols and indicators become those of the changed config. */
export function messagesFor(before: Config, after: Config, seq: number): OutsideMessage[] {
  const told = (message: string, detail: Record<string, unknown>): OutsideMessage => ({
    seq,
    at: 0,
    byTime: true,
    opens: false,
    message,
    detail,
  });
  const [old, now] = [before.session_data_config, after.session_data_config];
  const gone = old.symbols.filter((symbol) => !now.symbols.includes(symbol));
  const come = now.symbols.filter((symbol) => !old.symbols.includes(symbol));
  return [
    ...gone.map((symbol) => told('symbol.remove', { symbol, force: true })),
    ...come.map((symbol) => told('symbol.add', { symbol, streams: [] })),
    ...indicatorsAdded(old, now).flatMap((spec) =>
      now.symbols.map((symbol) => told('indicator.register', { symbol, ...spec })),
    ),
  ];
}

function indicatorsAdded(old: SessionConfig, now: SessionConfig) {
  const [before, after] = [old.indicators.session, now.indicators.session];
  const kept = before.every((entry) => after.some((other) => isDeepStrictEqual(entry, other)));
  if (!kept) {
    throw new UsageError(`a fork cannot remove or change session indicators: ${CHANGEABLE}`);
  }
  return after.filter((entry) => !before.some((other) => isDeepStrictEqual(entry, other)));
}
