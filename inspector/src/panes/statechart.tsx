/** All charts of the run in one drawing; what is active at the cursor stands out. */
import { computed, signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { charts } from '../data/cursorData.ts';
import { resource } from '../data/resource.ts';
import { at, run } from '../data/run.ts';
import { countOf } from '../state/marketTime.ts';
import { lastMove } from '../state/place.ts';
import { type Activity, activityOf } from '../statechart/activity.ts';
import { type Drawing, layOut } from '../statechart/layout.ts';
import { cardsOf } from '../statechart/scene.ts';
import {
  attributeOf,
  between,
  sameView,
  type ViewBox,
  viewOf,
  wholeView,
  zoomed,
} from '../statechart/view.ts';
import { Icon } from '../ui/icon.tsx';
import { Empty, Pane, Problem } from '../ui/pane.tsx';
import { ChartPicture } from './chartPicture.tsx';

const drawing = resource(
  () => {
    // Before the log has been looked through, not all actors are known.
    if (run.value === null || !(run.value.index.ready || run.value.live)) return null;
    const actors = run.value.actors.filter(({ chart }) => chart !== null);
    return {
      charts: run.value.charts,
      actors: actors.map(({ path, chart }) => ({ path, chart })),
    };
  },
  (question) => layOut(cardsOf(question.charts, question.actors), widthOf),
);

const activity = computed<Activity | null>(() => {
  const drawn = drawing.value.value;
  const known = charts.value.value;
  return drawn === null || known === null ? null : activityOf(known, drawn);
});

/** `follow`: the chart that runs; `whole`: all; else what the reader has moved to. */
const look = signal<'follow' | 'whole' | ViewBox>('follow');

/** True before the first fact that moves a chart. */
const isStill = computed(() => charts.value.value?.taken === null);

/** Pixels that the pane has. */
const room = signal({ width: 300, height: 300 });

/** Stays the same object while it shows the same part: there is nothing to be drawn anew then. */
const target = computed<ViewBox | null>(() => {
  const next = wantedView();
  if (next === null || lastTarget === null || !sameView(next, lastTarget)) lastTarget = next;
  return lastTarget;
});

let lastTarget: ViewBox | null = null;

function wantedView(): ViewBox | null {
  const drawn = drawing.value.value;
  if (drawn === null) return null;
  if (typeof look.value === 'object') return look.value;
  const focus = drawn.boxes.find(({ id }) => id === activity.value?.focus);
  if (look.value === 'whole' || focus === undefined) return wholeView(drawn);
  const centre = drawn.boxes.findLast(
    ({ id, actor }) => actor === focus.id && activity.value?.active.has(id) === true,
  );
  return viewOf(focus, centre ?? focus, room.value);
}

let ruler: CanvasRenderingContext2D | null = null;

function widthOf(text: string): number {
  ruler ??= document.createElement('canvas').getContext('2d');
  if (ruler === null) return text.length * 7;
  ruler.font = `12px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(text).width;
}

export function Statechart() {
  const drawn = drawing.value.value;
  return (
    <Pane
      id="statechart"
      title="Statechart"
      hint="The charts that decide when things happen. Filled states are active at the cursor; a thick arrow was taken by the very fact there."
      aside={<Aside />}
    >
      <Problem text={drawing.problem.value} />
      {drawn === null ? (
        <Empty>Laying out the charts…</Empty>
      ) : drawn.boxes.length === 0 ? (
        <Empty>No chart has started yet.</Empty>
      ) : isStill.value && look.value === 'follow' ? (
        <Empty>No chart has moved yet. Step on (→) to see the first one move.</Empty>
      ) : (
        <View drawn={drawn} />
      )}
      <Taken />
    </Pane>
  );
}

function Aside() {
  const which = look.value;
  return (
    <>
      <span class="aside">at {countOf(at.value)}</span>
      <span class="steps" role="group" aria-label="Part of the drawing">
        <button
          type="button"
          class="icon"
          aria-pressed={which === 'follow'}
          title="Look at the chart that runs"
          aria-label="Look at the chart that runs"
          onClick={() => (look.value = 'follow')}
        >
          <Icon name="focus" />
        </button>
        <button
          type="button"
          class="icon"
          aria-pressed={which === 'whole'}
          title="Look at all charts"
          aria-label="Look at all charts"
          onClick={() => (look.value = 'whole')}
        >
          <Icon name="whole" />
        </button>
        <button
          type="button"
          class="icon zoom"
          title="Closer (or turn the wheel)"
          aria-label="Closer"
          onClick={() => zoom(1.4)}
        >
          <Icon name="closer" />
        </button>
        <button
          type="button"
          class="icon zoom"
          title="Further away"
          aria-label="Further away"
          onClick={() => zoom(1 / 1.4)}
        >
          <Icon name="further" />
        </button>
      </span>
    </>
  );
}

function zoom(factor: number, u?: number, v?: number): void {
  const view = target.peek();
  if (view !== null) look.value = zoomed(view, factor, u, v);
}

/** What was taken last, in words. */
function Taken() {
  const taken = charts.value.value?.taken;
  if (taken == null) return null;
  const just = taken.seq === at.value;
  return (
    <p class={`taken${just ? ' is-just' : ''}`}>
      <b>{taken.actor}</b> {taken.from ?? '○'} → {taken.to}
      <span class="muted"> {just ? 'by this fact' : `at #${countOf(taken.seq)}`}</span>
    </p>
  );
}

const GLIDE_MS = 160;
const still = matchMedia('(prefers-reduced-motion: reduce)');

function View({ drawn }: { readonly drawn: Drawing }) {
  const svg = useRef<SVGSVGElement>(null);
  const shown = useRef<ViewBox | null>(null);
  const wanted = target.value;
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      room.value = { width, height };
    });
    watch.observe(svg.current!);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    const from = shown.current;
    if (wanted === null || svg.current === null) return;
    const show = (view: ViewBox) => {
      shown.current = view;
      svg.current?.setAttribute('viewBox', attributeOf(view));
    };
    // Who jumps has nothing to follow with the eye, and every frame lays the drawing's texts out anew.
    const jumps = lastMove() === 'jump' || typeof look.peek() === 'object';
    if (from === null || still.matches || jumps) return show(wanted);
    const started = performance.now();
    let frame = 0;
    const glide = (now: number) => {
      const share = Math.min(1, (now - started) / GLIDE_MS);
      show(between(from, wanted, share * (2 - share)));
      if (share < 1) frame = requestAnimationFrame(glide);
    };
    frame = requestAnimationFrame(glide);
    return () => cancelAnimationFrame(frame);
  }, [wanted, drawn]);
  return (
    <svg
      ref={svg}
      class="charts"
      role="list"
      aria-label="States"
      preserveAspectRatio="xMidYMid meet"
      onWheel={onWheel}
      onPointerDown={onPointerDown}
    >
      <ChartPicture drawing={drawn} activity={activity.value} />
    </svg>
  );
}

function onWheel(event: WheelEvent & { currentTarget: SVGSVGElement }): void {
  event.preventDefault();
  const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
  const factor = event.deltaY < 0 ? 1.15 : 1 / 1.15;
  zoom(factor, (event.clientX - left) / width, (event.clientY - top) / height);
}

function onPointerDown(event: PointerEvent & { currentTarget: SVGSVGElement }): void {
  const svg = event.currentTarget;
  const start = target.peek();
  const scale = svg.getScreenCTM()?.a ?? 1;
  if (start === null || event.button !== 0) return;
  const move = (to: PointerEvent) => {
    look.value = {
      ...start,
      x: start.x - (to.clientX - event.clientX) / scale,
      y: start.y - (to.clientY - event.clientY) / scale,
    };
  };
  svg.setPointerCapture(event.pointerId);
  svg.addEventListener('pointermove', move);
  svg.addEventListener('pointerup', () => svg.removeEventListener('pointermove', move), {
    once: true,
  });
}
