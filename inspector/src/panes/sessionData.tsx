/** SessionData at the cursor: as a tree, as what changed, or as why it is so. */
import { useSignal } from '@preact/signals';
import { copyState } from '../commands/copying.ts';
import { fieldNamed } from '../commands/focus.ts';
import { at } from '../data/run.ts';
import { nodes } from '../data/stateTree.ts';
import { countOf } from '../state/marketTime.ts';
import { go, place, TABS, type Tab } from '../state/place.ts';
import { Empty, Pane, Problem } from '../ui/pane.tsx';
import { Changes } from './changes.tsx';
import { FoundValues } from './foundValues.tsx';
import { Node } from './stateNode.tsx';
import { Why } from './why.tsx';

const TAB_TITLES: Readonly<Record<Tab, string>> = {
  tree: 'Everything the session knows at the cursor (s)',
  diff: 'What the fact at the cursor changed, or what changed since another moment (d)',
  why: 'What led to the selected value, down to the line of the file (w)',
};

export function SessionData() {
  const { tab } = place.value;
  return (
    <Pane
      id="data"
      title="Session data"
      hint="What the facts up to the cursor add up to: the only thing that strategies see."
      aside={<span class="aside">at {countOf(at.value)}</span>}
    >
      <div class="tabs-bar">
        <div class="tabs" role="tablist" aria-label="How to look at it">
          {TABS.map((each) => (
            <button
              type="button"
              role="tab"
              key={each}
              id={`tab-${each}`}
              aria-selected={tab === each}
              aria-controls="data-panel"
              title={TAB_TITLES[each]}
              onClick={() => go({ tab: each })}
            >
              {each}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="wordy"
          title="The selected part, or all of it, as JSON"
          onClick={() => void copyState()}
        >
          Copy JSON
        </button>
      </div>
      <div class="scroll" id="data-panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {tab === 'tree' ? <Tree /> : tab === 'diff' ? <Changes /> : <Why />}
      </div>
    </Pane>
  );
}

function Tree() {
  const filter = useSignal('');
  const value = useSignal('');
  // What is being written stays as it is while the tree is drawn anew.
  const typed = useSignal<string | null>(null);
  const root = nodes.value.value?.byPath.get('');
  return (
    <>
      <div class="fields-bar">
        <input
          type="search"
          aria-label="Filter paths"
          placeholder="filter paths…"
          value={filter.value}
          spellcheck={false}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
        <input
          type="search"
          aria-label="Find a value"
          ref={fieldNamed('value')}
          placeholder="find a value…"
          title="Where does a value first appear? Enter looks for it (v)"
          value={typed.value ?? value.value}
          spellcheck={false}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
          onChange={(event) => {
            value.value = event.currentTarget.value;
            typed.value = null;
          }}
        />
      </div>
      <FoundValues value={value.value} onClose={() => (value.value = '')} />
      <Problem text={nodes.problem.value} />
      {root === undefined ? (
        <Empty>Nothing has been recorded yet.</Empty>
      ) : (
        <ul class={`tree${nodes.stale.value ? ' is-stale' : ''}`}>
          {(root.children ?? []).map((child) => (
            <Node key={child.path} node={child} filter={filter.value.trim().toLowerCase()} />
          ))}
        </ul>
      )}
    </>
  );
}
