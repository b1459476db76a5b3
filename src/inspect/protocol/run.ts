/** What a run is: manifest, symbols, actors, charts, days and phases. */
import { z } from 'zod';
import { Damage, FactRow, Seq, Side, Time } from './basics.ts';

/** A state of a chart, with its nested ones. Read from the machine itself, so it shows what runs. */
export interface ChartState {
  /** Dotted path below the root, such as `running.scans.deciding`; empty for the root. */
  readonly path: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly initial: string | null;
  readonly description: string | null;
  /** Phase number, where entering it begins a phase. */
  readonly phase: number | null;
  readonly tags: readonly string[];
  /** What is started on entry: `src` is the id of the chart, where it is one. */
  readonly invokes: readonly { readonly id: string; readonly src: string }[];
  readonly transitions: readonly {
    /** Message; empty for `always`. `done.invoke.x` and the like are XState's own spelling. */
    readonly event: string;
    /** Dotted paths of the targets; empty for a transition that stays where it is. */
    readonly targets: readonly string[];
    readonly guard: string | null;
    readonly actions: readonly string[];
  }[];
  readonly states: readonly ChartState[];
}

export const ChartState: z.ZodType<ChartState> = z.object({
  path: z.string(),
  key: z.string(),
  type: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']),
  initial: z.string().nullable(),
  description: z.string().nullable(),
  phase: z.number().nullable(),
  tags: z.array(z.string()),
  invokes: z.array(z.object({ id: z.string(), src: z.string() })),
  transitions: z.array(
    z.object({
      event: z.string(),
      targets: z.array(z.string()),
      guard: z.string().nullable(),
      actions: z.array(z.string()),
    }),
  ),
  get states() {
    return z.array(ChartState);
  },
});

/** One statechart of the engine. Several actors may run it. */
export const Chart = z.object({
  /** `session`, `validation`, `initialization`, `loading`, `active`, `insertion`, `scanning`, `scanner` … */
  id: z.string(),
  root: ChartState,
});
export type Chart = z.output<typeof Chart>;

export const RunStatus = z.enum(['running', 'completed', 'failed', 'stopped', 'recovered']);
export type RunStatus = z.output<typeof RunStatus>;

export const RunQuestion = z.object({ log: Side.default('a') });

export const RunAnswer = z.object({
  /** Raised when an answer changes its meaning. */
  protocol: z.literal(1),
  /** For the title: session name of the config and name of the folder. */
  name: z.string(),
  folder: z.string(),
  /** The way to the folder from where the inspector was started. */
  path: z.string(),
  /** As `manifest.json` has it; empty for a log in memory. */
  manifest: z.record(z.string(), z.unknown()),
  /** As in `RunStarted`; null before it. */
  config: z.record(z.string(), z.unknown()).nullable(),
  /** What the manifest says of the run. A log may end before the run did. */
  status: RunStatus,
  /** True while a session appends to the log: ask `/api/live`. */
  live: z.boolean(),
  /** True with `--allow-control`. Without it the page shows no control at all. */
  control: z.boolean(),
  /** The exchange's IANA time zone and calendar: every time on the page is in this zone. */
  zone: z.string(),
  exchange: z.string(),
  /** Seq and time of the last readable fact. */
  last: Seq,
  firstAt: Time,
  lastAt: Time,
  chainHash: z.string(),
  bytes: z.int().nonnegative(),
  /** How far the whole log has been looked through; counts below are complete up to there. */
  index: z.object({ ready: z.boolean(), indexed: Seq, total: Seq }),
  /** Facts by type, for the filter's completion. */
  types: z.array(z.object({ type: z.string(), facts: z.int() })),
  symbols: z.array(
    z.object({
      symbol: z.string(),
      /** Where it was first registered: not to be shown before. */
      since: Seq,
      intervals: z.array(z.object({ interval: z.string(), derived: z.boolean() })),
      indicators: z.array(
        z.object({
          key: z.string(),
          name: z.string(),
          interval: z.string(),
          since: Seq,
          /** Names of its outputs; empty for one number. */
          outputs: z.array(z.string()),
          /** True if its values are prices, to be drawn over the bars; else in a pane of its own. */
          overlay: z.boolean(),
        }),
      ),
    }),
  ),
  strategies: z.array(z.string()),
  scanners: z.array(z.string()),
  /** Every actor that ever recorded a fact or changed a state. `chart` is null for plain code. */
  actors: z.array(
    z.object({ path: z.string(), chart: z.string().nullable(), since: Seq, facts: z.int() }),
  ),
  charts: z.array(Chart),
  /** Trading days in order. `first` is their first fact; `open` and `close` are null until activated. */
  days: z.array(
    z.object({
      date: z.string(),
      first: Seq,
      last: Seq,
      open: Time.nullable(),
      close: Time.nullable(),
    }),
  ),
  phases: z.array(
    z.object({
      phase: z.int(),
      name: z.string(),
      date: z.string().nullable(),
      first: Seq,
      /** The last fact before the next phase. */
      last: Seq,
      at: Time,
    }),
  ),
  damage: Damage.nullable(),
  /** The second run, if the page was opened with two. */
  other: z.object({ name: z.string(), folder: z.string() }).nullable(),
});
export type RunAnswer = z.output<typeof RunAnswer>;

export const AtQuestion = z.object({ log: Side.default('a'), at: z.coerce.number().int().min(0) });

/** The charts at a fact: what is active in each actor. Actors that have ended are left out. */
export const ChartsAnswer = z.object({
  at: Seq,
  charts: z.array(
    z.object({
      actor: z.string(),
      chart: z.string(),
      /** Every active state by dotted path, ancestors included. */
      active: z.array(z.string()),
      /** The innermost ones, as recorded, such as `running.scans.done+insertion.idle`. */
      value: z.string(),
      /** The fact that put it there. */
      since: Seq,
    }),
  ),
  /** The last transition up to `at`. It is the one just taken if `seq` equals `at`. */
  taken: z
    .object({
      seq: Seq,
      actor: z.string(),
      chart: z.string().nullable(),
      message: z.string(),
      from: z.string().nullable(),
      to: z.string(),
    })
    .nullable(),
});
export type ChartsAnswer = z.output<typeof ChartsAnswer>;

/** The actors at a fact: those that had recorded anything by then, in the order of their paths. */
export const ActorsAnswer = z.object({
  at: Seq,
  phase: z.object({ phase: z.int(), name: z.string(), date: z.string().nullable() }).nullable(),
  actors: z.array(
    z.object({
      path: z.string(),
      chart: z.string().nullable(),
      /** Value of its chart; null for plain code. */
      state: z.string().nullable(),
      /** True once its chart has reached a final state. */
      done: z.boolean(),
      /** Facts it recorded up to `at`, and the last of them. */
      facts: z.int(),
      lastSeq: Seq.nullable(),
      setUp: z.int(),
      tornDown: z.int(),
      /** What it has in its care, as its last `ActorSetUp` says. */
      allocated: z.record(z.string(), z.unknown()).nullable(),
      lastError: z.string().nullable(),
    }),
  ),
});
export type ActorsAnswer = z.output<typeof ActorsAnswer>;

/** The first difference of the two runs. */
export const DivergenceQuestion = z.object({
  /** Types and fields to leave out, separated by commas: `Scan*,strength,SignalEmitted.reason`. */
  ignore: z.string().max(2000).default(''),
});

/** A side without the field leaves it out; times are in ISO 8601. */
const differing = z.object({
  path: z.string(),
  a: z.unknown().optional(),
  b: z.unknown().optional(),
});
const divergingSide = z.object({
  row: FactRow,
  fact: z.record(z.string(), z.unknown()),
});
const firstDifference = z.object({
  /** Where to put the cursors: the fact that differs, or the end. */
  seq: z.object({ a: Seq, b: Seq }),
  a: divergingSide.nullable(),
  b: divergingSide.nullable(),
  fields: z.array(differing),
  /** True if SessionData was the same before. */
  sameBefore: z.boolean(),
});
export const DivergenceAnswer = z.object({
  /** True if nothing differs but what is ignored: "identical, N events". */
  equal: z.boolean(),
  facts: z.object({ a: Seq, b: Seq }),
  /** Up to here the two logs are the same to the byte, and the hash of that. */
  common: Seq,
  hash: z.string().nullable(),
  /** The two facts that differ first; a side is null where its log has ended. */
  first: firstDifference.nullable(),
  /** Where `first` is how the runs were started: the first difference in what happened then. */
  beyond: firstDifference.nullable(),
  config: z.array(differing),
  data: z.array(differing),
  code: z.array(differing),
});
export type DivergenceAnswer = z.output<typeof DivergenceAnswer>;
