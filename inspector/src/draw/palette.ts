/** Colours of what is drawn on a canvas: those of the style sheet, in the theme that is on. */
export interface Palette {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly ground: string;
  readonly up: string;
  readonly down: string;
  readonly accent: string;
  readonly warn: string;
  readonly series: readonly string[];
  readonly font: string;
}

export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: of('text'),
    muted: of('muted'),
    line: of('line'),
    ground: of('panel'),
    up: of('up'),
    down: of('down'),
    accent: of('accent'),
    warn: of('warn'),
    series: [1, 2, 3, 4, 5, 6].map((n) => of(`series-${n}`)),
    font: style.fontFamily,
  };
}

/** A colour of the style sheet (`#rrggbb`), let through by so much. */
export function faded(color: string, share: number): string {
  const byte = Math.round(share * 255)
    .toString(16)
    .padStart(2, '0');
  return `${color}${byte}`;
}
