/** Two runs side by side: where they part. */
import { signal, useSignal } from '@preact/signals';
import type { AnswerOf } from '../../../src/inspect/protocol.ts';
import { copy } from '../commands/copying.ts';
import { jump } from '../commands/moves.ts';
import { ask } from '../data/ask.ts';
import { resource } from '../data/resource.ts';
import { run } from '../data/run.ts';
import { countOf } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { Pane, Problem } from '../ui/pane.tsx';
import { valueText } from '../ui/valueText.ts';

type Divergence = AnswerOf<'divergence'>;
type First = NonNullable<Divergence['first']>;

/** Types and fields that may differ, separated by commas. */
const ignored = signal('');

const divergence = resource(
  () => (run.value?.other == null ? null : { ignore: ignored.value }),
  (question, signal) => ask('divergence', question, { signal, keep: true }),
);

export function Comparison() {
  if (run.value?.other == null) return null;
  const answer = divergence.value.value;
  return (
    <Pane
      id="comparison"
      title="Run against run"
      hint="The first fact in which the two runs differ. What differs later may follow from it."
      aside={<Ignore />}
    >
      <Problem text={divergence.problem.value} />
      {answer === null ? <p class="empty">Comparing…</p> : <Result answer={answer} />}
    </Pane>
  );
}

function Ignore() {
  const typed = useSignal(ignored.peek());
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        ignored.value = typed.value.trim();
      }}
    >
      <input
        aria-label="Ignore fields"
        placeholder="ignore types, fields…"
        title="Types and fields that may differ, such as Scan*,SignalEmitted.reason. Enter compares again"
        value={typed.value}
        spellcheck={false}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
        }}
      />
    </form>
  );
}

function Result({ answer }: { readonly answer: Divergence }) {
  const { equal, facts, common, hash, first, beyond } = answer;
  if (equal) {
    return (
      <p class="verdict is-equal">
        <b>Identical, {countOf(facts.a)} events.</b> The two logs tell the same story.
      </p>
    );
  }
  return (
    <div class="scroll">
      <p class="verdict">
        Identical prefix: {countOf(first === null ? common : first.seq.a - 1)} events
        {hash !== null && (
          <span class="muted">
            {' '}
            (to the byte up to #{countOf(common)}, hash {hash.slice(0, 8)}…)
          </span>
        )}
        {first !== null && (
          <>
            {' · '}
            <b>first divergence at #{countOf(first.seq.a)}</b>
          </>
        )}
      </p>
      {first !== null && <Sides first={first} />}
      {beyond !== null && (
        <details>
          <summary>
            They were started differently; what happened differs first at #{beyond.seq.a}
          </summary>
          <Sides first={beyond} />
        </details>
      )}
      <Settings answer={answer} />
      {first !== null && <Actions answer={answer} first={first} />}
    </div>
  );
}

function Sides({ first }: { readonly first: First }) {
  return (
    <>
      <div class="sides-table">
        {(['a', 'b'] as const).map((side) => {
          const fact = first[side];
          return (
            <div key={side} role="group" aria-label={`Run ${side.toUpperCase()} at the divergence`}>
              <b>{side.toUpperCase()}</b>{' '}
              {fact === null ? (
                <span class="muted">the log ends at #{countOf(first.seq[side])}</span>
              ) : (
                <button
                  type="button"
                  class="plain"
                  onClick={() => go({ log: side, seq: fact.row.seq, follow: false })}
                >
                  #{countOf(fact.row.seq)} {fact.row.type} {fact.row.symbol ?? ''} {fact.row.text}
                </button>
              )}
            </div>
          );
        })}
      </div>
      {first.fields.length > 0 && <Fields fields={first.fields} label="Fields that differ" />}
      <p class="muted small">
        {first.sameBefore
          ? 'SessionData was the same before it.'
          : 'SessionData already differed before it.'}{' '}
        Later differences may follow from this one.
      </p>
    </>
  );
}

interface FieldsProps {
  readonly fields: First['fields'];
  readonly label: string;
}

function Fields({ fields, label }: FieldsProps) {
  return (
    <table class="changes" aria-label={label}>
      <thead>
        <tr>
          <th scope="col">differs at</th>
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ path, a, b }) => (
          <tr key={path}>
            <td>{path}</td>
            <td class="old">{a === undefined ? '(absent)' : valueText(a)}</td>
            <td class="new">{b === undefined ? '(absent)' : valueText(b)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Settings({ answer: { config, data, code } }: { readonly answer: Divergence }) {
  const kinds = [
    ['config', config],
    ['data', data],
    ['code', code],
  ] as const;
  const same = kinds.filter(([, fields]) => fields.length === 0).map(([kind]) => kind);
  return (
    <>
      {kinds
        .filter(([, fields]) => fields.length > 0)
        .map(([kind, fields]) => (
          <details key={kind} open={kind === 'config'}>
            <summary>
              {kind}: {fields.length} {fields.length === 1 ? 'difference' : 'differences'}
            </summary>
            <Fields fields={fields} label={`Differences of ${kind}`} />
          </details>
        ))}
      {same.length > 0 && <p class="muted small">The same: {same.join(', ')}.</p>}
    </>
  );
}

function Actions({ answer, first }: { readonly answer: Divergence; readonly first: First }) {
  const before = Math.max(1, Math.min(first.seq.a, first.seq.b) - 1);
  return (
    <div class="actions">
      <button type="button" onClick={() => jump(before)}>
        Open both at #{countOf(before)}
      </button>
      <button
        type="button"
        title="Press o to look at the same fact of the other run"
        onClick={() => go({ log: place.peek().log === 'a' ? 'b' : 'a' })}
      >
        Show run {place.value.log === 'a' ? 'B' : 'A'}
      </button>
      <button
        type="button"
        onClick={() => void copy(JSON.stringify(answer, null, 2), 'the comparison as JSON')}
      >
        Copy report
      </button>
    </div>
  );
}
