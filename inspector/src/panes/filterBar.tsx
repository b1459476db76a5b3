/** What the list is narrowed down to: a line of the filter language, the types to choose from, what is muted. */
import { useSignal } from '@preact/signals';
import { fieldNamed } from '../commands/focus.ts';
import { muteToggled, term, withTerm } from '../data/filter.ts';
import { filterProblem } from '../data/hits.ts';
import { run } from '../data/run.ts';
import { countOf } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { Problem } from '../ui/pane.tsx';

const EXAMPLE = 'type:Indicator* -type:Bar* symbol:TSLA';

export function FilterBar() {
  const { q, mute } = place.value;
  const typed = useSignal<string | null>(null);
  const commit = () => {
    if (typed.value !== null && typed.value !== q) go({ q: typed.value.trim() });
    typed.value = null;
  };
  return (
    <div class="filter-bar">
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          commit();
          if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        }}
      >
        <input
          type="search"
          aria-label="Filter"
          ref={fieldNamed('filter')}
          value={typed.value ?? q}
          placeholder={`filter, such as ${EXAMPLE}`}
          title={`Terms are joined by "and"; - leaves out. Fields: type, symbol, by, series, or any of a fact: ${EXAMPLE} close>250. Enter filters, / comes here.`}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => {
            typed.value = event.currentTarget.value;
            if (typed.value === '') commit();
          }}
          onBlur={commit}
        />
      </form>
      <Types />
      {mute.map((muted) => (
        <button
          type="button"
          class="chip"
          key={muted}
          aria-label={`Show ${muted} again`}
          title="Muted: click to show again"
          onClick={() => go({ mute: muteToggled(muted) })}
        >
          −{muted} ×
        </button>
      ))}
      <Problem text={filterProblem.value} />
    </div>
  );
}

function Types() {
  const open = useSignal(false);
  const types = [...(run.value?.types ?? [])].sort((a, b) => b.facts - a.facts);
  const { q, mute } = place.value;
  return (
    <span class="types">
      <button
        type="button"
        class="wordy"
        aria-expanded={open.value}
        title="All types of facts in this run, to take or to leave out"
        onClick={() => {
          open.value = !open.value;
        }}
      >
        Types ▾
      </button>
      {open.value && (
        <div class="popover" role="group" aria-label="Types of facts">
          <table>
            <tbody>
              {types.map(({ type, facts }) => (
                <tr key={type}>
                  <th scope="row">{type}</th>
                  <td class="number">{countOf(facts)}</td>
                  <td>
                    <button
                      type="button"
                      onClick={() => go({ q: withTerm(q, term('type', type)) })}
                    >
                      only
                    </button>
                    <button
                      type="button"
                      onClick={() => go({ q: withTerm(q, `-${term('type', type)}`) })}
                    >
                      not
                    </button>
                    <button
                      type="button"
                      aria-pressed={mute.includes(term('type', type))}
                      onClick={() => go({ mute: muteToggled(term('type', type)) })}
                    >
                      mute
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </span>
  );
}
