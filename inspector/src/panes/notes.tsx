/** Moments that somebody marked, with a word about each. */
import { useSignal } from '@preact/signals';
import { perform } from '../commands/commands.ts';
import { fieldNamed } from '../commands/focus.ts';
import { jump } from '../commands/moves.ts';
import { dropView, keepView, notesProblem, pins, unpin, views, write } from '../data/notes.ts';
import { at } from '../data/run.ts';
import { countOf } from '../state/marketTime.ts';
import { go, goToView, place } from '../state/place.ts';
import { Empty, Pane, Problem } from '../ui/pane.tsx';
import { SeqLink } from '../ui/seqLink.tsx';

export function Notes() {
  return (
    <Pane
      id="notes"
      title="Notes"
      hint="Moments worth coming back to. They are kept beside the log and come with the link."
      aside={
        <button
          type="button"
          class="wordy"
          title="Pin the moment at the cursor (p)"
          onClick={() => perform('inspector.pin')}
        >
          + pin #{countOf(at.value)}
        </button>
      }
    >
      <div class="scroll">
        <Problem text={notesProblem.value} />
        {pins.value.length === 0 ? (
          <Empty>Nothing is pinned. Press p where something is worth a note.</Empty>
        ) : (
          <ul class="notes">
            {pins.value.map(({ seq, text }) => (
              <li key={seq} class={seq === at.value ? 'is-here' : ''}>
                <SeqLink seq={seq} />
                <NoteField seq={seq} text={text} />
                <button
                  type="button"
                  class="icon"
                  aria-label={`What changed from #${seq} to the cursor`}
                  title="What changed from here to the cursor"
                  onClick={() => go({ from: seq, tab: 'diff' })}
                >
                  Δ
                </button>
                <button
                  type="button"
                  class="icon"
                  aria-label={`Take the pin from #${seq}`}
                  title="Take the pin away"
                  onClick={() => unpin(seq)}
                >
                  ×
                </button>
              </li>
            ))}
          </ul>
        )}
        <Views />
      </div>
    </Pane>
  );
}

function NoteField({ seq, text }: { readonly seq: number; readonly text: string }) {
  // What is being written stays as it is while the list is drawn anew.
  const typed = useSignal<string | null>(null);
  const isHere = () => seq === at.peek() && !place.peek().follow;
  return (
    <input
      ref={fieldNamed(`note ${seq}`)}
      value={typed.value ?? text}
      placeholder="what is to be seen here?"
      aria-label={`Note about #${seq}`}
      spellcheck={false}
      onFocus={() => isHere() || jump(seq, 'step')}
      onInput={(event) => {
        typed.value = event.currentTarget.value;
      }}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      onBlur={() => {
        if (typed.value !== null && typed.value !== text) write(seq, typed.value);
        typed.value = null;
      }}
    />
  );
}

/** How the page is set up, under a name: filter, mutes, panes, symbol, breakpoints. */
function Views() {
  return (
    <div class="views" role="group" aria-label="Views">
      {views.value.map(({ name, query }) => (
        <span key={name} class="chip">
          <button
            type="button"
            class="plain"
            title="Set the page up like this, where the cursor is"
            onClick={() => goToView(query)}
          >
            {name}
          </button>
          <button
            type="button"
            class="drop"
            aria-label={`Drop view ${name}`}
            onClick={() => dropView(name)}
          >
            ×
          </button>
        </span>
      ))}
      <input
        aria-label="Keep this view as"
        placeholder="keep this view as…"
        title="Keeps filter, mutes, panes, symbol and breakpoints under a name, beside the log"
        maxLength={60}
        spellcheck={false}
        autocomplete="off"
        onKeyDown={(event) => {
          const field = event.currentTarget;
          const name = field.value.trim();
          if (event.key !== 'Enter' || name === '') return;
          keepView(name);
          field.value = '';
          field.blur();
        }}
      />
    </div>
  );
}
