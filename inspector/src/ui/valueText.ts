/** Values as text: numbers and times as they are, long ones cut. */
const LONG = 160;

export function valueText(value: unknown): string {
  if (value === undefined) return '—';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}

/** For styling: what kind of value it is. */
export function kindOf(value: unknown): 'number' | 'text' | 'other' {
  return typeof value === 'number' ? 'number' : typeof value === 'string' ? 'text' : 'other';
}
