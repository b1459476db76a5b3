/** A dialog over the page. Escape and a click beside it close it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { closeDialog } from '../state/dialogs.ts';

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function DialogFrame({ title, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    element.current?.showModal();
    element.current?.querySelector<HTMLElement>('input')?.focus();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes it by Escape
    <dialog
      ref={element}
      aria-label={title}
      onClose={closeDialog}
      onClick={(event) => event.target === element.current && closeDialog()}
    >
      <header>
        <h2>{title}</h2>
        <button type="button" class="icon" aria-label="Close" onClick={closeDialog}>
          ×
        </button>
      </header>
      {children}
    </dialog>
  );
}
