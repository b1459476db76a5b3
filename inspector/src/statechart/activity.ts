/** Which boxes are active at the cursor, and which arrow was just taken. */
import type { AnswerOf } from '../../../src/inspect/protocol.ts';
import type { Drawing } from './layout.ts';

export interface Activity {
  readonly active: ReadonlySet<string>;
  readonly arrows: ReadonlySet<string>;
  /** The box that the fact at the cursor entered. */
  readonly entered: string | null;
  /** The chart that is to be looked at: the one that moved last, or the innermost that runs. */
  readonly focus: string | null;
}

export function activityOf(answer: AnswerOf<'charts'>, drawing: Drawing): Activity {
  const active = new Set<string>();
  for (const { actor, active: states } of answer.charts) {
    active.add(actor);
    for (const path of states) if (path !== '') active.add(`${actor}#${path}`);
  }
  const { taken } = answer;
  const runs = (actor: string) => answer.charts.some((chart) => chart.actor === actor);
  const focus = taken !== null && runs(taken.actor) ? taken.actor : deepest(answer);
  if (taken === null || taken.seq !== answer.at) {
    return { active, arrows: new Set(), entered: null, focus };
  }
  const into = drawing.boxes.findLast(
    ({ id, actor, path }) => actor === taken.actor && path !== '' && active.has(id),
  );
  const arrows = takenArrows(taken, active, drawing);
  return { active, arrows, entered: into?.id ?? null, focus };
}

/** The chart of the phase with what runs inside it; lifecycles of actors are none to look at by themselves. */
function deepest(answer: AnswerOf<'charts'>): string | null {
  const nested = answer.charts.filter(({ chart }) => !/^(lifecycle|scanner)$/.test(chart));
  return nested.sort((a, b) => b.since - a.since)[0]?.actor ?? null;
}

type Taken = NonNullable<AnswerOf<'charts'>['taken']>;

/** The arrow that leads from where the chart was to where it is; by way of a state it only passes through, two. */
function takenArrows(
  { actor, from }: Taken,
  active: ReadonlySet<string>,
  { arrows }: Drawing,
): ReadonlySet<string> {
  const left = new Set((from ?? '').split(/[.+]/));
  const mine = arrows.filter((arrow) => arrow.from.startsWith(`${actor}#`));
  const leaves = (id: string) => !active.has(id) && left.has(id.split(/[.#]/).at(-1)!);
  const direct = mine.filter((arrow) => leaves(arrow.from) && active.has(arrow.to));
  if (direct.length > 0) return new Set(direct.map(({ id }) => id));
  const through = mine.flatMap((first) => {
    if (!leaves(first.from)) return [];
    const second = mine.find((arrow) => arrow.from === first.to && active.has(arrow.to));
    return second === undefined ? [] : [first.id, second.id];
  });
  return new Set(through.slice(0, 2));
}
