/** Fields that keys lead to; each pane says which of its fields has which name. */
import { go, type Place, place } from '../state/place.ts';

export type FieldName = 'place' | 'filter' | 'value' | `note ${number}`;

const fields = new Map<FieldName, HTMLInputElement>();

/** Where a field is to be found; one of the toolbar is always there. */
const PANES: Readonly<Record<string, { readonly wide: string; readonly tab?: Place['tab'] }>> = {
  filter: { wide: 'events' },
  value: { wide: 'data', tab: 'tree' },
  note: { wide: 'notes' },
};

/** For `ref` of a field. */
export function fieldNamed(name: FieldName): (element: HTMLInputElement | null) => void {
  let mine: HTMLInputElement | null = null;
  return (element) => {
    if (element !== null) fields.set(name, element);
    else if (fields.get(name) === mine) fields.delete(name);
    mine = element;
  };
}

/** Puts the caret into a field, with its text selected; shows its pane if another one hides it. */
export function focusOn(name: FieldName): void {
  const pane = PANES[name.split(' ')[0]!];
  if (pane !== undefined) {
    const { wide, tab } = place.peek();
    go({ wide: wide === pane.wide ? wide : '', tab: pane.tab ?? tab });
  }
  // What was changed just now is drawn first: a field may be new, or have stood behind a dialog.
  queueMicrotask(() => {
    fields.get(name)?.focus();
    fields.get(name)?.select();
  });
}
