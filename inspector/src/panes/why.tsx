/** Why a value is what it is: the facts that led to it, down to the line of a file. Each is a link. */
import { useEffect, useState } from 'preact/hooks';
import type { AnswerOf, WhyNode } from '../../../src/inspect/protocol.ts';
import { select } from '../commands/moves.ts';
import { ask } from '../data/ask.ts';
import { event, why } from '../data/cursorData.ts';
import { at, log, shown } from '../data/run.ts';
import { countOf, timeOf } from '../state/marketTime.ts';
import { go, place } from '../state/place.ts';
import { Empty, Problem } from '../ui/pane.tsx';
import { Path } from '../ui/path.tsx';
import { SeqLink } from '../ui/seqLink.tsx';

const ROLES: Readonly<Record<string, string>> = {
  cause: 'caused by',
  bar: 'made of',
  queue: 'loaded by',
  history: 'history from',
  before: 'goes on from',
  corrected: 'in place of',
  gap: 'gap',
};

export function Why() {
  const answer = why.value.value;
  const { path } = place.value;
  return (
    <div class={`why${why.stale.value ? ' is-stale' : ''}`}>
      <p class="subject">
        {path === '' ? (
          <>Why is fact #{countOf(at.value)} there?</>
        ) : (
          <>
            Why is{' '}
            <code>
              <Path text={path} />
            </code>{' '}
            what it is?{' '}
            <button
              type="button"
              class="plain"
              title="Ask about the fact at the cursor instead"
              onClick={() => go({ path: '' })}
            >
              ask about the fact
            </button>
          </>
        )}
      </p>
      {path === '' && <p class="muted small">Select a value in the tree to ask about it.</p>}
      <Problem text={why.problem.value} />
      {answer?.reason != null && <Empty>{answer.reason}</Empty>}
      {answer?.why != null && (
        <ul class="chain" aria-label="What led to it">
          <Step node={answer.why} />
        </ul>
      )}
      {path !== '' && <Earlier path={path} />}
      <Effects />
      <NoSignal />
    </div>
  );
}

function Step({ node }: { readonly node: WhyNode }) {
  const { row, role, lines, because, omitted } = node;
  return (
    <li>
      <div class="link">
        {role !== null && <span class="role">{ROLES[role] ?? role}</span>}
        <SeqLink seq={row.seq} /> <span class="at">{timeOf(row.at)}</span>{' '}
        <span class="type">{row.type}</span> {row.symbol !== null && <b>{row.symbol}</b>}{' '}
        <span class="text">{row.text}</span>
        {lines.map((line) => (
          <FeedLink key={`${line.file}${line.firstLine}`} seq={row.seq} line={line} />
        ))}
      </div>
      {(because.length > 0 || omitted > 0) && (
        <ul>
          {because.map((each) => (
            <Step key={`${each.role}${each.row.seq}`} node={each} />
          ))}
          {omitted > 0 && <li class="muted">and {countOf(omitted)} more</li>}
        </ul>
      )}
    </li>
  );
}

type Line = WhyNode['lines'][number];

/** A line of a file is not in the log: the link leads to the fact that brought it in. */
function FeedLink({ seq, line }: { readonly seq: number; readonly line: Line }) {
  const { source, file, firstLine, lastLine } = line;
  const name = file ?? source;
  const rows = firstLine === lastLine ? `row ${firstLine}` : `rows ${firstLine} to ${lastLine}`;
  return (
    <a
      class="feed"
      href={`#seq=${seq}`}
      title={`Fingerprint ${line.fingerprint.slice(0, 16)}… Leads to the fact that brought it in`}
      onClick={(event) => {
        event.preventDefault();
        select(seq);
      }}
    >
      feed {name}, {rows}
    </a>
  );
}

/** Facts that wrote to the same place before. */
function Earlier({ path }: { readonly path: string }) {
  const [rows, setRows] = useState<AnswerOf<'history'>['rows']>([]);
  const seq = at.value;
  useEffect(() => {
    const asking = new AbortController();
    ask('history', { log: log.peek(), at: seq, path, limit: 20 }, asking).then(
      (answer) => setRows(answer.rows),
      () => asking.signal.aborted || setRows([]),
    );
    return () => asking.abort();
  }, [path, seq]);
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>written {rows.length === 20 ? 'at least 20' : rows.length} times up to here</summary>
      <ul class="chain">
        {rows.map((row) => (
          <li key={row.seq}>
            <SeqLink seq={row.seq} /> <span class="at">{timeOf(row.at)}</span> {row.text}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Effects() {
  const first = event.value.value?.firstEffect ?? null;
  if (place.value.path !== '' || first === null) return null;
  return (
    <p class="small">
      What came of it, first: <SeqLink seq={first.seq} /> {first.type} {first.text}
    </p>
  );
}

/** Why there is no signal: what strategies could read here. */
function NoSignal() {
  const symbol = shown.value?.symbol;
  const [asked, setAsked] = useState<string | null>(null);
  const [answer, setAnswer] = useState<AnswerOf<'silence'> | null>(null);
  const question = symbol === undefined ? null : `${symbol} ${at.value}`;
  if (symbol === undefined) return null;
  const look = () => {
    setAsked(question);
    setAnswer(null);
    ask('silence', { log: log.peek(), at: at.peek(), symbol }).then(setAnswer, () => {});
  };
  return (
    <section class="silence" aria-label="Why no signal">
      <button type="button" class="wordy" onClick={look}>
        Why no signal for {symbol} here?
      </button>
      {asked === question && answer !== null && (
        <ul>
          {answer.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
          {answer.signals.map((row) => (
            <li key={row.seq}>
              the last one: <SeqLink seq={row.seq} /> {timeOf(row.at)} {row.text}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
