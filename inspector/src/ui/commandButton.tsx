/** A button that does what a command does, and says its key. */
import type { ComponentChildren } from 'preact';
import { COMMANDS, perform } from '../commands/commands.ts';
import { keyOf } from '../commands/keyboard.ts';

export interface CommandButtonProps {
  readonly command: string;
  readonly class?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  /** Instead of the command's own title. */
  readonly label?: string;
  readonly children: ComponentChildren;
}

export function CommandButton(props: CommandButtonProps) {
  const { command, pressed, disabled, children } = props;
  const title = COMMANDS.find(({ id }) => id === command)?.title ?? command;
  const label = props.label ?? title;
  const key = keyOf(command);
  return (
    <button
      type="button"
      class={props.class ?? 'icon'}
      aria-label={label}
      title={key === '' ? label : `${label} (${key})`}
      aria-pressed={pressed}
      disabled={disabled}
      data-command={command}
      onClick={() => perform(command)}
    >
      {children}
    </button>
  );
}
