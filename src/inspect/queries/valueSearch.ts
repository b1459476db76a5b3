/** Where a value first appears: the facts that bring it, by the place of SessionData they write it to. */
import type { Fact, FactType } from '../../domain/facts.ts';
import { type Block, type Frame, factsOf } from '../../domain/frame.ts';
import type { SearchAnswer } from '../protocol/state.ts';
import type { InspectedRun } from './inspectedRun.ts';
import { type Step, statePath } from './statePath.ts';
import { Turns } from './turns.ts';

type Hit = SearchAnswer['hits'][number];

/** Facts that repeat what others say, or hold days of it. */
const SILENT: ReadonlySet<FactType> = new Set([
  'RunStarted',
  'HistoricalBarsLoaded',
  'TransitionTaken',
  'PhaseLeft',
]);
/** Fields that say where and when, and not what. */
const NO_VALUES: ReadonlySet<string> = new Set([
  ...['seq', 'at', 'type', 'by', 'cause', 'symbol', 'interval', 'key', 'opened', 'catchup'],
  ...['adhoc', 'corrects', 'provenance', 'config', 'lines'],
]);

/**
 * The first fact for each place at which the value stands. A number is found as it is written: `250.91` finds
 * 250.91 and, as it has decimals, 250.9134 as well.
 */
export async function searchValue(
  run: InspectedRun,
  { at, value, limit }: { at: number; value: string; limit: number },
): Promise<SearchAnswer> {
  const hits = new Map<string, Hit>();
  const turns = new Turns();
  const wanted = new Wanted(value.trim());
  const to = run.check(at);
  for (const frame of run.log.read({ to, reuse: true })) {
    for (const fact of factsWith(frame, wanted, run)) {
      if (fact.seq > to || SILENT.has(fact.type)) continue;
      for (const [steps, found] of valuesIn(fact, wanted)) {
        const path = statePath([...placeOf(fact), ...steps]);
        if (hits.has(path)) continue;
        if (hits.size === limit) return { hits: [...hits.values()], complete: false };
        hits.set(path, { path, value: found, seq: fact.seq, row: run.row(fact) });
      }
    }
    if (turns.due()) await turns.next();
  }
  return { hits: [...hits.values()], complete: true };
}

/** Facts that may hold the value: of bars and values only those whose numbers do. */
function factsWith(frame: Frame, wanted: Wanted, { log }: InspectedRun): Iterable<Fact> {
  const sections = frame.sections.filter((section) => {
    return section.kind === 'control' || mayHold(section, wanted);
  });
  return factsOf({ at: frame.at, sections }, log.table, (_, row, { type, columns }) => {
    return type === 'IndicatorUpdated' || PRICES.some((i) => wanted.is(columns[i]!.data[row]!));
  });
}

/** Open, high, low, close and volume, among the columns of a bar. */
const PRICES = [3, 4, 5, 6, 7];

function mayHold({ type, columns }: Block, wanted: Wanted): boolean {
  if (type === 'HistoricalBarsLoaded' || !wanted.isNumber) return false;
  const searched = type === 'IndicatorUpdated' ? [3] : PRICES;
  return searched.some((i) => {
    const { data, length } = columns[i]!;
    for (let cell = 0; cell < length; cell++) if (wanted.is(data[cell]!)) return true;
    return false;
  });
}

class Wanted {
  readonly #text: string;
  readonly #lower: string;
  readonly #number: number;
  /** What begins with the number as it is written lies between it and this. */
  readonly #end: number;

  constructor(text: string) {
    this.#text = text;
    this.#lower = text.toLowerCase();
    this.#number = text === '' ? Number.NaN : Number(text);
    const decimals = /\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
    const step = decimals === 0 ? 0 : 10 ** -decimals;
    this.#end = this.#number + (text.startsWith('-') ? -step : step);
  }

  get isNumber(): boolean {
    return !Number.isNaN(this.#number);
  }

  is(value: unknown): boolean {
    if (typeof value === 'string') return value.toLowerCase().includes(this.#lower);
    if (typeof value !== 'number') return false;
    if (value === this.#number) return true;
    const [low, high] =
      this.#number < this.#end ? [this.#number, this.#end] : [this.#end, this.#number];
    return value > low && value < high && String(value).startsWith(this.#text);
  }
}

function* valuesIn(fact: Fact, wanted: Wanted): Generator<[steps: Step[], value: unknown]> {
  for (const [name, value] of Object.entries(fact)) {
    if (NO_VALUES.has(name)) continue;
    if (typeof value !== 'object' || value === null) {
      if (wanted.is(value)) yield [stepsOf(fact, name), value];
      continue;
    }
    for (const [inner, cell] of Object.entries(value)) {
      if (wanted.is(cell)) yield [[...stepsOf(fact, name), inner], cell];
    }
  }
}

function stepsOf({ type }: Fact, name: string): Step[] {
  if (type === 'IndicatorUpdated') return [name === 'value' ? 'current_value' : name];
  return [name];
}

/** The part of the export that a fact is about; for those that write nowhere, its type. */
function placeOf(fact: Fact): Step[] {
  switch (fact.type) {
    case 'BarAppended':
    case 'BarDerived':
    case 'BarCorrected':
      return ['session_data', fact.symbol, 'bars', fact.interval];
    case 'IndicatorUpdated':
      return ['session_data', fact.symbol, 'indicators', 'session', fact.key];
    case 'HistoricalIndicatorCalculated':
      return ['session_data', fact.symbol, 'historical', 'indicators', fact.key];
    case 'QualityScored':
    case 'GapDetected':
    case 'GapFilled':
      return ['session_data', fact.symbol, 'bars', fact.interval, fact.type];
    default:
      return 'symbol' in fact ? ['session_data', fact.symbol, fact.type] : [fact.type];
  }
}
