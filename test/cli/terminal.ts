/** Runs the real command in a folder of its own, as a shell does. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { afterAll } from 'vitest';

export const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** What a process has said, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export type Child = ChildProcessByStdio<null, Readable, Readable>;

/** A process whose stdin is written by the test. */
export type Fed = ChildProcessByStdio<Writable, Readable, Readable>;

/** A working directory that is gone after the tests of a file. */
export class Terminal {
  readonly folder = mkdtempSync(join(tmpdir(), 'openbell-'));

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file; what is no text as JSON. */
  write(name: string, content: unknown): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), typeof content === 'string' ? content : JSON.stringify(content));
    return name;
  }

  start(...args: readonly string[]): Child {
    return this.node(MAIN, ...args);
  }

  /** Runs `openbell` to its end. */
  openbell(...args: readonly string[]): Promise<Ended> {
    return ended(this.start(...args));
  }

  /** Runs whatever a shell runs. */
  shell(command: string): Promise<Ended> {
    return ended(
      spawn('sh', ['-c', command], { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] }),
    );
  }

  /** Runs `openbell` and reads its stdout, which must be one JSON value. */
  async json(...args: readonly string[]) {
    return JSON.parse((await this.openbell(...args)).stdout);
  }

  /** Runs `openbell` and reads its stdout, which must be JSON lines. */
  async jsonLines(...args: readonly string[]) {
    const { stdout } = await this.openbell(...args);
    return linesOf(stdout).map((line) => JSON.parse(line));
  }

  /** Starts `openbell` with a stdin to write to. */
  fed(...args: readonly string[]): Fed {
    return spawn(process.execPath, [MAIN, ...args], { cwd: this.folder, stdio: 'pipe' });
  }

  /** Runs `openbell` to its end with `text` as its stdin. */
  piped(text: string, ...args: readonly string[]): Promise<Ended> {
    const child = this.fed(...args);
    child.stdin.end(text);
    return ended(child);
  }

  node(...args: readonly string[]): Child {
    return spawn(process.execPath, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  }
}

export async function ended(child: Child | Fed): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, stdout, stderr };
}

/** Resolves with what was said so far, once that is like `pattern`. */
export function said(stream: Readable, pattern: RegExp): Promise<string> {
  return new Promise((done, fail) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (more) => {
      text += more;
      if (pattern.test(text)) done(text);
    });
    stream.on('end', () => fail(new Error(`"${pattern}" was never said, only "${text}"`)));
  });
}

/** The lines of a text that ends with a newline. */
export function linesOf(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
