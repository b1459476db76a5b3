/** An exported page answers as the server does. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Inspection, openSession } from '../../src/index.ts';
import { exportedPage } from '../../src/inspect/exportPage.ts';
import { inspectedFrom, unpack } from '../../src/inspect/offline.ts';
import { answer } from '../../src/inspect/queries/answers.ts';
import { configOf } from '../support.ts';
import { marketRun, temporaryFolder } from './marketRun.ts';

const run = await marketRun();
const page = temporaryFolder();
mkdirSync(join(page, 'assets'));
writeFileSync(
  join(page, 'index.html'),
  '<html><head><script type="module" crossorigin src="./assets/app.js"></script>' +
    '<link rel="stylesheet" crossorigin href="./assets/app.css"></head><body></body></html>',
);
writeFileSync(join(page, 'assets/app.js'), 'const text = "</script><!-- $& -->";');
writeFileSync(join(page, 'assets/app.css'), 'body { margin: 0 }');
writeFileSync(join(page, 'assets/worker.js'), 'postMessage(1);');
writeFileSync(join(page, 'offline.js'), 'globalThis.openbell = {};');

// As it is given to the command.
const given = relative('.', run.folder);
const inspection = new Inspection(given);
await inspection.grow();
const text = exportedPage(inspection, page);
const embedded = /<script type="text\/plain" id="openbell-run">([^<]+)</.exec(text)![1]!;
const offline = inspectedFrom(await unpack(embedded));
const last = run.facts.length;
const at = Math.floor(last / 2);

/** An answer as it is from a page, whose manifest has no folder and the config as the log has it: without paths. */
function withoutPaths(served: object): object {
  if (!('manifest' in served)) return served;
  const { folder: _, ...manifest } = served.manifest as Record<string, unknown>;
  const [started] = run.facts;
  return { ...served, manifest: { ...manifest, config: (started as { config?: unknown }).config } };
}

describe('an exported page', () => {
  const questions: [name: Parameters<typeof answer>[1], question: object][] = [
    ['run', {}],
    ['events', { from: at, limit: 200 }],
    ['events', { q: 'type:Indicator* symbol:AAPL', offset: 100, limit: 50 }],
    ['event', { seq: at }],
    ['find', { q: 'type:GapDetected', from: at }],
    ['step', { from: at, unit: 'transition' }],
    ['at', { time: '11:00', from: at }],
    ['break', { from: 1, on: 'entering active.inserting' }],
    ['lanes', { from: 100, to: 900 }],
    ['overview', { q: 'type:Gap*' }],
    ['state', { at, depth: 3, path: 'session_data' }],
    ['json', { at: last - 500 }],
    ['diff', { from: at - 40, to: at }],
    ['why', { at, path: 'session_data.AAPL.metrics.vwap' }],
    ['history', { at, path: 'session_data.AAPL.bars.1m.gaps' }],
    ['silence', { at, symbol: 'MSFT' }],
    ['search', { at, value: 'inserting' }],
    ['test', { at, path: 'session_data.AAPL.metrics' }],
    ['bars', { symbol: 'AAPL', interval: '5m', at, from: 0, indicators: '*' }],
    ['charts', { at }],
    ['actors', { at }],
    ['notes', {}],
  ];

  it.each(questions)('answers "%s" as the server does', async (name, question) => {
    await answer(offline, 'lanes', { from: 1, to: 1 });
    await answer(inspection, 'lanes', { from: 1, to: 1 });
    const served = await answer(inspection, name, question as never);
    expect(await answer(offline, name, question as never)).toEqual(withoutPaths(served));
  });

  it('names the run as it was given, and no folder of this machine', async () => {
    const { text: test } = await answer(offline, 'test', { at, path: 'system.status' });
    expect(test).toContain(`?? ${JSON.stringify(given)};`);
    const elsewhere = temporaryFolder();
    const module = join(elsewhere, 'mine.mjs');
    writeFileSync(module, 'export class Mine {}');
    const session = { data: { type: 'synthetic', seed: 7 }, strategies: [{ module }] };
    const absolute = join(elsewhere, 'run');
    const recorded = await openSession({ config: configOf({ session }), log: absolute });
    await recorded.finish();
    const alone = new Inspection(absolute);
    await alone.grow();
    const packed = /<script type="text\/plain" id="openbell-run">([^<]+)</.exec(
      exportedPage(alone, page),
    )![1]!;
    const { frames: _, ...head } = await unpack(packed);
    expect(head.path).toBe('run');
    expect(JSON.stringify(head)).not.toContain(tmpdir());
  });

  it('holds the run, its scripts and nothing that is loaded', () => {
    expect(
      JSON.parse(gunzipSync(Buffer.from(embedded, 'base64')).toString()).frames.length,
    ).toBeGreaterThan(100);
    expect(text).toContain('<style>body { margin: 0 }</style>');
    expect(text).toContain('const text = "\\x3C/script>\\x3C!-- $& -->";');
    expect(text).toContain(
      '<script type="text/plain" data-openbell-asset="worker.js">postMessage(1);</script>',
    );
    expect(text).not.toMatch(/(src|href)="/);
    expect(text).toContain("default-src 'none'");
    expect(text.indexOf('globalThis.openbell = {}')).toBeLessThan(text.indexOf('const text ='));
  });

  it('is made of the good part of a damaged log', async () => {
    const folder = join(temporaryFolder(), 'damaged');
    cpSync(run.folder, folder, { recursive: true });
    const segment = join(folder, '00000001.log');
    const bytes = readFileSync(segment);
    bytes[Math.floor(bytes.length / 2)]! ^= 1;
    writeFileSync(segment, bytes);
    const damaged = new Inspection(folder);
    await damaged.grow();
    const { damage, last: good } = await damaged.ask('run', {});
    expect(damage).toMatchObject({ seq: good + 1, file: '00000001.log' });
    expect(damage!.offset).toBeGreaterThan(0);
    expect(good).toBeGreaterThan(1000);
    expect(good).toBeLessThan(last);
    const { rows } = await damaged.ask('events', { from: good - 1, limit: 10 });
    expect(rows.map(({ seq }) => seq)).toEqual([good - 1, good]);
    await expect(damaged.ask('state', { at: good + 1 })).rejects.toThrow(`no fact ${good + 1}`);
    expect((await damaged.ask('json', { at: good, path: 'system.status' })).json).toBe('running');
    expect(exportedPage(damaged, page)).toContain('openbell-run');
  });
});
