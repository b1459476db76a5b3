import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { ended, MAIN, Terminal } from './terminal.ts';

const terminal = new Terminal();

describe('openbell', () => {
  it('lists its commands with --help, on stdout', async () => {
    const { code, stdout, stderr } = await terminal.openbell('--help');
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[|\s)/gm)].map(([, name]) => name);
    expect(commands).toEqual([
      'demo',
      'run',
      'shell',
      'verify',
      'replay',
      'fork',
      'resume',
      'log',
      'diff',
      'why',
      'inspect',
      'stats',
      'state',
      'index',
      'seal',
      'salvage',
      'export',
      'config',
      'calendar',
      'bench',
      'help',
    ]);
    expect(stdout).toContain('npm run -s openbell -- demo\n');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('measures what it is asked to, and knows what it can measure', async () => {
    const { results } = await terminal.json('bench', '--only', 'config', '--json');
    expect(results).toMatchObject([{ name: 'config', unit: 'ms', engine: expect.any(Number) }]);
    expect(await terminal.openbell('bench', '--only', 'confg')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: no scenario "confg"; there are symbols-1, /),
    });
    expect(await terminal.openbell('bench', '--only', 'config', '--write', 'x.txt')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: "x.txt" is no page: give a file that ends in ".md"\n',
    });
  });

  it('shows the options of one command with its own --help', async () => {
    const { code, stdout } = await terminal.openbell('run', '--help');
    expect(stdout).toMatch(/^Usage: openbell run <config> \[options\]/);
    expect(stdout).toContain('--stamp <at>');
    expect(code).toBe(0);
  });

  it('prints its version', async () => {
    const { stdout } = await terminal.openbell('--version');
    expect(stdout).toBe(`${manifest.version}\n`);
  });

  it('is wrong use without a command: help goes to stderr', async () => {
    const { code, stdout, stderr } = await terminal.openbell();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: openbell/);
  });

  it('names the command or option that was meant', async () => {
    const command = await terminal.openbell('calender');
    expect(command).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: unknown command "calender", did you mean "calendar"?\n' +
        'npm run -s openbell -- --help shows what there is\n',
    });
    const option = await terminal.openbell('log', 'runs/a', '--limt', '3');
    expect(option).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: unknown option "--limt", did you mean "--limit"?\n' +
        'npm run -s openbell -- log --help shows what there is\n',
    });
  });

  it('says what an option may be', async () => {
    const { code, stderr } = await terminal.openbell('demo', '--days', 'x');
    expect(code).toBe(2);
    expect(stderr).toContain(
      '"--days <n>" argument "x" is invalid. Write a whole number from 1 on.',
    );
  });

  it('shows where an error comes from with --debug only', async () => {
    const plain = await terminal.openbell('log', 'nowhere');
    const debug = await terminal.openbell('log', 'nowhere', '--debug');
    expect(plain.stderr).toBe(
      'error: "nowhere" holds no run, it has no "manifest.json": give the folder of a run\n',
    );
    expect(debug.stderr).toContain(plain.stderr);
    expect(debug.stderr).toMatch(/\n {4}at /);
    expect([plain.code, debug.code]).toEqual([2, 2]);
  });

  it('asks for a newer Node where it runs on an old one', async () => {
    const old = `
      Object.defineProperty(process, 'versions', { value: { node: '20.19.0' } });
      await import(${JSON.stringify(MAIN)});
    `;
    const child = terminal.node('--input-type=module', '--eval', old);
    const { code, stdout, stderr } = await ended(child);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: openbell needs Node 24 or newer and this is v[^\n]*\n$/);
  });
});
