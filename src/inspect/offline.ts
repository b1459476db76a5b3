/**
 * What answers in an exported page: the same questions, from the run that is in the page. Runs before the page's
 * own script, and puts itself at `globalThis.openbell`.
 */
import { findCalendar } from '../domain/calendar/calendars.ts';
import { type EmbeddedRun, framesOf } from './embedding.ts';
import { FrameLog } from './frameLog.ts';
import type { Answerer } from './protocol.ts';
import { answer, type Inspected } from './queries/answers.ts';
import { InspectedRun } from './queries/inspectedRun.ts';

/** Elements of the page that hold what was put into it. */
export const RUN_ELEMENT = 'openbell-run';
export const ASSET_ATTRIBUTE = 'data-openbell-asset';

/** The parts of a browser that are needed here; programs have others. */
interface Page {
  getElementById(id: string): { readonly textContent: string | null } | null;
  querySelector(selector: string): { readonly textContent: string | null } | null;
}

export function inspectedFrom(embedded: EmbeddedRun): Inspected {
  const calendar = findCalendar(embedded.calendar);
  if (calendar === undefined) throw new Error(`there is no calendar "${embedded.calendar}" here`);
  const { folder, path, manifest, status, bytes, damage, system, notes } = embedded;
  const run = new InspectedRun({
    log: new FrameLog(framesOf(embedded.frames), embedded.chainHash),
    calendar,
    folder,
    path,
    manifest: () => manifest,
    status: () => status,
    live: () => false,
    bytes: () => bytes,
    damage,
    system,
  });
  return { a: run, b: null, control: false, notes: () => notes };
}

/** Unpacks the run of a page: gzip in base 64. */
export async function unpack(text: string): Promise<EmbeddedRun> {
  const bytes = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const packed = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(packed).json()) as EmbeddedRun;
}

function answererOf(text: string): Answerer {
  const inspected = unpack(text).then(inspectedFrom);
  return { ask: async (name, question) => answer(await inspected, name, question) };
}

/** Scripts that the page starts workers from are in it as texts: a page of a file may load no others. */
function bringWorkers(page: Page): void {
  const host = globalThis as { Worker?: new (url: string | URL, options?: object) => object };
  const { Worker } = host;
  if (Worker === undefined) return;
  host.Worker = class extends Worker {
    constructor(url: string | URL, options?: object) {
      const name = String(url).replace(/^.*\//, '');
      const asset = page.querySelector(`[${ASSET_ATTRIBUTE}=${JSON.stringify(name)}]`);
      const text = asset?.textContent;
      const blob = text == null ? null : new Blob([text], { type: 'text/javascript' });
      super(blob === null ? url : URL.createObjectURL(blob), options);
    }
  };
}

const { document: page } = globalThis as { document?: Page };
const run = page?.getElementById(RUN_ELEMENT)?.textContent;
if (page !== undefined && run != null) {
  bringWorkers(page);
  (globalThis as { openbell?: Answerer }).openbell = answererOf(run);
}
