/**
 * What programs may import, as the compiler declares it, kept as a golden file: every change of it shows in a
 * diff. After a change that is meant, run `npx vitest run test/publicApi.test.ts --update` and read the diff.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const built = mkdtempSync(join(tmpdir(), 'openbell-api-'));
let complaints = '';

beforeAll(() => {
  const options = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly', '--outDir', built];
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), options, {
    cwd: root,
    encoding: 'utf8',
  });
  complaints = stdout;
});

afterAll(() => rmSync(built, { recursive: true }));

/** The top-level statements of a declaration file, without comments and private members. */
function statementsOf(file: string): string[] {
  return readFileSync(join(built, file), 'utf8')
    .replace(/^ *\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replace(/^ *(#private|private .*);\n/gm, '')
    .split(/^(?=\w)/m)
    .map((statement) => statement.trim());
}

/** Every name of the public API, with the file it is from and what it is called there. */
function exportsOf(index: string) {
  const lists = [...index.matchAll(/^export (type )?\{([^}]*)\} from '\.\/(.*)\.ts';$/gm)];
  return lists.flatMap(([, allTypes, names, file]) =>
    [...names!.matchAll(/(type )?(\w+)(?: as (\w+))?/g)].map(([, type, original, name]) => ({
      name: name ?? original!,
      original: original!,
      file: `${file}.d.ts`,
      isType: (allTypes ?? type) !== undefined,
    })),
  );
}

function declarationOf(exported: ReturnType<typeof exportsOf>[number]): string {
  const { name, original, file, isType } = exported;
  const kinds = isType ? 'class|interface|type' : 'class|interface|type|const|function';
  const named = new RegExp(`^export (?:declare )?(?:abstract )?(?:${kinds}) ${original}\\b`);
  const found = statementsOf(file).filter((statement) => named.test(statement));
  expect(found, `${original} of ${file}`).not.toEqual([]);
  const renamed = name === original ? '' : ` as ${name}`;
  return `// ${file.replace('.d.ts', '.ts')}${renamed}\n${found.join('\n')}\n`;
}

describe('the public API', () => {
  it('is declared without a complaint of the compiler', () => {
    expect(complaints).toBe('');
  });

  it('is as recorded', async () => {
    const all = exportsOf(readFileSync(join(built, 'index.d.ts'), 'utf8'));
    const byName = all.sort((a, b) => (a.name < b.name ? -1 : 1));
    await expect(byName.map(declarationOf).join('\n')).toMatchFileSnapshot('golden/public-api.txt');
  });

  it('gives at run time what it declares', async () => {
    const index = readFileSync(join(root, 'src/index.ts'), 'utf8');
    const lists = [...index.matchAll(/^export (type )?\{([^}]*)\} from/gm)];
    const values = lists.flatMap(([, type, names]) =>
      type === undefined ? names!.split(',').filter((name) => !/^\s*(type |$)/.test(name)) : [],
    );
    const given = await import('../src/index.ts');
    expect(Object.keys(given).sort()).toEqual(values.map((name) => name.trim()).sort());
  });
});
