import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { dirname, normalize } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { pageAt, ROOT } from './page.ts';

const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: ROOT });

/** Files beside a page, by the links that lead to them. */
function linksOf(page: string): string[] {
  const text = pageAt(page).replace(/^```.*?^```$/gms, '');
  const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)];
  return targets.map(([, to]) => normalize(join(dirname(page), to!)).replace(/\/$/, ''));
}

/** npm ships these without being told. */
const ALWAYS = ['README.md', 'LICENSE', 'package.json'];

function isShipped(path: string): boolean {
  const covers = (entry: string) => path === entry || path.startsWith(`${entry}/`);
  const isLeftOut = manifest.files.some((entry) => entry[0] === '!' && covers(entry.slice(1)));
  return !isLeftOut && [...ALWAYS, ...manifest.files].some(covers);
}

describe('links', () => {
  it.each(pages)('of %s lead somewhere', (page) => {
    expect(linksOf(page).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it.each(pages.filter(isShipped))(
    'of %s lead somewhere in the package, but for pictures',
    (page) => {
      const dead = linksOf(page).filter((path) => !isShipped(path));
      expect(dead.filter((path) => !path.startsWith('docs/images/'))).toEqual([]);
    },
  );

  it('are looked at', () => {
    expect(pages.filter(isShipped)).toEqual(
      expect.arrayContaining(['README.md', 'CONTRIBUTING.md']),
    );
    expect(linksOf('README.md')).toEqual(
      expect.arrayContaining(['docs/tutorial.md', 'src/indicators']),
    );
    expect(['docs/images/inspector.png', 'test/tidy.test.ts'].filter(isShipped)).toEqual([]);
  });
});
