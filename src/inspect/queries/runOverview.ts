/** What a run is: everything the page needs before the first question about a fact. */
import type { RunAnswer } from '../protocol/run.ts';
import type { InspectedRun } from './inspectedRun.ts';
import { overlays } from './overlays.ts';
import { type IndexedSymbol, intervalsOf } from './runIndex.ts';
import { daysOf } from './steps.ts';

/** Symbols of one answer; a run rarely has as many. */
const SYMBOLS_MAX = 5000;

export function describeRun(
  run: InspectedRun,
  { other, control }: { other: InspectedRun | null; control: boolean },
): RunAnswer {
  const { index, source, log } = run;
  const { config } = index;
  const settings = (config?.session_data_config ?? {}) as Settings;
  return {
    protocol: 1,
    name: String(config?.session_name ?? source.folder),
    folder: source.folder,
    path: source.path,
    manifest: { ...source.manifest() },
    config: config === null ? null : { ...config },
    status: source.status(),
    live: source.live(),
    control,
    zone: run.zone,
    exchange: source.calendar.name,
    last: log.position,
    firstAt: index.firstAt,
    lastAt: index.lastAt,
    chainHash: log.chainHash(),
    bytes: source.bytes(),
    index: { ready: run.indexed, indexed: index.position, total: log.position },
    types: index.types.all
      .map((type, i) => ({ type, facts: index.typeCounts[i]! }))
      .sort((a, b) => b.facts - a.facts),
    symbols: [...index.symbols.values()]
      .sort((a, b) => (a.symbol < b.symbol ? -1 : 1))
      .slice(0, SYMBOLS_MAX)
      .map(symbolOf),
    strategies: modulesOf(settings.strategies),
    scanners: modulesOf(settings.scanners),
    actors: actorsOf(run),
    charts: run.charts,
    days: daysOf(run).map((day) => ({ ...day, ...hoursOf(run, day) })),
    phases: index.phases.map(({ seq, at, phase, name, date }, i) => {
      const last = (index.phases[i + 1]?.seq ?? index.position + 1) - 1;
      return { phase, name, date, first: seq, last, at };
    }),
    damage: source.damage,
    other: other && {
      name: String(other.index.config?.session_name ?? other.source.folder),
      folder: other.source.folder,
    },
  };
}

interface Settings {
  readonly strategies?: readonly Module[];
  readonly scanners?: readonly Module[];
}

interface Module {
  readonly module?: unknown;
  readonly enabled?: boolean;
}

function modulesOf(modules: readonly Module[] = []): string[] {
  return modules.filter(({ enabled }) => enabled !== false).map(({ module }) => String(module));
}

function symbolOf(known: IndexedSymbol): RunAnswer['symbols'][number] {
  const { symbol, since, base, indicators } = known;
  return {
    symbol,
    since,
    intervals: intervalsOf(known).map((interval) => ({ interval, derived: interval !== base })),
    indicators: [...indicators.values()].map(({ key, name, interval, since, outputs }) => {
      return { key, name, interval, since, outputs: [...outputs], overlay: overlays(name) };
    }),
  };
}

/** Those that recorded facts and those whose chart moved, by path. */
function actorsOf({ index, chartsByActor }: InspectedRun): RunAnswer['actors'] {
  return index.actors.all
    .map((path, i) => {
      const since = index.actorSince[i]!;
      return { path, chart: chartsByActor.of(path), since, facts: index.actorCounts[i]! };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function hoursOf({ index }: InspectedRun, { date }: { date: string }) {
  const session = index.sessions.find((each) => each.date === date);
  return { open: session?.open ?? null, close: session?.close ?? null };
}
