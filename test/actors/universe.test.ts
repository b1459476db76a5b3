import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSession } from '../../src/index.ts';
import { looking, withScanners } from '../runs/scanRun.ts';
import { runOf } from '../support.ts';

const folder = mkdtempSync(join(tmpdir(), 'openbell-universe-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'lists'));

const written = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return name;
};

/** What a scanner reads from a file in its setup, or why it cannot. */
async function read(path: string, end = '2024-01-02') {
  const seen: (readonly string[])[] = [];
  const scanner = looking(() => {}, {
    setup: ({ universe }) => {
      seen.push(universe(path));
    },
  });
  const times = ['10:00-10:00/1m'];
  const run = await runOf({ ...withScanners({ own: { scanner, times } }, { end }), folder });
  return { seen, run };
}

describe('a universe file', () => {
  it('holds one symbol a line, with comments, blank lines and any case', async () => {
    const text =
      '\uFEFF# my list\r\n\r\nTSLA\r\n  aapl  # the fruit\r\nBRK.B\n\n#MSFT\nTSLA\n^gspc';
    const { seen } = await read(written('list.txt', text));
    expect(seen).toEqual([['TSLA', 'AAPL', 'BRK.B', '^GSPC']]);
  });

  it('is recorded as an input whenever a session reads it, without its folder', async () => {
    const text = 'TSLA\nAAPL\n';
    const { run } = await read(written('lists/two.txt', text), '2024-01-03');
    const facts = run.of('UniverseRead');
    expect(facts.map(({ at }) => new Date(at).toISOString())).toEqual([
      '2024-01-02T14:30:00.000Z',
      '2024-01-03T14:30:00.000Z',
    ]);
    expect(facts[0]).toMatchObject({
      ...{ by: 'session/scanner/own', cause: null, scanner: 'own', file: 'two.txt' },
      symbols: ['TSLA', 'AAPL'],
      fingerprint: createHash('sha256').update(text).digest('hex'),
    });
  });

  it('may be named by an absolute path, which stays out of the log', async () => {
    const path = join(folder, written('here.txt', 'TSLA'));
    const config = withScanners({}).config;
    const gap = { module: 'gap', pre_session: true, config: { universe: path } };
    const run = await runOf({
      config: {
        ...config,
        session_data_config: { ...config.session_data_config, scanners: [gap] },
      },
      data: { type: 'synthetic', seed: 7 },
    });
    expect(run.of('UniverseRead')).toMatchObject([{ file: 'here.txt', symbols: ['TSLA'] }]);
    expect(JSON.stringify(run.facts)).not.toContain(folder);
  });

  it.each([
    [
      'a line that is no symbol',
      'AAPL\nMSFT, TSLA # two\n',
      '"bad.txt" line 2: "MSFT, TSLA" is no symbol: write one symbol a line, such as "AAPL"',
    ],
    ['nothing but comments', '# none\n\n', '"bad.txt" has no symbol: write one symbol a line'],
    [
      'no file',
      null,
      'there is no universe file "absent.txt": write one symbol a line; its path starts at the config',
    ],
    [
      'a folder',
      'lists',
      'EISDIR: cannot read the universe file "lists": write one symbol a line; its path starts at the config',
    ],
  ])('with %s stops the scanner, saying so', async (_, text, reason) => {
    const file = text === null ? 'absent.txt' : text === 'lists' ? text : written('bad.txt', text);
    const { seen, run } = await read(file);
    expect(seen).toEqual([]);
    expect(run.of('ScanFailed')).toMatchObject([{ callback: 'setup', reason }]);
    expect(run.of('ScanStarted')).toEqual([]);
    expect(run.of('UniverseRead')).toEqual([]);
  });

  it('of a built-in scanner is looked at when the session is opened', async () => {
    const { config } = withScanners({});
    const session = config.session_data_config;
    const open = (universe: string) =>
      openSession({
        config: {
          ...config,
          session_data_config: { ...session, scanners: [{ module: 'gap', config: { universe } }] },
        },
        data: { type: 'synthetic', seed: 7 },
        folder,
      });
    await expect(open('absent.txt')).rejects.toThrow(
      'scanner "gap": there is no universe file "absent.txt": write one symbol a line',
    );
    await expect(open(written('bad.txt', 'A B'))).rejects.toThrow(
      'scanner "gap": "bad.txt" line 1: "A B" is no symbol',
    );
    await (await open(written('good.txt', 'A'))).close();
  });
});
