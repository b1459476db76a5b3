/** A run as one file: the page, what answers its questions, and the run itself. Opens without a server. */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UsageError } from '../domain/errors.ts';
import { type EmbeddedRun, embeddedFrames } from './embedding.ts';
import type { Inspection } from './inspection.ts';
import { ASSET_ATTRIBUTE, RUN_ELEMENT } from './offline.ts';
import { builtPage } from './serverPage.ts';
import { startOf } from './stateAt.ts';

/** Facts of a run that a page can hold. */
const EXPORT_FACTS = 50_000;
const ANSWERS = 'offline.js';

/**
 * The text of a page that holds the first run of the inspection.
 *
 * @param page folder of the built page; default that of the package
 * @throws {UsageError} if the run is too big, or the page is not built
 */
export function exportedPage(inspection: Inspection, page = builtPage()): string {
  const { log } = inspection.a;
  if (log.position > EXPORT_FACTS) {
    throw new UsageError(
      `the run has ${log.position} facts, and a page holds at most ${EXPORT_FACTS}: serve it instead`,
    );
  }
  if (page === null) throw new UsageError('the page is not built: run "npm run build:inspector"');
  return new PageText(page).with(packed(inspection));
}

function packed(inspection: Inspection): string {
  const { source, log } = inspection.a;
  // Where things lie on this machine is nobody's business who is given the page: the log's own config has no paths.
  const { folder: _, modules: __, ...given } = source.manifest();
  const manifest = { ...given, config: startOf(log)?.config ?? {} };
  const run: EmbeddedRun = {
    folder: source.folder,
    path: pathFromHere(source.path),
    manifest,
    status: source.status(),
    bytes: source.bytes(),
    chainHash: log.chainHash(),
    calendar: source.calendar.name,
    damage: source.damage,
    system: source.system,
    notes: inspection.notes(),
    frames: embeddedFrames(log),
  };
  return gzipSync(JSON.stringify(run), { level: 9 }).toString('base64');
}

/** A path without the machine's folders: as it was given, or from here, or its last name. */
function pathFromHere(path: string): string {
  if (!isAbsolute(path)) return path;
  const inside = relative('.', path);
  return inside.startsWith('..') || isAbsolute(inside) ? basename(path) : inside;
}

class PageText {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  with(run: string): string {
    const html = this.#file('index.html');
    const scripts: string[] = [];
    let body = html.replace(/<link rel="icon"[^>]*>/, '');
    body = body.replace(/<link rel="stylesheet"[^>]*href="([^"]+)"[^>]*>/g, (_, href: string) => {
      return `<style>${this.#file(href)}</style>`;
    });
    // The page's own script comes last: what it needs is before it.
    body = body.replace(/<script type="module"[^>]*src="([^"]+)"[^>]*><\/script>/g, (_, src) => {
      scripts.push(src as string);
      return '';
    });
    const answers = inline(this.#file(ANSWERS));
    const own = scripts.map((src) => inline(this.#file(src)));
    const policy = policyOf([answers, ...own]);
    const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
    const embedded = [
      `<script type="text/plain" id="${RUN_ELEMENT}">${run}</script>`,
      ...this.#workers(scripts),
      `<script>${answers}</script>`,
      ...own.map((text) => `<script type="module">${text}</script>`),
    ];
    return body
      .replace(/<head>/, () => `<head>\n${meta}`)
      .replace(/<\/body>/, () => `${embedded.join('\n')}\n</body>`);
  }

  /** Scripts that the page's own one starts later. */
  #workers(scripts: readonly string[]): string[] {
    const known = new Set(scripts.map((src) => basename(src)));
    return readdirSync(join(this.#folder, 'assets'))
      .filter((name) => name.endsWith('.js') && !known.has(name))
      .map((name) => {
        const text = inline(this.#file(`assets/${name}`));
        return `<script type="text/plain" ${ASSET_ATTRIBUTE}="${name}">${text}</script>`;
      });
  }

  #file(path: string): string {
    try {
      return readFileSync(join(this.#folder, path), 'utf8');
    } catch {
      throw new UsageError(`the built page has no "${path}": run "npm run build:inspector"`);
    }
  }
}

/** A script that does not end the element it is put into. */
function inline(text: string): string {
  return text.replaceAll(/<(\/script|!--)/gi, '\\x3C$1').trim();
}

/** Nothing is loaded at all; of scripts only those that are in the file may run. */
function policyOf(scripts: readonly string[]): string {
  const hashes = scripts.map((text) => `'sha256-${hash('sha256', text, 'base64')}'`);
  return [
    "default-src 'none'",
    `script-src ${hashes.join(' ')} blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
