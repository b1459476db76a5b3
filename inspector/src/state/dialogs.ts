/** Which dialog lies over the page. Not part of the place: a link opens what was looked at, not how. */
import { signal } from '@preact/signals';

export type Dialog = 'palette' | 'keys' | 'breakpoints' | null;

export const dialog = signal<Dialog>(null);

/** What has the focus when a dialog is closed again. */
let before: HTMLElement | null = null;

export function openDialog(which: Exclude<Dialog, null>): void {
  if (dialog.peek() === null && document.activeElement instanceof HTMLElement) {
    before = document.activeElement;
  }
  dialog.value = dialog.peek() === which ? null : which;
}

export function closeDialog(): void {
  if (dialog.peek() === null) return;
  dialog.value = null;
  before?.focus();
  before = null;
}
