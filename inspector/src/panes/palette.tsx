/** The command palette: every command, and every place with a name, by a few letters of it. */
import { useSignal } from '@preact/signals';
import { COMMANDS } from '../commands/commands.ts';
import { signOf } from '../commands/keyboard.ts';
import { goTo, jump } from '../commands/moves.ts';
import { run } from '../data/run.ts';
import { closeDialog } from '../state/dialogs.ts';
import { go } from '../state/place.ts';
import { DialogFrame } from '../ui/dialog.tsx';

interface Choice {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly run: () => void;
}

const SHOWN = 14;

export function Palette() {
  const typed = useSignal('');
  const at = useSignal(0);
  const choices = matching(typed.value);
  const chosen = Math.min(at.value, choices.length - 1);
  const take = (choice: Choice | undefined) => {
    closeDialog();
    choice?.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) at.value = Math.max(0, Math.min(choices.length - 1, chosen + step));
    else if (event.key === 'Enter') take(choices[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <DialogFrame title="Commands">
      <input
        class="palette-field"
        role="combobox"
        aria-label="Command"
        aria-expanded="true"
        aria-controls="choices"
        aria-activedescendant={choices[chosen] === undefined ? undefined : `choice-${chosen}`}
        placeholder="a command, a symbol, a day, a number, a time…"
        value={typed.value}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={onKey}
      />
      <div id="choices" class="choices" role="listbox" aria-label="Commands that fit" tabIndex={-1}>
        {choices.map((choice, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
          <div
            key={choice.id}
            id={`choice-${i}`}
            role="option"
            aria-selected={i === chosen}
            onClick={() => take(choice)}
          >
            <span>{choice.title}</span>
            <kbd>{choice.hint}</kbd>
          </div>
        ))}
      </div>
      {choices.length === 0 && <p class="empty">Nothing is called that.</p>}
    </DialogFrame>
  );
}

function matching(typed: string): Choice[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ title, id }: Choice) =>
    words.every((word) => `${title} ${id}`.toLowerCase().includes(word));
  return [...places(typed), ...commands().filter(fits), ...named().filter(fits)].slice(0, SHOWN);
}

const commands = (): Choice[] =>
  COMMANDS.map(({ id, title, keys, run: act }) => ({
    id,
    title,
    hint: keys.map(signOf).join(' or '),
    run: act,
  }));

/** What was typed, where it is a number or a time. */
function places(typed: string): Choice[] {
  if (!/^#?\d[\d:.,\s\-TZ]*$/.test(typed.trim())) return [];
  return [
    { id: 'place', title: `Go to ${typed.trim()}`, hint: 'Enter', run: () => void goTo(typed) },
  ];
}

/** Days, phases and symbols of the run. */
function named(): Choice[] {
  const known = run.peek();
  if (known === null) return [];
  return [
    ...known.symbols.map(({ symbol }) => ({
      id: `symbol ${symbol}`,
      title: `Chart of ${symbol}`,
      hint: 'symbol',
      run: () => go({ symbol }),
    })),
    ...known.days.map(({ date, first }) => ({
      id: `day ${date}`,
      title: `Day ${date}`,
      hint: `#${first}`,
      run: () => jump(first),
    })),
    ...known.phases.map(({ phase, name, date, first }) => ({
      id: `phase ${first}`,
      title: `Phase ${phase} ${name} ${date ?? ''}`,
      hint: `#${first}`,
      run: () => jump(first),
    })),
  ];
}
