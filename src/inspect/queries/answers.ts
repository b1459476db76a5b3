/**
 * Every question of the protocol, answered from runs: the one table behind the server, an exported page and
 * programs.
 */
import { UsageError } from '../../domain/errors.ts';
import {
  type AnswerOf,
  ENDPOINTS,
  type EndpointName,
  type Notes,
  type QuestionOf,
} from '../protocol.ts';
import { actorsAt, chartsAt } from './activeCharts.ts';
import { barsAt } from './bars.ts';
import { nextBreak } from './breaks.ts';
import { divergenceOf } from './divergence.ts';
import { eventDetail, eventsPage, findFact, rankOf } from './events.ts';
import type { InspectedRun } from './inspectedRun.ts';
import { lanesOf, overviewOf } from './lanes.ts';
import { describeRun } from './runOverview.ts';
import { stateChanges } from './stateChanges.ts';
import { parseStatePath } from './statePath.ts';
import { treeAt, valueAt } from './stateTree.ts';
import { atTime, stepFrom } from './steps.ts';
import { testOf } from './testText.ts';
import { searchValue } from './valueSearch.ts';
import { placeHistory, silenceAt, whyPlace } from './why.ts';

/** What questions are asked of. */
export interface Inspected {
  readonly a: InspectedRun;
  /** The second run, if there are two. */
  readonly b: InspectedRun | null;
  readonly control: boolean;
  notes(): Notes;
}

/** An answer that would be bigger than anyone can use. */
export class AnswerTooLarge extends UsageError {
  override name = 'AnswerTooLarge';
}

const JSON_MAX = 8 * 2 ** 20;
/** How long the first answer waits for the index, which most runs have by then. */
const INDEX_MS = 300;

type Asked<N extends EndpointName> = ReturnType<(typeof ENDPOINTS)[N]['question']['parse']>;
type Answers = {
  readonly [N in EndpointName]: (
    run: InspectedRun,
    asked: Asked<N>,
    inspected: Inspected,
  ) => AnswerOf<N> | Promise<AnswerOf<N>>;
};

const ANSWERS: Answers = {
  run: async (run, _, { a, b, control }) => {
    if (!run.indexed) await Promise.race([run.grow(), waited(INDEX_MS)]);
    return describeRun(run, { other: run === b ? a : b, control });
  },
  events: eventsPage,
  rank: (run, { seq, q }) => rankOf(run, seq, q),
  event: (run, { seq }) => eventDetail(run, seq),
  find: findFact,
  step: indexed(stepFrom),
  at: indexed((run, { time, from }) => atTime(run, time, from)),
  break: nextBreak,
  lanes: indexed(lanesOf),
  overview: indexed(overviewOf),
  state: (run, { at, path, depth, offset }) => {
    const node = treeAt(run.stateJson(at), parseStatePath(path), { depth, offset });
    return { at, time: run.state(at).data.now, node };
  },
  json: (run, { at, path }) => {
    const json = valueAt(run.stateJson(at), parseStatePath(path)) ?? null;
    if (JSON.stringify(json).length <= JSON_MAX) return { at, path, json };
    throw new AnswerTooLarge(
      `what is at "${path}" is more than 8 MiB: ask for a part, or use "openbell export"`,
    );
  },
  diff: stateChanges,
  why: (run, { at, path }) => whyPlace(run, at, path),
  history: placeHistory,
  silence: (run, { at, symbol }) => silenceAt(run, at, symbol),
  search: searchValue,
  test: (run, { at, path }) => testOf(run, at, path),
  bars: barsAt,
  charts: indexed((run, { at }) => chartsAt(run, at)),
  actors: indexed((run, { at }) => actorsAt(run, at)),
  divergence: (_, { ignore }, { a, b }) => divergenceOf(a, b, ignore),
  notes: (_run, _asked, inspected) => inspected.notes(),
};

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Has the index know everything first. */
function indexed<Q, A>(answer: (run: InspectedRun, asked: Q) => A | Promise<A>) {
  return async (run: InspectedRun, asked: Q): Promise<A> => {
    if (!run.indexed) await run.grow();
    return answer(run, asked);
  };
}

/**
 * Answers a question of the protocol.
 *
 * @throws {UsageError} for a question that cannot be answered, with what to ask instead
 */
export async function answer<N extends EndpointName>(
  inspected: Inspected,
  name: N,
  question: QuestionOf<N>,
): Promise<AnswerOf<N>> {
  const parsed = ENDPOINTS[name].question.safeParse(question);
  if (!parsed.success) throw new UsageError(problemsOf(parsed.error.issues));
  const asked = parsed.data as Asked<N>;
  const run = (asked as { log?: string }).log === 'b' ? inspected.b : inspected.a;
  if (run === null) throw new UsageError('there is no second run here');
  // The config, without which no state can be shown, is the first fact.
  for (const each of [inspected.a, inspected.b]) if (each?.index.position === 0) each.begin();
  return ANSWERS[name](run, asked, inspected);
}

export function isEndpoint(name: string): name is EndpointName {
  return Object.hasOwn(ENDPOINTS, name);
}

function problemsOf(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  return issues.map(({ path, message }) => `"${path.join('.')}": ${message}`).join('; ');
}
