/** Explanations for people: what led to a fact as a tree, what strategies could read as a table. */
import type { CauseRole, Explained } from '../inspect/causes.ts';
import { type FactLines, valueText } from '../inspect/factText.ts';
import type { FeedLines } from '../inspect/feedLines.ts';
import type { Silence, SymbolReading } from '../inspect/readings.ts';
import { aligned, counted, plural } from './table.ts';

const LABELS: Readonly<Record<CauseRole, string>> = {
  cause: '',
  bar: '',
  queue: 'loaded by ',
  history: 'history ',
  before: 'goes on from ',
  corrected: 'replaces ',
  gap: '',
};

/** The tree of what led to a fact, a line for each. */
export function explainedText(explained: Explained, lines: FactLines): string {
  return [...treeLines(explained, lines, '', '')].join('\n');
}

function* treeLines(
  { fact, role, lines: read, because, omitted }: Explained,
  lines: FactLines,
  lead: string,
  indent: string,
): Generator<string> {
  const source = read.length === 0 ? '' : `  [${sourcesText(read)}]`;
  yield `${lead}${role === null ? '' : LABELS[role]}${lines.brief(fact)}${source}`;
  const deeper = omitted > 0 && because.length === 0;
  if (deeper) yield `${indent}└─ … goes on: why ${fact.cause} shows it`;
  const bars = because.filter((each) => each.role === 'bar' || each.role === 'cause');
  const cut = omitted > 0 && !deeper ? bars[Math.floor((bars.length - 1) / 2)] : undefined;
  for (const [i, each] of because.entries()) {
    const last = i === because.length - 1;
    yield* treeLines(
      each,
      lines,
      `${indent}${last ? '└─' : '├─'} `,
      `${indent}${last ? '  ' : '│ '} `,
    );
    if (each === cut) yield `${indent}│  … ${plural(omitted, 'more bar')}`;
  }
}

const RUNS_SHOWN = 3;

function sourcesText(read: readonly FeedLines[]): string {
  const more = read.length - RUNS_SHOWN;
  const shown = read.slice(0, RUNS_SHOWN).map(linesText).join('; ');
  return more > 0 ? `${shown}; and ${plural(more, 'more run')} of lines` : shown;
}

/** Such as `AAPL.csv, lines 2 to 391`. */
function linesText({ source, file, firstLine, lastLine }: FeedLines): string {
  const place = file ?? source;
  return firstLine === lastLine
    ? `${place}, line ${firstLine}`
    : `${place}, lines ${firstLine} to ${lastLine}`;
}

/** What strategies could read, what they made of it, and what may have kept them silent. */
export function silenceText(silence: Silence, lines: FactLines): string {
  const { seq, symbol, reading, news, signals, lastSignal, strategies, reasons, phase } = silence;
  const parts = [
    `${symbol} at ${lines.clock(silence.at)}, fact ${counted(seq)}, phase ${phase ?? 'none'}`,
    section('why there may be no signal', reasons.length === 0 ? [UNHINDERED] : reasons),
  ];
  if (reading !== null) parts.push(readingText(reading));
  parts.push(
    section(
      'new at that instant, for which strategies are called if they subscribe to it',
      news.map((fact) => lines.brief(fact)),
    ),
    section('strategies', strategies),
    section(
      `last signals for ${symbol}`,
      signals.map((fact) => lines.brief(fact)),
    ),
  );
  if (signals.length === 0 && lastSignal !== null) {
    parts.push(section('last signal for any symbol', [lines.brief(lastSignal)]));
  }
  return parts.join('\n\n');
}

const UNHINDERED = 'nothing kept strategies from one: they could read all that follows';

function section(title: string, items: readonly string[]): string {
  return `${title}:\n${(items.length === 0 ? ['none'] : items).map((item) => `  ${item}`).join('\n')}`;
}

/** What a symbol holds. */
export function readingText(reading: SymbolReading): string {
  const { bars, indicators, historicalIndicators, quality, gaps, lagging } = reading;
  const rows = [
    ...bars.map(({ interval, count, last }) => [
      interval,
      plural(count, 'bar'),
      last === null ? '' : `last o ${last.open} h ${last.high} l ${last.low} c ${last.close}`,
    ]),
    ...indicators.map(({ key, value, valid }) => [
      key,
      valid ? 'valid' : 'not valid',
      valueText(value),
    ]),
    ...historicalIndicators.map(({ key, value }) => [
      key,
      'from earlier days',
      Array.isArray(value)
        ? plural(value.length, 'minute')
        : valueText(value as Parameters<typeof valueText>[0]),
    ]),
    [
      'quality',
      `${Number(quality.value.toFixed(4))} %`,
      `${quality.present} of ${quality.expected} bars, ${plural(gaps, 'gap')}`,
    ],
    ['lagging', lagging ? 'yes' : 'no', ''],
  ];
  const indented = aligned(rows, 'lll')
    .split('\n')
    .map((line) => `  ${line}`);
  return `what could be read:\n${indented.join('\n')}`;
}
