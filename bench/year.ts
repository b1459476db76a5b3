/**
 * One year × 50 symbols of synthetic minute bars through the durable log, in a process of its own: prints what
 * memory is in use after each fifth day, and what the log takes, as JSON. Started by the bench, which gives the
 * young generation the size that the command line gives it.
 */
import { openSession, sealLog } from '../src/index.ts';
import { configOf, THREE } from './engineRun.ts';
import { bytesIn, freshPath } from './folders.ts';

const symbols = Array.from({ length: 50 }, (_, i) => `S${String(i).padStart(2, '0')}`);
const folder = freshPath();
const mebibytes = () => process.memoryUsage().rss / 2 ** 20;
const rss: number[] = [];
const window = { symbols, start: '2023-01-01', end: process.argv[2] ?? '2023-12-31' };
const session = await openSession({
  config: configOf(window, { indicators: THREE, cross: false }),
  data: { type: 'synthetic', seed: 7 },
  log: folder,
});
session.on('SessionEnded', () => {
  // The first is after day 5.
  const { done, sessions: all } = session.progress;
  if (done % 5 === 0 || done === all) rss.push(mebibytes());
});
const from = performance.now();
const { facts, sessions } = await session.finish();
const seconds = (performance.now() - from) / 1000;
const closed = mebibytes();
await session[Symbol.asyncDispose]();
const bars = facts.BarAppended ?? 0;
const bytes = bytesIn(folder);
await sealLog(folder);
const sealed = bytesIn(folder);
console.log(JSON.stringify({ sessions, bars, seconds, bytes, sealed, rss, closed }));
