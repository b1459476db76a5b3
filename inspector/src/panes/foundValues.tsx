/** Where a value that was looked for first appears. */
import { useEffect, useState } from 'preact/hooks';
import type { AnswerOf } from '../../../src/inspect/protocol.ts';
import { ask } from '../data/ask.ts';
import { at, log } from '../data/run.ts';
import { reveal } from '../data/stateTree.ts';
import { Problem } from '../ui/pane.tsx';
import { SeqLink } from '../ui/seqLink.tsx';
import { valueText } from '../ui/valueText.ts';

interface FoundProps {
  readonly value: string;
  readonly onClose: () => void;
}

export function FoundValues({ value, onClose }: FoundProps) {
  const [found, setFound] = useState<AnswerOf<'search'> | null>(null);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    setFound(null);
    setProblem('');
    if (value === '') return;
    const asking = new AbortController();
    ask('search', { log: log.peek(), at: at.peek(), value }, { signal: asking.signal }).then(
      setFound,
      (error: unknown) => asking.signal.aborted || setProblem(String(error)),
    );
    return () => asking.abort();
  }, [value]);
  if (value === '') return null;
  return (
    <section class="found" aria-label="Found values">
      <p>
        {found === null
          ? 'Looking…'
          : `${found.hits.length}${found.complete ? '' : '+'} places hold ${value}`}
        <button type="button" class="icon" aria-label="Close what was found" onClick={onClose}>
          ×
        </button>
      </p>
      <Problem text={problem} />
      <ul>
        {(found?.hits ?? []).map((hit) => (
          <li key={hit.path}>
            <button type="button" class="plain" onClick={() => reveal(hit.path)}>
              {hit.path}
            </button>{' '}
            <span class="value">{valueText(hit.value)}</span> first at <SeqLink seq={hit.seq} />
          </li>
        ))}
      </ul>
    </section>
  );
}
