/** Where playback stops, and, where that is allowed, the engine itself. */
import { useSignal } from '@preact/signals';
import { notice, toBreak } from '../commands/moves.ts';
import { AskError, ask } from '../data/ask.ts';
import { engine, order, refusal } from '../data/live.ts';
import { at, log } from '../data/run.ts';
import { go, place } from '../state/place.ts';
import { DialogFrame } from '../ui/dialog.tsx';
import { Problem } from '../ui/pane.tsx';

const EXAMPLES = ['entering active.inserting', 'type=GapDetected', 'AAPL sma_20_1m crosses 250'];

export function BreakpointsDialog() {
  const { breakpoints } = place.value;
  const typed = useSignal('');
  const problem = useSignal('');
  const add = async (line: string) => {
    if (line === '' || breakpoints.includes(line)) return;
    try {
      await ask('break', { log: log.peek(), from: at.peek(), on: line });
      go({ breakpoints: [...place.peek().breakpoints, line] });
      typed.value = '';
      problem.value = '';
    } catch (error) {
      problem.value = error instanceof AskError ? error.message : String(error);
    }
  };
  return (
    <DialogFrame title="Breakpoints">
      <p class="guide">Playback stops at the very fact that hits one of these.</p>
      <ul class="breakpoints">
        {breakpoints.map((line) => (
          <li key={line}>
            <code>{line}</code>
            <button
              type="button"
              class="icon"
              aria-label={`Remove breakpoint ${line}`}
              onClick={() => go({ breakpoints: breakpoints.filter((each) => each !== line) })}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void add(typed.value.trim());
        }}
      >
        <input
          aria-label="New breakpoint"
          placeholder={EXAMPLES[0]}
          list="break-examples"
          value={typed.value}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <datalist id="break-examples">
          {EXAMPLES.map((example) => (
            <option key={example} value={example} />
          ))}
        </datalist>
        <button type="submit">Add</button>
      </form>
      <Problem text={problem.value} />
      <p class="muted small">
        Such as {EXAMPLES.map((example) => `“${example}”`).join(', ')}, or “where” and a filter.
      </p>
      <div class="actions">
        <button type="button" onClick={() => void toBreak('previous')}>
          Run back to one
        </button>
        <button type="button" onClick={() => void toBreak('next')}>
          Run on to the next
        </button>
      </div>
      <p role="status">{notice.value}</p>
      <EngineControl />
    </DialogFrame>
  );
}

/** Shown only where the server lets the page control the engine. */
function EngineControl() {
  const state = engine.value;
  if (state === null) return null;
  return (
    <section aria-label="Engine" class="engine">
      <h3>Engine</h3>
      <p>
        {state.paused ? 'It stands still between two frames.' : 'It runs.'}{' '}
        {state.hit !== null && `It stopped at #${state.hit.seq}: ${state.hit.on}.`} The breakpoints
        above hold for it too.
      </p>
      <div class="actions">
        <button type="button" onClick={() => order({ type: state.paused ? 'resume' : 'pause' })}>
          {state.paused ? 'Resume the engine' : 'Pause the engine'}
        </button>
        <button type="button" onClick={() => order({ type: 'step', unit: 'bar' })}>
          One frame
        </button>
      </div>
      <Problem text={refusal.value} />
    </section>
  );
}
