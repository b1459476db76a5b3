/** The fact at the cursor, field by field, with what led to it and what came of it. */
import type { AnswerOf } from '../../../src/inspect/protocol.ts';
import { copyEvent, copyTest } from '../commands/copying.ts';
import { event } from '../data/cursorData.ts';
import { muteToggled, term, withTerm } from '../data/filter.ts';
import { at } from '../data/run.ts';
import { countOf, dateOf, timeOf } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { Empty, Pane, Problem } from '../ui/pane.tsx';
import { SeqLink } from '../ui/seqLink.tsx';
import { kindOf, valueText } from '../ui/valueText.ts';

type Answer = AnswerOf<'event'>;

/** Shown above the fields, in words. */
const ENVELOPE: ReadonlySet<string> = new Set(['seq', 'at', 'type', 'by', 'cause']);

export function EventDetail() {
  const answer = event.value.value;
  return (
    <Pane
      id="event"
      title="Event"
      hint="The fact at the cursor: every field of it, as it stands in the log."
      aside={<span class="aside">#{countOf(at.value)}</span>}
    >
      <div class={`scroll${event.stale.value ? ' is-stale' : ''}`}>
        <Problem text={event.problem.value} />
        {answer === null ? <Empty>The log holds no fact.</Empty> : <Fact answer={answer} />}
      </div>
    </Pane>
  );
}

function Fact({ answer }: { readonly answer: Answer }) {
  const { row, fact, cause, firstEffect, frame, touches } = answer;
  const fields = Object.entries(fact).filter(([field]) => !ENVELOPE.has(field));
  return (
    <>
      <h3 class="fact-type">
        {row.type} {row.symbol !== null && <span class="symbol">{row.symbol}</span>}
      </h3>
      <dl class="fields">
        <Field name="at">
          {dateOf(row.at)} {timeOf(row.at)}
        </Field>
        <Field name="by">{row.by}</Field>
        <Field name="caused by">
          {row.cause === null ? (
            <span class="muted">an input: nothing in the log</span>
          ) : (
            <>
              <SeqLink seq={row.cause} title="Go to what led to this fact (c)" /> {cause?.type}
            </>
          )}
        </Field>
        <Field name="led to">
          {firstEffect === null ? (
            <span class="muted">nothing</span>
          ) : (
            <>
              <SeqLink seq={firstEffect.seq} title="Go to the first thing that came of it (C)" />{' '}
              {firstEffect.type}
            </>
          )}
        </Field>
        <Field name="frame">
          <SeqLink seq={frame.first} /> to <SeqLink seq={frame.last} />
        </Field>
        {fields.map(([name, value]) => (
          <Field key={name} name={name} kind={kindOf(value)}>
            {valueText(value)}
          </Field>
        ))}
      </dl>
      <Touches touches={touches} />
      <div class="actions" role="group" aria-label="Take this fact away">
        <button type="button" onClick={() => void copyEvent()}>
          Copy JSON
        </button>
        <button
          type="button"
          title="A vitest file that reaches the state at the cursor again"
          onClick={() => void copyTest()}
        >
          Copy as test
        </button>
      </div>
      <Filters row={row} />
    </>
  );
}

interface FieldProps {
  readonly name: string;
  readonly kind?: string;
  readonly children: preact.ComponentChildren;
}

function Field({ name, kind = 'other', children }: FieldProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={`is-${kind}`}>{children}</dd>
    </div>
  );
}

const TOUCHES_SHOWN = 8;

function Touches({ touches }: { readonly touches: readonly string[] }) {
  if (touches.length === 0) return <p class="muted small">It changes nothing in SessionData.</p>;
  return (
    <details class="touches">
      <summary>writes {touches.length === 1 ? 'one place' : `${touches.length} places`}</summary>
      <ul>
        {touches.slice(0, TOUCHES_SHOWN).map((path) => (
          <li key={path}>
            <button type="button" class="plain" onClick={() => go({ path, tab: 'tree' })}>
              {path}
            </button>
          </li>
        ))}
        {touches.length > TOUCHES_SHOWN && <li class="muted">and more: see the diff (d)</li>}
      </ul>
    </details>
  );
}

function Filters({ row }: { readonly row: Answer['row'] }) {
  const terms = [
    ['type', row.type],
    ...(row.symbol === null ? [] : [['symbol', row.symbol]]),
    ['by', row.by],
  ].map(([field, value]) => ({ name: value!, text: term(field!, value!) }));
  const { q } = place.value;
  return (
    <table class="filters" aria-label="Filter by this fact">
      <tbody>
        {terms.map(({ name, text }) => (
          <tr key={text}>
            <th scope="row">{name}</th>
            <td>
              <button
                type="button"
                aria-label={`Only ${text}`}
                onClick={() => go({ q: withTerm(q, text) })}
              >
                only
              </button>
              <button
                type="button"
                aria-label={`Not ${text}`}
                onClick={() => go({ q: withTerm(q, `-${text}`) })}
              >
                not
              </button>
              <button
                type="button"
                aria-label={`Mute ${text}`}
                aria-pressed={place.value.mute.includes(text)}
                onClick={() => go({ mute: muteToggled(text) })}
              >
                mute
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
