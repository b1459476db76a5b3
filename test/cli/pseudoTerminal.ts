/** The real command at a terminal of its own, as if somebody typed: `script` of util-linux makes one. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { MAIN } from './terminal.ts';

export const KEY = { enter: '\r', tab: '\t', up: '\x1b[A', ctrlC: '\x03', ctrlD: '\x04' } as const;

export class PseudoTerminal {
  /** The exit code. */
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcessWithoutNullStreams;
  /** What was written since the last wait. */
  #written = '';
  #over = false;
  #look: () => void = () => {};

  constructor(options: { folder: string; args: readonly string[]; env: NodeJS.ProcessEnv }) {
    const words = [process.execPath, MAIN, ...options.args].map((word) => `'${word}'`);
    // The size is unknown to a terminal that no window shows.
    const command = `stty cols 120 rows 40; exec ${words.join(' ')}`;
    this.#process = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd: options.folder,
      env: { ...process.env, TERM: 'xterm', SHELL: '/bin/sh', ...options.env },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#written += text;
        this.#look();
      });
    }
    this.ended = new Promise((done) => {
      this.#process.on('close', (code) => {
        this.#over = true;
        this.#look();
        done(code);
      });
    });
  }

  type(text: string): void {
    this.#process.stdin.write(text);
  }

  /** Types a command and waits until the next line is asked for. @returns what came in between */
  async does(line: string): Promise<string> {
    this.type(line + KEY.enter);
    await this.until(`${line}\n`);
    return this.until(/^openbell[^>\n]*> $/m);
  }

  /** Types a part of a line and Tab, and waits for what comes of it. A Tab within a text would be pasted. */
  async completes(part: string, whole: string): Promise<void> {
    this.type(part + KEY.tab);
    await this.until(whole);
  }

  /** Waits until something is to be seen after what was waited for last. @returns everything up to its end */
  until(awaited: string | RegExp): Promise<string> {
    return new Promise((done, fail) => {
      this.#look = () => {
        const text = seen(this.#written);
        const end = endOf(awaited, text);
        if (end !== null) {
          this.#look = () => {};
          this.#written = text.slice(end);
          done(text.slice(0, end));
        } else if (this.#over) fail(new Error(`"${awaited}" was never seen, only:\n${text}`));
      };
      this.#look();
    });
  }
}

function endOf(awaited: string | RegExp, text: string): number | null {
  if (typeof awaited === 'string') {
    const start = text.indexOf(awaited);
    return start === -1 ? null : start + awaited.length;
  }
  const found = awaited.exec(text);
  return found && found.index + found[0].length;
}

const ESCAPE = '\x1b\\[';
/** To the first column, and everything from there on cleared; or the line written anew. */
const CLEARED = new RegExp(`${ESCAPE}1G${ESCAPE}0J|\r(?=[^\r\n]*${ESCAPE}K)`, 'g');
const OTHER = new RegExp(`${ESCAPE}[\\d;?]*[A-Za-z]|\r`, 'g');

/** What a terminal shows of it, as far as it matters here: what was cleared is gone. */
function seen(written: string): string {
  const lines = written.replaceAll(CLEARED, '\f').replaceAll(OTHER, '').split('\n');
  return lines.map((line) => line.slice(line.lastIndexOf('\f') + 1)).join('\n');
}
