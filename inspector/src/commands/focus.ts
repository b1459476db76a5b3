/** Fields that keys lead to; each pane says which of its fields has which name. */
export type FieldName = 'place' | 'filter' | 'value';

const fields = new Map<FieldName, HTMLInputElement>();

/** For `ref` of a field. */
export function fieldNamed(name: FieldName): (element: HTMLInputElement | null) => void {
  return (element) => {
    if (element === null) fields.delete(name);
    else fields.set(name, element);
  };
}

/** Puts the caret into a field, with its text selected. */
export function focusOn(name: FieldName): void {
  fields.get(name)?.focus();
  fields.get(name)?.select();
}
