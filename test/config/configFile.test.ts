import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfigFile } from '../../src/cli/configFile.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'openbell-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function refusal(path: string): Promise<string> {
  const error = await loadConfigFile(path).then(
    () => null,
    (thrown) => thrown,
  );
  expect(error?.name).toBe('UsageError');
  return error.message.replaceAll(folder, 'FOLDER');
}

describe('a config file', () => {
  it.each([
    ['a.json', '{"session_name": "x", "list": [1, 2]}'],
    ['b.json', '\uFEFF{"session_name": "x", "list": [1, 2]}'],
    ['c.yaml', 'session_name: x\nlist: [1, 2]\n'],
    ['d.yml', '---\nsession_name: x\nlist:\n  - 1\n  - 2\n'],
    ['E.JSON', '{"session_name": "x", "list": [1, 2]}'],
  ])('%s is read', async (name, text) => {
    expect(await loadConfigFile(written(name, text))).toEqual({
      raw: { session_name: 'x', list: [1, 2] },
      folder,
    });
  });

  it('in YAML may merge anchors, and keeps dates and times of day as they are written', async () => {
    const text = 'base: &base {n: 1}\nmore: {<<: *base, day: 2024-01-02, at: 09:35, no: no}\n';
    const { raw } = await loadConfigFile(written('merge.yaml', text));
    expect(raw).toEqual({
      base: { n: 1 },
      more: { n: 1, day: '2024-01-02', at: '09:35', no: 'no' },
    });
  });
});

describe('a file that cannot be read', () => {
  it.each([
    ['comma.json', '{"a": 1,\n "b": [1, 2,]\n}', 'line 2, column 13: found "]"'],
    ['word.json', '{"a": tru}', 'line 1, column 10: found "}"'],
    ['quotes.json', "{\n  'a': 1}", `line 2, column 3: found "'"`],
    ['short.json', '{"a": [1', 'line 1, column 9: it ends too early'],
    ['text.json', '{"a": "\n"}', 'line 1, column 8: found "\\n"'],
    ['after.json', '{"a": 1} x', 'line 1, column 10: found "x"'],
    ['twice.json', '{"a": 1,\n "a": 2}', 'line 2, column 2: a key is there twice'],
    ['twice.yaml', 'a: 1\nb:\n  c: 1\n  c: 2\n', 'line 4, column 3: a key is there twice'],
    ['tab.yaml', 'a: 1\n\tb: 1\n', 'line 2, column 1: Tabs are not allowed as indentation'],
    ['tag.yaml', 'a: !secret x\n', 'line 1, column 4: Unresolved tag: !secret'],
    [
      'two.yaml',
      'a: 1\n---\nb: 1\n',
      'line 2, column 1: a second document begins, but a config is one',
    ],
  ])('%s is refused with line and column', async (name, text, said) => {
    expect(await refusal(written(name, text))).toBe(`"${name}" cannot be read at ${said}`);
  });

  it('is refused for an alias of nothing', async () => {
    expect(await refusal(written('alias.yaml', 'a: *nothing\n'))).toBe(
      '"alias.yaml" cannot be read: Unresolved alias (the anchor must be set before the alias): nothing',
    );
  });

  it.each([
    ['empty.json', ''],
    ['blank.json', ' \n\t'],
    ['empty.yaml', ''],
    ['comments.yaml', '# nothing\n# yet\n'],
  ])('%s is refused as empty', async (name, text) => {
    expect(await refusal(written(name, text))).toBe(
      `"${name}" is empty: "openbell config init" writes a config`,
    );
  });

  it('is refused for its ending', async () => {
    expect(await refusal(written('config.toml', 'a = 1'))).toBe(
      '"FOLDER/config.toml" is not a config file: its name must end in .json, .yaml, .yml, .ts, .mjs, .js',
    );
  });

  it('is refused if it is not there, with what was probably meant', async () => {
    written('session.yaml', 'a: 1');
    expect(await refusal(join(folder, 'sesion.yml'))).toBe(
      'there is no config file "FOLDER/sesion.yml": did you mean "session.yaml"?',
    );
    expect(await refusal(join(folder, 'qqqqqq.json'))).toBe(
      'there is no config file "FOLDER/qqqqqq.json": "openbell config init" writes one',
    );
    expect(await refusal(join(folder, 'none', 'x.json'))).toBe(
      'there is no folder "FOLDER/none" to hold a config',
    );
    expect(await refusal(folder)).toBe('"FOLDER" is not a file: name a config file');
  });
});

/** What a Node process of its own makes of each file: here, modules would go through the test runner. */
function loadedByNode(names: readonly string[]): unknown[] {
  const module = new URL('../../src/cli/configFile.ts', import.meta.url).href;
  const program = `
    const { loadConfigFile } = await import(${JSON.stringify(module)});
    const results = [];
    for (const path of ${JSON.stringify(names.map((name) => join(folder, name)))}) {
      results.push(await loadConfigFile(path).then(({ raw }) => raw, ({ message }) => message));
    }
    console.log(JSON.stringify(results));`;
  const args = ['--no-warnings', '--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

describe('a config module', () => {
  it('gives its default or its config export, or says what is wrong', () => {
    written('good.ts', 'type N = number;\nexport const config = { n: 1 as N };\n');
    written('good.mjs', 'export const config = 1;\nexport default { n: 2 };\n');
    written('good.js', 'module.exports = { n: 3 };\n');
    written('other.mjs', 'export const settings = {};\n');
    written('bad.mjs', 'export default {\n  a: 1,\n  b c\n};\n');
    written('bad.ts', 'export default {\n  a: 1 as number,\n  b c\n};\n');
    written('enum.ts', 'export default {};\nenum Side { Buy }\n');
    written('uses.ts', 'import "./bad.ts";\nexport default {};\n');
    written('throws.mjs', 'export default { a: missing };\n');
    const names = ['good.ts', 'good.mjs', 'good.js', 'other.mjs', 'bad.mjs'];
    const more = ['bad.ts', 'enum.ts', 'uses.ts', 'throws.mjs'];
    expect(loadedByNode([...names, ...more])).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
      '"other.mjs" must export a config, as default or as "config"; it exports settings',
      `"bad.mjs" cannot be read at line 3, column 5: Unexpected identifier 'c'`,
      expect.stringMatching(/^"bad.ts" cannot be read at line 3, column 5: /),
      '"enum.ts" cannot be read at line 2, column 1: TypeScript enum is not supported in strip-only mode',
      expect.stringMatching(/^"bad.ts" cannot be read at line 3, column 5: /),
      '"throws.mjs" could not be loaded: missing is not defined',
    ]);
  });
});
