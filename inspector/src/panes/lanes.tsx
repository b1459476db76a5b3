/** What happened when: a lane for each actor, arrows for what led to what, and the whole run in a strip. */
import { computed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { LanesAnswer } from '../../../src/inspect/protocol.ts';
import { jump, select } from '../commands/moves.ts';
import { debug } from '../data/debug.ts';
import { term } from '../data/filter.ts';
import { collapsed, detailed, lanes, times, width, window } from '../data/lanes.ts';
import { at } from '../data/run.ts';
import { arrowsOf, factsOf, LANE, type LaneArrow, outlineOf, scaleOf } from '../draw/lanePlot.ts';
import { countOf } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { Empty, Pane, Problem } from '../ui/pane.tsx';
import { Overview } from './overview.tsx';

export function Lanes() {
  const answer = lanes.value.value;
  const [from, to] = window.value;
  return (
    <Pane
      id="lanes"
      title="Lanes"
      hint="Each dot is a fact in the lane of its actor; an arrow leads from a fact to what it brought about. The strip above is the whole run: click or drag in it."
      aside={<Aside />}
    >
      <Overview />
      <Problem text={lanes.problem.value} />
      {answer === null ? (
        <div class="scroll">
          <Empty>No facts yet.</Empty>
        </div>
      ) : (
        <div class="scroll lane-view">
          <Plot answer={answer} />
        </div>
      )}
      <p class="lane-foot">
        <span>#{countOf(from)}</span>
        <span class="muted">
          {detailed.value ? 'a dot is a fact' : 'a bar is as high as there are facts'}
        </span>
        <span>#{countOf(to)}</span>
      </p>
    </Pane>
  );
}

function Aside() {
  return (
    <>
      <label
        class="check"
        title="Off: facts stand where their market time is, and waiting takes room"
      >
        <input
          type="checkbox"
          checked={collapsed.value}
          onChange={({ currentTarget }) => {
            collapsed.value = currentTarget.checked;
          }}
        />
        <span>collapse idle time</span>
      </label>
      <button
        type="button"
        class="wordy"
        title="Only what is around the cursor (f)"
        onClick={() => go({ window: [Math.max(1, at.value - 50), at.value + 50] })}
      >
        around the cursor
      </button>
      <button
        type="button"
        class="wordy"
        aria-pressed={place.value.window === null}
        title="The window goes with the cursor"
        onClick={() => go({ window: null })}
      >
        with the cursor
      </button>
    </>
  );
}

function Plot({ answer }: { readonly answer: LanesAnswer }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry !== undefined) width.value = Math.max(100, Math.round(entry.contentRect.width));
    });
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  const { mute, actor } = place.value;
  const shown = answer.lanes.filter((lane) => !mute.includes(term('by', lane.actor)));
  debug.lanes = answer;
  return (
    <div class="plot">
      <ul class="lane-names">
        {shown.map((lane) => (
          <li key={lane.actor}>
            <button
              type="button"
              aria-pressed={actor === lane.actor}
              title={`${lane.actor}: ${countOf(lane.facts)} facts here. Click shows it among the others`}
              onClick={() => go({ actor: actor === lane.actor ? '' : lane.actor })}
            >
              {lane.actor.split('/').slice(1).join('/') || lane.actor}
            </button>
          </li>
        ))}
      </ul>
      <div class="lane-box" ref={box}>
        <Picture answer={{ ...answer, lanes: shown }} />
      </div>
    </div>
  );
}

/**
 * The cursor as the lanes that are drawn have it: until those around it have come, the ones before stay as they
 * were.
 */
const shownAt = computed<number>(() => {
  const answer = lanes.value.value;
  const follows = place.value.window === null;
  const isIn = answer !== null && at.value >= answer.from && at.value <= answer.to;
  if (isIn || !follows) lastAt = at.value;
  return lastAt;
});
let lastAt = 0;

function Picture({ answer }: { readonly answer: LanesAnswer }) {
  const { actor } = place.value;
  const cursor = shownAt.value;
  const laneOf = (path: string) => answer.lanes.findIndex((lane) => lane.actor === path);
  const known = times.value.value;
  const exact = detailed.value && answer.px === answer.to - answer.from + 1;
  const timed = !collapsed.value && exact && known?.from === answer.from ? known.at : null;
  const x = scaleOf([answer.from, answer.to], width.value, timed);
  const height = Math.max(1, answer.lanes.length) * LANE;
  const most = Math.max(1, ...answer.lanes.flatMap(({ counts }) => counts));
  const arrows = exact ? arrowsOf(answer, x, laneOf) : [];
  const facts = exact ? factsOf(answer, x) : [];
  const pick = (event: MouseEvent & { currentTarget: SVGSVGElement }) => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const nearest = facts.reduce<{ seq: number; far: number } | null>((best, { seq, x: at }) => {
      const far = Math.abs(at - left);
      return best === null || far < best.far ? { seq, far } : best;
    }, null);
    const share = left / Math.max(1, width.value);
    if (nearest !== null) select(nearest.seq);
    else jump(Math.round(answer.from + share * (answer.to - answer.from)));
  };
  const dims = (lane: string) => actor !== '' && lane !== actor;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys move the cursor
    <svg
      class="lanes"
      width={width.value}
      height={height}
      role="img"
      aria-label={`${countOf(answer.to - answer.from + 1)} facts of ${answer.lanes.length} actors, ${arrows.length} arrows`}
      onClick={pick}
    >
      {answer.lanes.map((lane, i) => (
        <g
          key={lane.actor}
          class={`lane${dims(lane.actor) ? ' is-dim' : ''}`}
          transform={`translate(0 ${i * LANE})`}
        >
          <line x1="0" x2={width.value} y1={LANE / 2} y2={LANE / 2} />
          {!exact && <path d={outlineOf(lane.counts, most, width.value)} />}
        </g>
      ))}
      {arrows.map((arrow) => (
        <path
          key={arrow.seq}
          class={`lane-arrow${arrow.indirect ? ' is-indirect' : ''}${arrow.cut ? ' is-cut' : ''}${
            actor !== '' && arrow.from !== actor && arrow.to !== actor ? ' is-dim' : ''
          }${arrow.seq > cursor ? ' is-ahead' : ''}`}
          data-arrow={`${arrow.from} ${arrow.cause} ${arrow.to} ${arrow.seq}`}
          d={curveOf(arrow)}
        />
      ))}
      {facts.map(({ seq, lane, x: left }) => (
        <circle
          key={seq}
          class={`${dims(answer.lanes[lane]!.actor) ? 'is-dim' : ''}${seq > cursor ? ' is-ahead' : ''}${
            seq === cursor ? ' is-here' : ''
          }`}
          cx={left}
          cy={lane * LANE + LANE / 2}
          r={seq === cursor ? 4 : 2.6}
        />
      ))}
      {cursor >= answer.from && cursor <= answer.to && (
        <line class="lane-cursor" x1={x(cursor)} x2={x(cursor)} y1="0" y2={height} />
      )}
    </svg>
  );
}

/** Within a lane an arc over it, else a line from dot to dot. */
function curveOf({ x1, y1, x2, y2, cut }: LaneArrow): string {
  if (y1 === y2 && !cut) return `M${x1},${y1}Q${(x1 + x2) / 2},${y1 - LANE * 0.55} ${x2},${y2}`;
  return `M${x1},${y1}L${x2},${y2}`;
}
