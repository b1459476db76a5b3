/**
 * The ground rules of this project, kept by reading every file of it.
 *
 * A finding says `file:line: rule: why`. Beside every rule stand files that it must flag, so that none falls
 * asleep; and the files read are compared with those git knows, so that none is missed.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

interface Source {
  readonly path: string;
  readonly text: string;
  /** The text with comments and quoted strings blanked, lines kept. */
  readonly code: string;
  /** Files and modules named by imports and re-exports, with their lines. */
  readonly imports: readonly { readonly to: string; readonly line: number }[];
}

type Finding = readonly [path: string, line: number, why: string];
type Find = (files: readonly Source[]) => Finding[];
type Where = (path: string) => boolean;

const TOKENS =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
const IMPORTS =
  /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*'([^']+)'|^\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm;

function source(path: string, text: string): Source {
  const blank = (token: string) => token.replace(/[^\n]/g, ' ');
  const uncommented = text.replace(TOKENS, (token) => (token[0] === '/' ? blank(token) : token));
  const code = uncommented.replace(TOKENS, (token) => (token[0] === '`' ? token : blank(token)));
  const imports = [...uncommented.matchAll(IMPORTS)].map((match) => {
    const to = match[1] ?? match[2] ?? match[3]!;
    const line = lineAt(uncommented, match.index + match[0].length);
    return { to: to.startsWith('.') ? join(dirname(path), to) : to, line };
  });
  return { path, text, code, imports };
}

const lineAt = (text: string, index: number) => text.slice(0, index).split('\n').length;
const anywhere: Where = () => true;
const inCode: Where = (path) => path.endsWith('.ts');
const inPureCode: Where = (path) => /^src\/(domain|indicators|machines)\//.test(path);

/** What each folder of src may import besides itself. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  indicators: ['domain'],
  store: ['domain'],
  feeds: ['domain'],
  machines: ['domain'],
  inspect: ['store', 'machines', 'domain'],
  // A session answers questions about its own past as the tools do: from its log.
  actors: ['inspect', 'machines', 'store', 'feeds', 'indicators', 'domain'],
  cli: ['actors', 'inspect', 'store', 'feeds', 'indicators', 'domain'],
};

/** Where in src each package may be imported; a new dependency gets its line here. */
const HOMES: Readonly<Record<string, RegExp>> = {
  xstate: /^src\/(machines|actors|inspect)\//,
  rxjs: /^src\/(feeds|actors)\//,
  luxon: /^src\/domain\/calendar\//,
  ws: /^src\/inspect\/serverLive\.ts/,
  zod: /^src\/(domain\/|inspect\/protocol(\.ts|\/))/,
  udsv: /^src\/feeds\//,
  hyparquet: /^src\/(feeds|inspect)\//,
  'hyparquet-writer': /^src\/inspect\//,
  'hyparquet-compressors': /^src\/feeds\//,
  commander: /^src\/cli\//,
  pino: /^src\/cli\//,
  yaml: /^src\/cli\//,
  '@statelyai/inspect': /^src\/cli\//,
};

/** Files outside pure code that may look at the host's clock or draw random numbers, and why. */
const CLOCKS: Readonly<Record<string, string>> = {
  'bench/run.ts': 'the page of results says when they were measured',
  'src/store/manifest.ts': 'the manifest says when a run was made',
  'src/store/fileLog.ts': 'the manifest says when a run was finished',
  'src/store/journal.ts': 'the journal is of the host, and beside the log',
  'test/runs/verify.test.ts': 'strategies that look at the clock are what it is about',
};

/** Letters in brackets, so that these lists do not find themselves. A method of `node:readline` bears one name. */
const UNFINISHED = '[T]ODO|[F]IXME|[X]XX|[H]ACK';
const PLACES = '(?<![\\w.])/([r]oot|[w]ork|[t]mp)/|//[r]egistry\\.|"[r]esolved": "http';
const FOREIGN =
  '[a]gents?|(?<!\\.)[p]rompts?|[l]lms?|[c]laude|[c]opilot|the [b]rief|[i]ssue #?\\d+';

function importProblem(path: string, to: string): string | false {
  if (path.startsWith('inspector/') && to.startsWith('src/')) {
    return to !== 'src/inspect/protocol.ts' && 'the page speaks the protocol only';
  }
  if (!path.startsWith('src/')) return false;
  if (to.startsWith('node:')) return inPureCode(path) && `${to} in pure code`;
  if (to === 'package.json') return inPureCode(path) && 'versions in pure code';
  if (!to.startsWith('src/')) {
    const name = to.split('/', to.startsWith('@') ? 2 : 1).join('/');
    if (!Object.hasOwn(manifest.dependencies, name)) return `${name} is not a dependency`;
    return HOMES[name]?.test(path) !== true && `${name} has no place here`;
  }
  const [from, into] = [path, to].map((file) => file.match(/^src\/(\w+)\//)?.[1]);
  if (from === undefined || from === into) return false;
  if (into === undefined) return from !== 'cli' && `${from} may not import the public API`;
  return !LAYERS[from]?.includes(into) && `${from} may not import ${into}`;
}

const directions: Find = (files) =>
  files.flatMap(({ path, imports }) =>
    imports.flatMap(({ to, line }): Finding[] => {
      const why = importProblem(path, to);
      return why ? [[path, line, why]] : [];
    }),
  );

const cycles: Find = (files) => {
  const known = new Map(files.map((file) => [file.path, file.imports.map(({ to }) => to)]));
  const reach = (from: string, seen = new Set<string>()) => {
    for (const to of known.get(from) ?? []) if (!seen.has(to)) reach(to, seen.add(to));
    return seen;
  };
  return files.flatMap(({ path, imports }) =>
    imports
      .filter(({ to }) => to === path || reach(to).has(path))
      .map(({ to, line }): Finding => [path, line, `${to} leads back here`]),
  );
};

/** Finds `pattern` where it has no place: in code only, or in all of the text. */
function never(pattern: RegExp, why: string, where = inCode, part: 'code' | 'text' = 'code'): Find {
  const global = new RegExp(pattern, `${pattern.flags}g`);
  const inFile = (path: string, text: string) =>
    [...text.matchAll(global)].map(
      ({ 0: match, index }): Finding => [
        path,
        lineAt(text, index),
        `"${match.trim().slice(0, 40)}" ${why}`,
      ],
    );
  return (files) =>
    files.flatMap((file) => (where(file.path) ? inFile(file.path, file[part]) : []));
}

/** Finds a file for what its path or its lines as a whole are. */
function whole(judge: (path: string, lines: string[]) => (string | false)[], where: Where): Find {
  return (files) =>
    files.flatMap(({ path, text }) => {
      const problems = where(path) ? judge(path, text.trimEnd().split('\n')) : [];
      return problems.flatMap((why): Finding[] => (why ? [[path, 1, why]] : []));
    });
}

/** Each rule by name: how it finds, and by path the texts that it must flag. */
const rules: Readonly<Record<string, readonly [Find, Readonly<Record<string, string>>]>> = {
  directions: [
    directions,
    {
      'src/domain/a.ts': "import { b } from '../store/b.ts';",
      'src/feeds/a.ts': "const b = await import('../indicators/b.ts');",
      'src/inspect/a.ts': "export { b } from '../actors/b.ts';",
      'src/store/a.ts': "import type {\n  B,\n} from '../index.ts';",
      'src/nowhere/a.ts': "import '../domain/a.ts';",
      'inspector/src/a.ts': "import { b } from '../../src/domain/b.ts';",
      'src/machines/a.ts': "import { join } from 'node:path';",
      'src/cli/a.ts': "import { setup } from 'xstate';",
      'src/store/b.ts': "import type { Observable } from 'rxjs';",
      'src/domain/b.ts': "import { DateTime } from 'luxon';",
      'src/inspect/state.ts': "import { z } from 'zod';",
      'src/feeds/b.ts': "import { pino } from 'pino';",
      'src/actors/a.ts': "import { Command } from 'commander';",
      'src/indicators/a.ts': "import { SMA } from 'trading-signals';",
    },
  ],
  cycles: [
    cycles,
    {
      'src/domain/a.ts': "import { b } from './b.ts';",
      'src/domain/b.ts': "import { c } from '../domain/c.ts';",
      'src/domain/c.ts': "export * from './a.ts';",
    },
  ],
  'pure code': [
    never(
      /\b(?:Date\.now|new Date\(|Math\.random|set(?:Timeout|Interval|Immediate)|performance\.|process\.)/,
      'gives another answer every time',
      inPureCode,
    ),
    {
      'src/domain/a.ts': 'const now = Date.now();',
      'src/domain/b.ts': 'const day = new Date(0);',
      'src/indicators/a.ts': 'const x = Math.random();',
      'src/machines/a.ts': 'setTimeout(f, 10);',
      'src/machines/b.ts': 'const t = performance.now();',
      'src/machines/c.ts': 'if (process.env.DEBUG) f();',
    },
  ],
  'clock and chance': [
    never(
      /\b(?:Date\.now|new Date\(\)|Math\.random|DateTime\.(?:now|local|utc)\(\))/,
      'is to be passed in, or the file listed in CLOCKS with its reason',
      (path) => inCode(path) && !inPureCode(path) && !Object.hasOwn(CLOCKS, path),
    ),
    {
      'src/store/a.ts': 'const now = Date.now();',
      'test/store/a.test.ts': 'const now = new Date();',
      'bench/a.ts': 'const x = Math.random();',
    },
  ],
  enums: [
    never(/^\s*((export|declare|const) )*enum \w+/m, 'is no erasable syntax: write a union'),
    { 'src/domain/a.ts': 'export const enum Side { Buy, Sell }' },
  ],
  'default exports': [
    never(
      /^export default\b|^export \{[^}]*\bas default\b/m,
      'hides the name',
      (path) => inCode(path) && !/^examples\/|\.config\.ts$/.test(path),
    ),
    {
      'src/domain/a.ts': 'export default 1;',
      'src/index.ts': "export { a as default } from './a.ts';",
    },
  ],
  'public API': [
    never(
      /^(?!export (type )?[{*]|\s|\}|$).+/m,
      'is no re-export: it belongs into a file of its own',
      (path) => path === 'src/index.ts',
    ),
    { 'src/index.ts': "export { a } from './a.ts';\nexport const b = 1;" },
  ],
  'file names': [
    whole(
      (path) => {
        const name = basename(path).replace(/(\.machine)?(\.test)?\.ts$/, '');
        const empty = /^(utils?|helpers?|types|common|misc|index)$/.test(name);
        const noun = /^[a-z][a-zA-Z0-9]*$/.test(name) && !empty;
        return [!noun && `"${name}" is no camelCase noun that says what is in it`];
      },
      (path) => /^(src|test|bench)\/.*\.ts$/.test(path) && path !== 'src/index.ts',
    ),
    {
      'src/store/utils.ts': '',
      'src/store/index.ts': '',
      'src/store/event-log.ts': '',
      'test/store/EventLog.test.ts': '',
    },
  ],
  'file sizes': [
    whole(
      (_, { length }) => [length > 400 && `${length} lines: 400 at most, 300 to aim at`],
      inCode,
    ),
    { 'src/domain/a.ts': `${'\n'.repeat(400)}x` },
  ],
  'line lengths': [
    // An address, or a text alone on its line, stays whole, so that it can be searched for.
    never(
      /^(?!.*https:|\s*(?:return )?(['"`]).*\1(?:[,;]| \+)?$).{121,}/m,
      'is over 120 characters',
      inCode,
      'text',
    ),
    { 'test/a.test.ts': `x(${'y'.repeat(120)});` },
  ],
  tests: [
    never(
      /\b(it|test|describe)(\.\w+)*(\.(skip|only|todo)\b|\(\s*['"`][^'"`]*\bshould\b)/,
      'proves nothing, or does not say what happens',
      (path) => path.endsWith('.test.ts') && path !== 'test/tidy.test.ts',
      'text',
    ),
    {
      'test/a.test.ts': "it.only('adds', f);",
      'test/b.test.ts': "describe.concurrent.skip('adds', f);",
      'test/c.test.ts': "it('should add', f);",
    },
  ],
  unfinished: [
    never(new RegExp(`\\b(${UNFINISHED})\\b`), 'is to be done or dropped', anywhere, 'text'),
    { 'src/domain/a.ts': `// ${'TO'}${'DO'} later`, 'docs/a.md': `${'FIX'}${'ME'}` },
  ],
  places: [
    never(new RegExp(PLACES), 'is there on one machine only', anywhere, 'text'),
    {
      'docs/a.md': `see /${'root'}/notes`,
      'package-lock.json': `"${'resolved'}": "https://example.org/a.tgz"`,
      '.ci/run': `npm ci --registry https://${'registry'}.example.org`,
    },
  ],
  'own voice': [
    never(
      new RegExp(`(?<![\\w-])(${FOREIGN})\\b`, 'i'),
      'is no word of markets or of this code',
      (path) => path !== 'package-lock.json',
      'text',
    ),
    { 'docs/a.md': `made by an ${'age'}nt`, 'src/domain/a.ts': `// see ${'iss'}ue 12` },
  ],
  decisions: [
    (files) => {
      const adrs = files.map(({ path }) => path).filter((path) => path.startsWith('docs/adr/'));
      const judge = (path: string, lines: string[]) => {
        const number = String(adrs.indexOf(path) + 1).padStart(4, '0');
        return [
          !new RegExp(`/${number}-[a-z0-9-]+\\.md$`).test(path) && `is not ${number}-a-title.md`,
          !lines.some((line) => /^Status: (accepted|superseded by \d{4})/.test(line)) &&
            'no status',
          lines.length > 40 && `${lines.length} lines, 40 at most`,
        ];
      };
      return whole(judge, (path) => adrs.includes(path))(files);
    },
    {
      'docs/adr/0001-a.md': 'Status: maybe',
      'docs/adr/0002-b.md': `Status: accepted${'\n'.repeat(40)}x`,
      'docs/adr/3-c.md': 'Status: accepted',
    },
  ],
};

const root = fileURLToPath(new URL('..', import.meta.url));

function git(...options: string[]): string[] {
  const command = ['-c', 'safe.directory=*', '-C', root, 'ls-files', '-z', ...options];
  return execFileSync('git', command, { encoding: 'utf8' }).split('\0').filter(Boolean);
}

const ignored = new Set(git('--others', '--ignored', '--exclude-standard', '--directory')).add(
  '.git/',
);

/** Every file below `folder` that git does not ignore. */
function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (ignored.has(entry.isDirectory() ? `${path}/` : path)) return [];
    return entry.isDirectory() ? walk(path) : [path];
  });
}

const paths = walk('').sort();
const files = paths.flatMap((path) => {
  const bytes = readFileSync(join(root, path));
  return bytes.includes(0) ? [] : [source(path, bytes.toString('utf8'))];
});

const report = (name: string, of: readonly Source[]) =>
  rules[name]![0](of).map(([path, line, why]) => `${path}:${line}: ${name}: ${why}`);

describe('the files of the project', () => {
  it('are those git knows, all of them read', () => {
    const deleted = new Set(git('--deleted'));
    const known = git('--cached', '--others', '--exclude-standard');
    expect(paths).toEqual(known.filter((path) => !deleted.has(path)).sort());
  });

  it('import files that were read', () => {
    const imported = files.filter(({ path }) => inCode(path)).flatMap(({ imports }) => imports);
    const own = imported.map(({ to }) => to).filter((to) => /^(src|test|bench)\//.test(to));
    expect(own.filter((to) => !paths.includes(to))).toEqual([]);
    expect(own.length).toBeGreaterThan(500);
  });

  it.each(Object.keys(rules))('keep the rule "%s"', (name) => {
    expect(report(name, files)).toEqual([]);
  });

  it('are listed in CLOCKS only while they need to be', () => {
    const looking = files.filter(({ code }) => /\b(Date|DateTime|random)\b/.test(code));
    expect(looking.map(({ path }) => path)).toEqual(expect.arrayContaining(Object.keys(CLOCKS)));
  });
});

describe('a rule', () => {
  it.each(Object.entries(rules))('finds what breaks "%s"', (_, [find, bad]) => {
    const broken = Object.entries(bad).map(([path, text]) => source(path, text));
    expect(find(broken).map(([path]) => path)).toEqual(Object.keys(bad));
  });

  it('finds nothing in comments, in strings and in what is allowed', () => {
    const good = [
      source('src/domain/a.ts', "// Date.now\n/** new Date() */\nconst a = 'Math.random()';\n"),
      source('src/domain/b.ts', "import { a } from './a.ts';\nimport { z } from 'zod';\n"),
      source('src/actors/a.ts', "import { setup } from 'xstate';\nimport 'node:path';\n"),
      source('src/cli/a.ts', `reader.${'pro'}${'mpt'}(true);\n`),
      source('test/a.test.ts', `    '${'x'.repeat(120)}',\n`),
    ];
    expect(Object.keys(rules).flatMap((name) => report(name, good))).toEqual([]);
  });
});
