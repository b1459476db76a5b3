/** Moments that somebody marked, with a word about each. */
import { jump } from '../commands/moves.ts';
import { notesProblem, pin, pins, unpin, write } from '../data/notes.ts';
import { at } from '../data/run.ts';
import { countOf } from '../state/marketTime.ts';
import { go } from '../state/place.ts';
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
          onClick={() => pin(at.value)}
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
                <input
                  value={text}
                  placeholder="what is to be seen here?"
                  aria-label={`Note about #${seq}`}
                  spellcheck={false}
                  onFocus={() => jump(seq, 'step')}
                  onChange={(event) => write(seq, event.currentTarget.value)}
                />
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
      </div>
    </Pane>
  );
}
