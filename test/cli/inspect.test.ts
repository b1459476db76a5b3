import { describe, expect, it } from 'vitest';
import { ended, said, Terminal } from './terminal.ts';

const terminal = new Terminal();
await terminal.openbell('demo', '--days', '1', '--symbols', '2', '--quiet', '--log', 'small');

const ADDRESS = /http:\/\/127\.0\.0\.1:(\d+)\/\?token=([\w-]+)/;

async function asked(address: string, question: string) {
  const [, port, token] = ADDRESS.exec(address)!;
  const response = await fetch(`http://127.0.0.1:${port}/api/${question}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return (await response.json()) as Record<string, unknown>;
}

describe('openbell inspect', () => {
  it('prints the one address, answers there, and ends with Ctrl-C', async () => {
    const child = terminal.start('inspect', 'small');
    const end = ended(child);
    const address = await said(child.stdout, ADDRESS);
    expect(await asked(address, 'run')).toMatchObject({ folder: 'small', status: 'completed' });
    child.kill('SIGINT');
    const { code, stdout } = await end;
    expect(code).toBe(0);
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it('says what cannot be shown', async () => {
    const cases: [words: string[], message: RegExp][] = [
      [['nowhere'], /"nowhere" holds no run/],
      [['small', 'nowhere'], /"nowhere" holds no run/],
      [['small', '--port', '70000'], /port from 1 to 65535/],
      [['small', 'small', '--export', 'page.html'], /--export writes one run/],
    ];
    for (const [words, message] of cases) {
      const { code, stderr } = await terminal.openbell('inspect', ...words);
      expect([words, code]).toEqual([words, 2]);
      expect(stderr).toMatch(message);
    }
  });
});

describe('a run with --inspect', () => {
  it('is shown while it runs, stands at a breakpoint, and is over with Ctrl-C', async () => {
    const child = terminal.start(
      ...['demo', '--days', '1', '--symbols', '2', '--log', 'watched', '--quiet', '--inspect'],
      ...['--break', 'type=GapDetected'],
    );
    const end = ended(child);
    const held = said(
      child.stderr,
      /held by the breakpoint "type=GapDetected", hit by fact [\d,]+ at \d{4}-\d\d-\d\d \d\d:\d\d:00/,
    );
    const address = await said(child.stderr, ADDRESS);
    const q = 'events?limit=1&q=type%3AGapDetected';
    let page: Record<string, unknown>;
    do page = await asked(address, q);
    while (page.total === 0);
    await held;
    expect(await asked(address, 'run')).toMatchObject({ live: true, control: true });
    child.kill('SIGINT');
    expect((await end).code).toBe(130);
    const gaps = await terminal.jsonLines('log', 'watched', '--type', 'GapDetected', '--json');
    expect(gaps.length).toBeGreaterThanOrEqual(1);
    const all = await terminal.jsonLines('log', 'small', '--type', 'GapDetected', '--json');
    expect(gaps.length).toBeLessThan(all.length);
  });

  it('takes no breakpoints without it', async () => {
    const { code, stderr } = await terminal.openbell('demo', '--break', 'type=Gap*', '--log', 'no');
    expect(code).toBe(2);
    expect(stderr).toMatch(/are of --inspect/);
    expect((await terminal.openbell('log', 'no')).code).toBe(2);
  });
});
