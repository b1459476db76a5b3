/** Light or dark: as the machine is set, unless the reader has chosen. */
import { computed, effect, signal } from '@preact/signals';

const KEY = 'openbell.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const machine = signal(dark.matches ? 'dark' : 'light');
const chosen = signal(stored());

export const theme = computed(() => chosen.value ?? (machine.value === 'dark' ? 'dark' : 'light'));

export function followTheme(): void {
  dark.addEventListener('change', () => {
    machine.value = dark.matches ? 'dark' : 'light';
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

export function toggleTheme(): void {
  chosen.value = theme.peek() === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(KEY, chosen.value);
  } catch {
    // Where nothing may be stored the choice lasts as long as the page.
  }
}

function stored(): 'dark' | 'light' | null {
  try {
    const text = localStorage.getItem(KEY);
    return text === 'dark' || text === 'light' ? text : null;
  } catch {
    return null;
  }
}
