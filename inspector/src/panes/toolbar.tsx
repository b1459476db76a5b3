/** Which run, which moment, and the ways to another one. */
import { useSignal } from '@preact/signals';
import { fieldNamed } from '../commands/focus.ts';
import { goTo, notice } from '../commands/moves.ts';
import { playing, SPEEDS, speed } from '../commands/playback.ts';
import { charts, time } from '../data/cursorData.ts';
import { behind, connected, engine, refusal } from '../data/live.ts';
import { at, last, phase, run } from '../data/run.ts';
import { countOf, dateOf, timeOf, zoneOf } from '../state/marketTime.ts';
import { go, place, STEP_UNITS } from '../state/place.ts';
import { theme } from '../state/theme.ts';
import { CommandButton } from '../ui/commandButton.tsx';
import { Icon } from '../ui/icon.tsx';

export function Toolbar() {
  return (
    <header class="toolbar" aria-label="Toolbar">
      <RunName />
      <Moment />
      <Steps />
      <Playback />
      <Held />
      <span class="notice" role="status">
        {notice.value}
      </span>
      <span class="toolbar-end">
        <CommandButton command="inspector.palette" class="wordy">
          Commands
        </CommandButton>
        <CommandButton command="inspector.help">?</CommandButton>
        <CommandButton command="inspector.theme">
          <Icon name={theme.value === 'dark' ? 'light' : 'dark'} />
        </CommandButton>
      </span>
    </header>
  );
}

const STATUS: Readonly<Record<string, string>> = {
  running: 'The session appends to this log.',
  completed: 'The run went through every session.',
  failed: 'The run broke: its last fact says why.',
  stopped: 'The run was stopped by hand.',
  recovered: 'The run was interrupted; what was durable is here.',
};

function RunName() {
  const known = run.value;
  if (known === null) return <span class="run-name">…</span>;
  const { log } = place.value;
  return (
    <span class="run-name">
      <h1 title={known.folder}>{known.name}</h1>
      {known.other !== null && (
        <span class="sides" role="group" aria-label="Which run is shown">
          {(['a', 'b'] as const).map((side) => (
            <button
              type="button"
              key={side}
              aria-pressed={log === side}
              aria-label={`Show run ${side.toUpperCase()}`}
              onClick={() => go({ log: side })}
            >
              {side.toUpperCase()}
            </button>
          ))}
        </span>
      )}
      <span class={`badge is-${known.status}`} title={STATUS[known.status] ?? ''}>
        {known.live ? 'live' : known.status}
      </span>
    </span>
  );
}

function Moment() {
  const typed = useSignal<string | null>(null);
  const now = time.value;
  const where = phase.value;
  const session = charts.value.value?.charts ?? [];
  const deepest = session.findLast(({ actor }) => actor.startsWith('session/active')) ?? null;
  const state = deepest === null ? '' : `${deepest.chart}.${deepest.value}`;
  const commit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typed.value !== null && typed.value.trim() !== '') void goTo(typed.value);
    typed.value = null;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  return (
    <span class="moment">
      <form class="cursor" onSubmit={commit}>
        <label for="place">seq</label>
        <input
          id="place"
          ref={fieldNamed('place')}
          aria-label="Cursor: go to a number or a time"
          title="The cursor: the last fact that has happened. Type a number, 09:47, or 2024-01-02T14:47Z (g)"
          value={typed.value ?? String(at.value)}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
          onBlur={() => {
            typed.value = null;
          }}
        />
        <span class="of" title="Facts in the log">
          / {countOf(last.value)}
        </span>
      </form>
      <span class="clock" title="Market time at the cursor, as the exchange's clocks show it">
        <span>{now === 0 ? '' : dateOf(now)}</span> <strong>{now === 0 ? '' : timeOf(now)}</strong>{' '}
        <span>{now === 0 ? '' : zoneOf(now)}</span>
      </span>
      <span class="phase" title="Phase of the session at the cursor, and the state of its chart">
        {where === null ? 'before the first phase' : `Phase ${where.phase} ${where.name}`}
        {state !== '' && where?.phase === 3 && <em> {state}</em>}
      </span>
    </span>
  );
}

function Steps() {
  const unit = place.value.step;
  const by = `inspector.next${unit === 'event' ? 'Event' : unit[0]!.toUpperCase() + unit.slice(1)}`;
  return (
    <span class="steps" role="group" aria-label="Stepping">
      <CommandButton command="inspector.first">
        <Icon name="first" />
      </CommandButton>
      <CommandButton command="inspector.previousPhase">
        <Icon name="fastBack" />
      </CommandButton>
      <CommandButton command={by.replace('next', 'previous')}>
        <Icon name="back" />
      </CommandButton>
      <CommandButton command={by}>
        <Icon name="forward" />
      </CommandButton>
      <CommandButton command="inspector.nextPhase">
        <Icon name="fastForward" />
      </CommandButton>
      <CommandButton command="inspector.last">
        <Icon name="last" />
      </CommandButton>
      <select
        aria-label="Step unit"
        title="What one step, and playing, moves by (u)"
        value={unit}
        onChange={(event) => {
          const chosen = STEP_UNITS.find((each) => each === event.currentTarget.value);
          if (chosen !== undefined) go({ step: chosen }, 'silent');
          event.currentTarget.blur();
        }}
      >
        {STEP_UNITS.map((each) => (
          <option key={each} value={each}>
            {each === 'event' ? 'fact' : each}
          </option>
        ))}
      </select>
    </span>
  );
}

function Playback() {
  return (
    <span class="steps" role="group" aria-label="Playback">
      <CommandButton
        command="inspector.play"
        label={playing.value ? 'Stop playing' : 'Play'}
        pressed={playing.value}
      >
        <Icon name={playing.value ? 'stop' : 'play'} />
      </CommandButton>
      <select
        aria-label="Speed"
        title="How fast it plays"
        value={String(speed.value)}
        onChange={(event) => {
          speed.value = SPEEDS.find((each) => String(each) === event.currentTarget.value) ?? 1;
          event.currentTarget.blur();
        }}
      >
        {SPEEDS.map((each) => (
          <option key={each} value={String(each)}>
            {each}×
          </option>
        ))}
      </select>
      {run.value?.live === true && (
        <CommandButton command="inspector.live" class="wordy" pressed={place.value.follow}>
          <Icon name="live" /> {place.value.follow ? 'live' : `${countOf(behind.value)} new`}
        </CommandButton>
      )}
      {run.value?.live === true && !connected.value && <span class="problem">not connected</span>}
    </span>
  );
}

/** A run that stands still at a breakpoint, or was paused: nothing happens until somebody lets it go on. */
function Held() {
  const state = engine.value;
  if (state?.paused !== true || !connected.value) return null;
  const { hit } = state;
  return (
    <span class="steps held" role="group" aria-label="Held run">
      <b title={hit === null ? 'It was paused on a page' : `By the breakpoint “${hit.on}”`}>
        {hit === null ? 'held' : `held at #${countOf(hit.seq)}`}
      </b>
      <CommandButton command="inspector.resumeRun" class="wordy">
        <Icon name="play" /> Resume
      </CommandButton>
      <CommandButton command="inspector.stepRun" class="wordy">
        One frame
      </CommandButton>
      {refusal.value !== '' && <span class="problem">{refusal.value}</span>}
    </span>
  );
}
