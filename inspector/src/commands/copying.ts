/** What can be taken from the page: JSON, a test, a link. */
import { ask, token } from '../data/ask.ts';
import { event } from '../data/cursorData.ts';
import { at, log } from '../data/run.ts';
import { place } from '../state/place.ts';
import { notice } from './moves.ts';

export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice.value = `Copied: ${what}.`;
  } catch {
    notice.value = 'The browser does not let this page write to the clipboard.';
  }
}

/** The selected part of SessionData as JSON. */
export async function copyState(): Promise<void> {
  await attempt(async () => {
    const { path } = place.peek();
    const { json } = await ask('json', { log: log.peek(), at: at.peek(), path });
    await copy(JSON.stringify(json, null, 2), `SessionData at #${at.peek()}`);
  });
}

export async function copyEvent(): Promise<void> {
  const fact = event.value.peek()?.fact;
  if (fact !== undefined) await copy(JSON.stringify(fact, null, 2), `fact #${fact.seq}`);
}

/** A vitest file that reaches the state at the cursor again. */
export async function copyTest(): Promise<void> {
  await attempt(async () => {
    const { path } = place.peek();
    const { name, text } = await ask('test', { log: log.peek(), at: at.peek(), path });
    await copy(text, `a test, to be saved as ${name}`);
  });
}

/** The address of this place, without the token: that is only for whoever runs the inspector. */
export async function copyLink(): Promise<void> {
  const address = new URL(location.href);
  if (token !== '') address.searchParams.delete('token');
  await copy(address.href, 'a link to this place');
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    notice.value = error instanceof Error ? error.message : String(error);
  }
}
