import { beforeAll, describe, expect, it } from 'vitest';
import { linesOf, Terminal } from './terminal.ts';

const terminal = new Terminal();
const RUN = 'runs/shared';

beforeAll(async () => {
  await terminal.openbell('demo', '--days', '2', '--symbols', '2', '--log', RUN, '--quiet');
});

const state = (...args: string[]) => terminal.openbell('state', RUN, ...args);

describe('openbell state', () => {
  it('shows where the run is and a line for each symbol', async () => {
    const { code, stdout, stderr } = await state('--at', '10:30');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = linesOf(stdout);
    expect(lines[0]).toMatch(/^fact +[\d,]+ of [\d,]+$/);
    expect(lines[1]).toMatch(/^market time +2024-01-0\dT10:30:00\.000-05:00$/);
    expect(lines[2]).toMatch(/^phase +3 active 2024-01-0\d$/);
    const rows = lines.slice(lines.findIndex((line) => line.startsWith('symbol')) + 1);
    expect(rows).toHaveLength(2);
    for (const row of rows) expect(row).toMatch(/ \d\d×1m 12×5m .* \d+\.\d\d % .*=/);
  });

  it('prints with --json what export prints', async () => {
    const [shown, exported] = [
      await state('--at', '10:30', '--json'),
      await terminal.openbell('export', RUN, '--at', '10:30'),
    ];
    expect(shown).toEqual(exported);
    expect(JSON.parse(shown.stdout)._metadata.mode).toBe('complete');
  });

  it('prints one place of it', async () => {
    const whole = JSON.parse((await state('--json')).stdout);
    const [symbol] = Object.keys(whole.session_data);
    const metrics = await terminal.json('state', RUN, '--path', `session_data.${symbol}.metrics`);
    expect(metrics).toEqual(whole.session_data[symbol!].metrics);
    const path = `session_data.${symbol}.bars.1m.data[10:12]`;
    const { stdout } = await state('--path', path, '--json');
    expect(stdout).toBe(
      `${JSON.stringify(whole.session_data[symbol!].bars['1m'].data.slice(10, 12))}\n`,
    );
  });

  it.each([
    [['--path', 'session_dat'], '"session_dat": did you mean "session_data"?'],
    [['--path', 'session_data.XXXXXXX'], '"session_data" has no "XXXXXXX": it has '],
    [['--path', '_metadata.seq.x'], '"_metadata.seq" has no parts by name: end the path there'],
    [['--path', '_metadata[0:1]'], '"_metadata" is no list: leave out the brackets'],
    [['--at', 'noon'], '"noon" is no place in a run'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await state(...args);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

describe('openbell index', () => {
  it('makes the sidecars anew, and says what they are', async () => {
    const { code, stdout } = await terminal.openbell('index', RUN);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^indexed [\d,]+ facts: 0 snapshots of the state, 0 bytes\n$/),
    });
    const { facts } = await terminal.json('index', RUN, '--json');
    const { _metadata } = JSON.parse((await state('--json')).stdout);
    expect(facts).toBe(_metadata.seq);
  });
});
