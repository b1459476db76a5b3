/** A pane: a region with a name, a heading, and a button that lets it fill the page. */
import type { ComponentChildren } from 'preact';
import { go, place } from '../state/place.ts';
import { Icon } from './icon.tsx';

export interface PaneProps {
  readonly id: string;
  readonly title: string;
  /** One line for who has never seen it. */
  readonly hint: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Pane({ id, title, hint, aside, children }: PaneProps) {
  const wide = place.value.wide === id;
  const label = wide ? `Show ${title} beside the others` : `Let ${title} fill the page`;
  return (
    <section
      class={`pane pane-${id}${wide ? ' is-wide' : ''}`}
      aria-label={title}
      hidden={place.value.wide !== '' && !wide}
    >
      <header class="pane-head">
        <h2 title={hint}>{title}</h2>
        {aside}
        <button
          type="button"
          class="icon pane-wide"
          aria-label={label}
          title={label}
          aria-pressed={wide}
          onClick={() => go({ wide: wide ? '' : id })}
        >
          <Icon name={wide ? 'narrow' : 'wide'} />
        </button>
      </header>
      {children}
    </section>
  );
}

/** What a pane says when it has nothing to show, and what to do about it. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Problem({ text }: { readonly text: string | null }) {
  return text === null || text === '' ? null : (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}
