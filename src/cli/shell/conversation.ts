/** Talks with whoever types at a terminal, or takes lines as they are piped in, one after another. */
import {
  clearScreenDown,
  createInterface,
  cursorTo,
  type Interface,
  moveCursor,
} from 'node:readline';
import type { WriteStream } from 'node:tty';
import { complete } from './completion.ts';
import { HISTORY_SIZE, HistoryFile } from './historyFile.ts';
import type { Interpreter } from './interpreter.ts';
import type { Shell } from './shell.ts';

/** What a shell makes of a process that a signal ended: 128 and its number. */
export const EXIT_OF_SIGNAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof EXIT_OF_SIGNAL;

/** Where to write what is typed; null if nobody types. */
export function screenOf({ stdin, stdout, stderr }: NodeJS.Process): WriteStream | null {
  return stdin.isTTY ? ([stdout, stderr].find(({ isTTY }) => isTTY) ?? null) : null;
}

export class Conversation {
  readonly #interpreter: Interpreter;
  readonly #shell: Shell;
  readonly #screen: WriteStream | null;
  readonly #history: HistoryFile | null;
  readonly #reader: Interface;
  /** Of the command that is being done; null between two. */
  #busy: AbortController | null = null;
  /** True while a line is being typed. */
  #asking = false;
  #closed = false;
  #endedBy: Signal | null = null;

  constructor(interpreter: Interpreter, screen: WriteStream | null) {
    const { shell } = interpreter;
    this.#interpreter = interpreter;
    this.#shell = shell;
    this.#screen = screen;
    this.#history = screen === null ? null : new HistoryFile();
    this.#reader = createInterface({
      input: process.stdin,
      ...(screen !== null && {
        output: screen,
        completer: (line: string) => complete(line, interpreter),
        history: this.#history?.read() ?? [],
        historySize: HISTORY_SIZE,
        removeHistoryDuplicates: true,
      }),
      terminal: screen !== null,
    });
    this.#reader.on('SIGINT', () => this.#interrupt());
    this.#reader.on('close', () => {
      this.#closed = true;
    });
    if (screen !== null) shell.notify = (text) => this.#sayBetween(text, screen);
  }

  /** Does what the lines say until there is none left. @returns the signal that ended it; null if none did */
  async hold(): Promise<Signal | null> {
    const release = this.#hearSignals();
    try {
      await this.#takeLines();
    } finally {
      this.#reader.close();
      await this.#shell.close();
      release();
    }
    return this.#endedBy;
  }

  async #takeLines(): Promise<void> {
    this.#ask();
    for await (const line of this.#reader) {
      this.#asking = false;
      this.#history?.add(line);
      this.#busy = new AbortController();
      await this.#interpreter.execute(line, this.#busy.signal);
      this.#busy = null;
      if (this.#shell.leaving || this.#endedBy !== null) return;
      this.#ask();
    }
    // Ctrl-D leaves the cursor behind what asks for a line.
    if (this.#asking) this.#screen?.write('\n');
    this.#asking = false;
  }

  #ask(): void {
    if (this.#screen === null || this.#closed) return;
    this.#asking = true;
    this.#invite();
  }

  /** Says something above the line that is being typed, which stays as it is. */
  #sayBetween(text: string, screen: WriteStream): void {
    if (!this.#asking || this.#closed) {
      screen.write(`${text}\n`);
      return;
    }
    const { rows } = this.#reader.getCursorPos();
    moveCursor(screen, 0, -rows);
    cursorTo(screen, 0);
    clearScreenDown(screen);
    // To draw the line again, the reader goes up as many rows as it had.
    screen.write(`${text}\n${'\n'.repeat(rows)}`);
    this.#invite();
  }

  /** Asks for a line; what was typed of it already, stays. */
  #invite(): void {
    this.#reader.setPrompt(invitation(this.#shell));
    this.#reader.prompt(true);
  }

  /** Ctrl-C at a terminal: gives up the command, or else the line. */
  #interrupt(): void {
    if (this.#busy !== null) {
      if (this.#busy.signal.aborted) process.exit(EXIT_OF_SIGNAL.SIGINT);
      this.#busy.abort();
      return;
    }
    const empty = this.#reader.line === '';
    this.#reader.write(null, { ctrl: true, name: 'e' });
    this.#reader.write(null, { ctrl: true, name: 'u' });
    this.#screen?.write(`^C\n${empty ? 'exit or Ctrl-D leaves\n' : ''}`);
    this.#ask();
  }

  /** The first signal ends the shell cleanly, a second one the process. @returns how to stop listening */
  #hearSignals(): () => void {
    const signals = Object.keys(EXIT_OF_SIGNAL) as Signal[];
    const hear = (signal: Signal) => {
      if (this.#endedBy !== null) process.exit(EXIT_OF_SIGNAL[signal]);
      this.#endedBy = signal;
      this.#asking = false;
      this.#busy?.abort();
      this.#reader.close();
    };
    for (const signal of signals) process.on(signal, hear);
    return () => {
      for (const signal of signals) process.off(signal, hear);
    };
  }
}

/** What asks for a line: it says how it is with the run, and where its clock stands. */
function invitation(shell: Shell): string {
  const { state } = shell.drive;
  if (state === 'ready') return 'openbell> ';
  if (state === 'standing') return `openbell ${shell.clock()}> `;
  return state === 'paused' ? `openbell ${shell.clock()} paused> ` : `openbell ${state}> `;
}
