/** Keys to commands. */
import { dialog } from '../state/dialogs.ts';
import { COMMANDS, type Command } from './commands.ts';

const byKey = new Map(COMMANDS.flatMap((command) => command.keys.map((key) => [key, command])));

export function followKeys(): void {
  addEventListener('keydown', (event) => {
    const command = commandOf(event);
    if (command === undefined) return;
    event.preventDefault();
    command.run();
  });
}

function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.defaultPrevented) return undefined;
  const key = nameOf(event);
  const command = byKey.get(key);
  if (command === undefined || key === 'Escape' || key === 'mod+k') return command;
  if (isTyping(event.target) || dialog.peek() !== null) return undefined;
  // A button that has the focus is pressed by the space bar, as everywhere.
  const pressed = event.target instanceof Element && event.target.closest('button, a, summary');
  return key === 'Space' && pressed ? undefined : command;
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** The key as the commands spell it. Shift is named where it does not already make another character. */
function nameOf(event: KeyboardEvent): string {
  const key = event.key === ' ' ? 'Space' : event.key;
  const mod = event.ctrlKey || event.metaKey ? 'mod+' : '';
  const alt = event.altKey ? 'alt+' : '';
  const shift = event.shiftKey && key.length > 1 ? 'shift+' : '';
  return `${mod}${alt}${shift}${mod === '' ? key : key.toLowerCase()}`;
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  shift: '⇧',
  alt: 'Alt',
  mod: /Mac/.test(navigator.userAgent) ? '⌘' : 'Ctrl',
  k: 'K',
};

/** How a binding is written for people. */
export function signOf(key: string): string {
  const parts = key.split('+');
  const signed = parts.map((part, i) =>
    part === 'k' && i === 0 ? 'k' : (SIGNS[part] ?? (parts.length > 1 ? part : part)),
  );
  return signed.join(parts.length > 1 ? ' ' : '');
}

/** The first binding of a command, for the title of its button. */
export function keyOf(id: string): string {
  const key = COMMANDS.find((command) => command.id === id)?.keys[0];
  return key === undefined ? '' : signOf(key);
}
