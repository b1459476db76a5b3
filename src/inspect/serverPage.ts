/** The prebuilt page and what a browser is told beside it: where it may load from, and that is here only. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Nothing is loaded from, sent to or framed by anyone else. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

export interface PageFile {
  readonly body: Buffer;
  readonly type: string;
  /** True if its name changes with its content. */
  readonly immutable: boolean;
}

/** The files of a built page. Only what was there when it was opened is served, whatever a path says. */
export class PageFiles {
  readonly #paths = new Map<string, string>();

  /** @param folder of the build; null where there is none */
  constructor(folder: string | null) {
    if (folder === null) return;
    for (const path of filesIn(folder)) {
      this.#paths.set(`/${relative(folder, path).replaceAll(sep, '/')}`, path);
    }
  }

  /** The file that a path of an address names; null if there is none. `/` is the page itself. */
  find(path: string): PageFile | null {
    const name = path === '/' ? '/index.html' : path;
    const file = this.#paths.get(name);
    const type = CONTENT_TYPES[extname(name)];
    if (file === undefined || type === undefined) {
      return path === '/' ? { body: Buffer.from(UNBUILT), type: html, immutable: false } : null;
    }
    return { body: readFileSync(file), type, immutable: name.startsWith('/assets/') };
  }
}

const html = 'text/html; charset=utf-8';
const UNBUILT = `<!doctype html>
<meta charset="utf-8">
<title>Openbell inspector</title>
<h1>The page is not built</h1>
<p>Run <code>npm run build:inspector</code> and load this again. The answers below <code>/api/</code> are there.</p>
`;

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Where the package has the page: beside this code when built, in `dist` of a checkout. */
export function builtPage(): string | null {
  const places = ['../inspector/', '../../dist/inspector/'];
  const folders = places.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const isBuilt = (folder: string) =>
    statSync(join(folder, 'index.html'), { throwIfNoEntry: false })?.isFile() === true;
  return folders.find(isBuilt) ?? null;
}
