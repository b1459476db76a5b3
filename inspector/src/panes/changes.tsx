/** What changed in SessionData: by the fact at the cursor, or from another moment on. */
import { changes } from '../data/cursorData.ts';
import { pins } from '../data/notes.ts';
import { at } from '../data/run.ts';
import { reveal } from '../data/stateTree.ts';
import { countOf } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { Empty, Problem } from '../ui/pane.tsx';
import { Path } from '../ui/path.tsx';
import { SeqLink } from '../ui/seqLink.tsx';
import { valueText } from '../ui/valueText.ts';

export function Changes() {
  const answer = changes.value.value;
  return (
    <>
      <From />
      <Problem text={changes.problem.value} />
      {answer !== null && answer.changes.length === 0 && (
        <Empty>
          Nothing changed in SessionData
          {answer.to - answer.from === 1 ? ': this fact explains, it changes nothing.' : '.'}
        </Empty>
      )}
      {answer !== null && answer.changes.length > 0 && (
        <table class={`changes${changes.stale.value ? ' is-stale' : ''}`} aria-label="Changes">
          <thead>
            <tr>
              <th scope="col">place</th>
              <th scope="col">before</th>
              <th scope="col">now</th>
            </tr>
          </thead>
          <tbody>
            {answer.changes.map((change) => (
              <tr key={change.path} class={`is-${change.kind}`}>
                <td>
                  <button type="button" class="plain" onClick={() => reveal(change.path)}>
                    <Path text={change.path} />
                  </button>
                </td>
                <td class="old">{change.kind === 'added' ? '' : valueText(change.old)}</td>
                <td class="new">{change.kind === 'removed' ? 'gone' : valueText(change.new)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {answer !== null && answer.total > answer.changes.length && (
        <p class="muted small">
          {countOf(answer.total - answer.changes.length)} more are not listed.
        </p>
      )}
    </>
  );
}

/** The other end of the comparison: the fact before, or a pinned moment. */
function From() {
  const { from } = place.value;
  const moments = pins.value.filter(({ seq }) => seq !== at.value);
  const extra = from !== null && !moments.some(({ seq }) => seq === from) ? [from] : [];
  return (
    <div class="fields-bar">
      <label>
        from{' '}
        <select
          aria-label="Compare from"
          value={from === null ? '' : String(from)}
          onChange={(event) => {
            const { value } = event.currentTarget;
            go({ from: value === '' ? null : Number(value) });
            event.currentTarget.blur();
          }}
        >
          <option value="">the fact before</option>
          {extra.map((seq) => (
            <option key={seq} value={String(seq)}>
              #{seq}
            </option>
          ))}
          {moments.map(({ seq, text }) => (
            <option key={seq} value={String(seq)}>
              #{seq} {text}
            </option>
          ))}
        </select>
      </label>
      <span>
        to <SeqLink seq={at.value} />
      </span>
      {pins.value.length === 0 && <span class="muted small">pin moments (p) to compare them</span>}
    </div>
  );
}
