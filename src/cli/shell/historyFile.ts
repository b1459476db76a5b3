/** The lines that were typed, kept from one shell to the next. Where they cannot be kept, nothing is said. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

export const HISTORY_SIZE = 1_000;

/** `openbell/history` in the user's folder for state. @see https://specifications.freedesktop.org/basedir-spec */
function historyPath(env: NodeJS.ProcessEnv = process.env): string {
  const { XDG_STATE_HOME: given, LOCALAPPDATA: windows } = env;
  const folder = [given, windows].find((path) => path !== undefined && isAbsolute(path));
  return join(folder ?? join(homedir(), '.local', 'state'), 'openbell', 'history');
}

export class HistoryFile {
  readonly #path: string;
  #last: string | undefined;

  constructor(path = historyPath()) {
    this.#path = path;
  }

  /** The latest lines, the latest first. */
  read(): string[] {
    const lines = this.#attempt(() => readFileSync(this.#path, 'utf8'))?.split('\n') ?? [];
    const kept = lines.filter((line) => line !== '').slice(-HISTORY_SIZE);
    // Only now and then, so that shells side by side seldom overwrite each other's lines.
    if (lines.length > 2 * HISTORY_SIZE) {
      this.#attempt(() => writeFileSync(this.#path, `${kept.join('\n')}\n`, { mode: 0o600 }));
    }
    this.#last = kept.at(-1);
    return kept.reverse();
  }

  /** Adds a line, unless it is empty or the same as the last. */
  add(line: string): void {
    if (line.trim() === '' || line === this.#last) return;
    this.#last = line;
    this.#attempt(() => {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, `${line}\n`, { mode: 0o600 });
    });
  }

  #attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch {
      return undefined;
    }
  }
}
