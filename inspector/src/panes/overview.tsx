/** The whole run in a strip: what happened besides the market, where the filter hits, where the cursor is. */
import { computed, useSignal } from '@preact/signals';
import { jump } from '../commands/moves.ts';
import { overview, window } from '../data/lanes.ts';
import { pins } from '../data/notes.ts';
import { at, last, run } from '../data/run.ts';
import { countOf } from '../state/marketTime.ts';
import { go } from '../state/place.ts';

const HEIGHT = 34;
/** Pixels: less is a click. */
const DRAG_MIN = 6;

/** They stay the same while the cursor moves. */
const notable = computed(() => {
  const answer = overview.value.value;
  return answer === null ? '' : columns(answer.notable, answer.px);
});
const hits = computed(() => {
  const answer = overview.value.value;
  return answer?.hits == null ? '' : columns(answer.hits, answer.px);
});

export function Overview() {
  const drag = useSignal<readonly [number, number] | null>(null);
  const total = Math.max(1, last.value);
  const share = (seq: number) => ((seq - 0.5) / total) * 1000;
  const seqAt = (event: PointerEvent & { currentTarget: SVGSVGElement }, x: number) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.max(1, Math.min(total, Math.ceil(((x - left) / width) * total)));
  };
  const down = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    drag.value = [event.clientX, event.clientX];
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    if (drag.value !== null) drag.value = [drag.value[0], event.clientX];
  };
  const up = (event: PointerEvent & { currentTarget: SVGSVGElement }) => {
    if (drag.value === null) return;
    const [a, b] = [...drag.value].sort((one, other) => one - other);
    drag.value = null;
    if (b! - a! < DRAG_MIN) jump(seqAt(event, b!));
    else go({ window: [seqAt(event, a!), seqAt(event, b!)] });
  };
  const [from, to] = window.value;
  return (
    <svg
      class="overview"
      role="slider"
      tabIndex={0}
      aria-label="Timeline"
      aria-valuemin={1}
      aria-valuemax={total}
      aria-valuenow={at.value}
      aria-valuetext={`fact ${countOf(at.value)} of ${countOf(total)}`}
      viewBox={`0 0 1000 ${HEIGHT}`}
      preserveAspectRatio="none"
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
    >
      <title>The whole run. Click goes there, dragging chooses what the lanes show.</title>
      {(run.value?.days ?? []).map((day, i) => (
        <rect
          key={day.date}
          class={i % 2 === 0 ? 'day' : 'day is-odd'}
          x={share(day.first)}
          width={Math.max(0, share(day.last + 1) - share(day.first))}
          y="0"
          height={HEIGHT}
        >
          <title>{day.date}</title>
        </rect>
      ))}
      {notable.value !== '' && <path class="notable" d={notable.value} />}
      {hits.value !== '' && <path class="hits" d={hits.value} />}
      <rect
        class="window"
        x={share(from)}
        width={Math.max(2, share(to) - share(from))}
        y="0.5"
        height={HEIGHT - 1}
      />
      {pins.value.map(({ seq }) => (
        <path key={seq} class="pin" d={`M${share(seq)},0l-3,-0h6l-3,7z`} />
      ))}
      <line class="lane-cursor" x1={share(at.value)} x2={share(at.value)} y1="0" y2={HEIGHT} />
    </svg>
  );
}

/** Counts as columns, on a scale that shows the few beside the many. */
function columns(counts: readonly number[], px: number): string {
  const most = Math.log1p(Math.max(1, ...counts));
  const step = 1000 / Math.max(1, px);
  return counts
    .flatMap((count, i) => {
      const height = (Math.log1p(count) / most) * (HEIGHT - 6);
      return count === 0
        ? []
        : [
            `M${(i * step).toFixed(1)},${HEIGHT}v${(-height).toFixed(1)}h${step.toFixed(2)}V${HEIGHT}z`,
          ];
    })
    .join('');
}
