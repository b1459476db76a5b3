/** What a log is made of, for people. */

import type { FactLines } from '../inspect/factText.ts';
import type { LogStats } from '../inspect/logStats.ts';
import type { SegmentSize } from '../store/segmentSizes.ts';
import { aligned, counted, plural } from './table.ts';

export interface StoredStats {
  readonly run: string;
  readonly status: string;
  readonly stats: LogStats;
  readonly segments: readonly SegmentSize[];
}

export function statsText({ run, status, stats, segments }: StoredStats, lines: FactLines): string {
  const { facts, frames, firstAt, lastAt, sessions, symbols } = stats;
  const span =
    firstAt === null ? '' : `${lines.clock(firstAt)} to ${lines.clock(lastAt ?? firstAt)}`;
  const rows = [
    ['run', `${run}, ${status}`],
    ['facts', `${counted(facts)} in ${plural(frames, 'frame')}`],
    ['market time', span],
    ['sessions', `${plural(sessions, 'session')}, ${plural(symbols, 'symbol')}`],
    ['on disk', sizeText(segments)],
  ];
  return [aligned(rows, 'll'), typesText(stats), actorsText(stats), daysText(stats)].join('\n\n');
}

export function totalsOf(segments: readonly SegmentSize[]) {
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  const raw_bytes = segments.reduce((sum, segment) => sum + segment.rawBytes, 0);
  const sealed = segments.filter((segment) => segment.sealed).length;
  return { bytes, raw_bytes, sealed, raw: segments.length - sealed };
}

function sizeText(segments: readonly SegmentSize[]): string {
  const { bytes, raw_bytes, sealed, raw } = totalsOf(segments);
  const kinds = `${plural(segments.length, 'segment')}: ${raw} raw, ${sealed} sealed`;
  const ratio = sealed === 0 ? '' : `, ${(raw_bytes / bytes).toFixed(2)} times smaller than raw`;
  return `${plural(bytes, 'byte')} in ${kinds}${ratio}`;
}

function typesText({ facts, types }: LogStats): string {
  const total = types.reduce((sum, { bytes }) => sum + bytes, 0);
  const rows = types.map(({ type, facts: count, bytes }) => [
    type,
    counted(count),
    share(count, facts),
    counted(bytes),
    share(bytes, total),
    (bytes / count).toFixed(1),
  ]);
  return aligned([['type', 'facts', '', 'bytes', '', 'bytes each'], ...rows], 'lrrrrr');
}

function actorsText({ facts, actors }: LogStats): string {
  const rows = actors.map(({ actor, facts: count }) => [
    actor,
    counted(count),
    share(count, facts),
  ]);
  return aligned([['actor', 'facts', ''], ...rows], 'lrr');
}

function daysText({ days }: LogStats): string {
  const head = 'day frames facts bytes symbols bars derived values gaps signals'.split(' ');
  const rows = days.map((day) => [
    day.date ?? 'before',
    ...[day.frames, day.facts, day.bytes, day.symbols, day.bars].map(counted),
    ...[day.derived, day.values, day.gaps, day.signals].map(counted),
  ]);
  return aligned([head, ...rows], 'lrrrrrrrrr');
}

function share(part: number, whole: number): string {
  return whole === 0 ? '' : `${((part / whole) * 100).toFixed(1)} %`;
}
