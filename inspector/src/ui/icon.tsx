/** Small pictures on buttons; fonts do not have them everywhere. */
const PATHS = {
  first: 'M3 3h2v10H3zM13 3v10L6 8z',
  fastBack: 'M8 3v10L2 8zM14 3v10L8 8z',
  back: 'M11 3v10L4 8z',
  forward: 'M5 3v10l7-5z',
  fastForward: 'M2 3v10l6-5zM8 3v10l6-5z',
  last: 'M3 3v10l7-5zM11 3h2v10h-2z',
  play: 'M4 2v12l10-6z',
  stop: 'M4 3h3v10H4zM9 3h3v10H9z',
  live: 'M8 3a5 5 0 1 0 .01 0z',
  dark: 'M6 2a6 6 0 1 0 8 8A6.5 6.5 0 0 1 6 2z',
  light:
    'M8 5a3 3 0 1 0 .01 0zM7.3 1h1.4v2.4H7.3zM7.3 12.6h1.4V15H7.3zM1 7.3h2.4v1.4H1zM12.6 7.3H15v1.4h-2.4zM3 4l1-1 1.6 1.6-1 1zM10.4 11.4l1-1L13 12l-1 1zM3 12l1.6-1.6 1 1L4 13zM10.4 4.6L12 3l1 1-1.6 1.6z',
  whole: 'M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z',
  focus:
    'M7.3 1h1.4v3H7.3zM7.3 12h1.4v3H7.3zM1 7.3h3v1.4H1zM12 7.3h3v1.4h-3zM8 5.5a2.5 2.5 0 1 0 .01 0z',
  closer: 'M7 3h2v4h4v2H9v4H7V9H3V7h4z',
  further: 'M3 7h10v2H3z',
  wide: 'M9 2h5v5h-1.6V4.7L4.7 12.4H7V14H2V9h1.6v2.3l7.7-7.7H9z',
  narrow: 'M7.6 8.4v5H6v-2.3L3 14l-1-1 3-3H2.6V8.4zM13 2l1 1-3 3h2.4v1.6h-5v-5H10v2.3z',
  muted: 'M2 8c3-5 9-5 12 0-3 5-9 5-12 0zm6-2.3a2.3 2.3 0 1 0 .01 0z',
  close: 'M4 3l4 4 4-4 1 1-4 4 4 4-1 1-4-4-4 4-1-1 4-4-4-4z',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
