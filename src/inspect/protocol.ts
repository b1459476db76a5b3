/**
 * What the inspector's page and its server say to each other: the only file of `src` that the page imports.
 *
 * `GET` every path of `ENDPOINTS` with the question's fields as search parameters, and the token of the page's
 * address in the header `authorization: Bearer …`. Every answer is bounded and parses by its schema; what goes
 * wrong is an `ErrorAnswer` with a status of 4xx or 5xx. `POST /api/ask` takes `BatchQuestions`, many at once, and
 * gives an `AskedLine` of JSON for each. `PUT /api/notes` takes `Notes` as JSON. `/api/live?token=…` is a WebSocket:
 * `LiveMessage` from the server, `ControlMessage` to it, as JSON texts.
 *
 * Keys are camelCase, times UTC epoch milliseconds; facts and SessionData stand in them as in the exports of
 * the command line: snake_case keys, ISO 8601 times.
 */
import type { z } from 'zod';
import { Notes } from './protocol/live.ts';
import {
  AtTimeAnswer,
  AtTimeQuestion,
  BreakAnswer,
  BreakQuestion,
  EventAnswer,
  EventQuestion,
  EventsAnswer,
  EventsQuestion,
  FindAnswer,
  FindQuestion,
  LanesAnswer,
  LanesQuestion,
  OverviewAnswer,
  OverviewQuestion,
  RankAnswer,
  RankQuestion,
  StepAnswer,
  StepQuestion,
} from './protocol/log.ts';
import { BarsAnswer, BarsQuestion } from './protocol/market.ts';
import {
  ActorsAnswer,
  AtQuestion,
  ChartsAnswer,
  DivergenceAnswer,
  DivergenceQuestion,
  RunAnswer,
  RunQuestion,
} from './protocol/run.ts';
import {
  DiffAnswer,
  DiffQuestion,
  HistoryAnswer,
  HistoryQuestion,
  JsonAnswer,
  JsonQuestion,
  SearchAnswer,
  SearchQuestion,
  SilenceAnswer,
  SilenceQuestion,
  StateAnswer,
  StateQuestion,
  TestAnswer,
  TestQuestion,
  WhyAnswer,
  WhyQuestion,
} from './protocol/state.ts';

export * from './protocol/basics.ts';
export * from './protocol/batch.ts';
export * from './protocol/live.ts';
export * from './protocol/log.ts';
export * from './protocol/market.ts';
export * from './protocol/run.ts';
export * from './protocol/state.ts';

/** Every question: the name is its path below `/api/`. */
export const ENDPOINTS = {
  run: { question: RunQuestion, answer: RunAnswer },
  events: { question: EventsQuestion, answer: EventsAnswer },
  rank: { question: RankQuestion, answer: RankAnswer },
  event: { question: EventQuestion, answer: EventAnswer },
  find: { question: FindQuestion, answer: FindAnswer },
  step: { question: StepQuestion, answer: StepAnswer },
  at: { question: AtTimeQuestion, answer: AtTimeAnswer },
  break: { question: BreakQuestion, answer: BreakAnswer },
  lanes: { question: LanesQuestion, answer: LanesAnswer },
  overview: { question: OverviewQuestion, answer: OverviewAnswer },
  state: { question: StateQuestion, answer: StateAnswer },
  json: { question: JsonQuestion, answer: JsonAnswer },
  diff: { question: DiffQuestion, answer: DiffAnswer },
  why: { question: WhyQuestion, answer: WhyAnswer },
  history: { question: HistoryQuestion, answer: HistoryAnswer },
  silence: { question: SilenceQuestion, answer: SilenceAnswer },
  search: { question: SearchQuestion, answer: SearchAnswer },
  test: { question: TestQuestion, answer: TestAnswer },
  bars: { question: BarsQuestion, answer: BarsAnswer },
  charts: { question: AtQuestion, answer: ChartsAnswer },
  actors: { question: AtQuestion, answer: ActorsAnswer },
  divergence: { question: DivergenceQuestion, answer: DivergenceAnswer },
  notes: { question: RunQuestion, answer: Notes },
} as const;

export type EndpointName = keyof typeof ENDPOINTS;
export type QuestionOf<N extends EndpointName> = z.input<(typeof ENDPOINTS)[N]['question']>;
export type AnswerOf<N extends EndpointName> = z.output<(typeof ENDPOINTS)[N]['answer']>;

/**
 * How the page asks. There are two of them: `fetch`, and, in a page made by `--export`, the same questions
 * answered in the page itself: a script before the page's own has put one at `globalThis.openbell`.
 */
export interface Answerer {
  /** @throws {Error} with the code and message of the `ErrorAnswer` */
  ask<N extends EndpointName>(name: N, question: QuestionOf<N>): Promise<AnswerOf<N>>;
}
