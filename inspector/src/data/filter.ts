/** The filter as it is asked for: what was typed, and what is muted. */
import { computed } from '@preact/signals';
import { part, place } from '../state/place.ts';

const typed = part('q');
const mutes = part('mute');

/** Terms of mutes are left out: `type:BarAppended` becomes `-type:BarAppended`. */
export const query = computed(() =>
  [typed.value.trim(), ...mutes.value.map((term) => `-${term}`)].filter(Boolean).join(' '),
);

/** A term that takes `value` as it is, quoted where that is needed. */
export function term(field: string, value: string): string {
  return `${field}:${/[\s"()]/.test(value) ? JSON.stringify(value) : value}`;
}

/** The filter with one more term; what says the opposite is dropped. */
export function withTerm(q: string, added: string): string {
  const opposite = added.startsWith('-') ? added.slice(1) : `-${added}`;
  const rest = q.split(/\s+/).filter((word) => word !== '' && word !== opposite && word !== added);
  return [...rest, added].join(' ');
}

/** Mutes or unmutes a term. */
export function muteToggled(muted: string): readonly string[] {
  const { mute } = place.peek();
  return mute.includes(muted) ? mute.filter((each) => each !== muted) : [...mute, muted];
}
