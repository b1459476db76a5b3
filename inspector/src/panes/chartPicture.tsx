/** The boxes and arrows of the charts. */
import { memo } from 'preact/compat';
import type { Activity } from '../statechart/activity.ts';
import {
  type Drawing,
  LABEL_HEIGHT,
  type PlacedArrow,
  type PlacedBox,
} from '../statechart/layout.ts';

interface PictureProps {
  readonly drawing: Drawing;
  readonly activity: Activity | null;
}

export function ChartPicture({ drawing, activity }: PictureProps) {
  return (
    <>
      <defs>
        <marker
          id="tip"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0,0.5 L7.5,4 L0,7.5 z" />
        </marker>
      </defs>
      {drawing.boxes.map((box) => (
        <BoxShape
          key={box.id}
          box={box}
          active={activity?.active.has(box.id) === true}
          entered={activity?.entered === box.id}
        />
      ))}
      <g aria-hidden="true">
        {drawing.arrows.map((arrow) => (
          <ArrowShape
            key={arrow.id}
            arrow={arrow}
            taken={activity?.arrows.has(arrow.id) === true}
          />
        ))}
      </g>
    </>
  );
}

interface BoxProps {
  readonly box: PlacedBox;
  readonly active: boolean;
  readonly entered: boolean;
}

const BoxShape = memo(function BoxShape({ box, active, entered }: BoxProps) {
  const { x, y, width, height, kind, title, hint, runs, boxes, actor, path, initial } = box;
  const group = boxes.length > 0;
  const middle = y + height / 2 - (runs === '' ? 0 : 6);
  const name = kind === 'chart' ? `chart ${actor}` : `${actor} ${path}`;
  const classes = ['box', `is-${kind}`, active && 'is-active', entered && 'is-entered'];
  return (
    <g
      role="listitem"
      aria-label={name}
      aria-current={active && kind !== 'chart' ? 'true' : undefined}
      class={classes.filter(Boolean).join(' ')}
    >
      <title>{hint === '' ? name : `${name}: ${hint}`}</title>
      <rect x={x} y={y} width={width} height={height} rx={kind === 'chart' ? 3 : 7} />
      {kind === 'final' && (
        <rect class="inner" x={x + 3} y={y + 3} width={width - 6} height={height - 6} rx={5} />
      )}
      {initial && <circle cx={x + 10} cy={group ? y + 16 : middle} r={3.2} />}
      <text
        x={group ? x + (initial ? 20 : 10) : x + width / 2 + (initial ? 4 : 0)}
        y={group ? y + 17 : middle + 4}
        text-anchor={group ? 'start' : 'middle'}
      >
        {title}
      </text>
      {runs !== '' && (
        <text class="runs" x={x + width / 2} y={middle + 17} text-anchor="middle">
          ▸ {runs}
        </text>
      )}
    </g>
  );
});

const ArrowShape = memo(function ArrowShape({
  arrow: { points, label, labelAt, failure },
  taken,
}: {
  readonly arrow: PlacedArrow;
  readonly taken: boolean;
}) {
  const d = points.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x},${y}`).join(' ');
  return (
    <g class={`arrow${failure ? ' is-failure' : ''}${taken ? ' is-taken' : ''}`}>
      <path d={d} marker-end="url(#tip)" />
      {labelAt !== null && (
        <text>
          {label.map((line, i) => (
            <tspan key={line} x={labelAt.x} y={labelAt.y + 10 + i * LABEL_HEIGHT}>
              {line}
            </tspan>
          ))}
        </text>
      )}
    </g>
  );
});
