/** `openbell why`: what led to a fact, down to the lines of the feed; what came of it; why there is no signal. */
import type { Command } from 'commander';
import { UsageError } from '../../domain/errors.ts';
import { explain } from '../../inspect/causes.ts';
import { effectsOf } from '../../inspect/effects.ts';
import { FactLines } from '../../inspect/factText.ts';
import { seqAt, seqWithin } from '../../inspect/position.ts';
import { silenceOf } from '../../inspect/readings.ts';
import { findTarget, type Target } from '../../inspect/target.ts';
import { effectJson, explainedJson, silenceJson } from '../../inspect/whyJson.ts';
import { countFrom1 } from '../arguments.ts';
import { openRun, type RecordedRun } from '../openRun.ts';
import { Output, print, say } from '../output.ts';
import { counted } from '../table.ts';
import { explainedText, silenceText } from '../whyText.ts';

interface Options {
  readonly at?: string;
  readonly symbol?: string;
  readonly key?: string;
  readonly bar?: string;
  readonly quality?: true;
  /** False for `--no-signal`. */
  readonly signal?: boolean;
  readonly effects?: true;
  readonly depth?: number;
  readonly limit: number;
  readonly json?: true;
}

/** Base bars of one window in a tree for people. */
const BARS_SHOWN = 8;
const EFFECTS_SHOWN = 1000;

export function define(command: Command): void {
  command
    .usage(
      '<run> <seq> [options]\n       <run> --at <place> --symbol <symbol> --key <key> | --bar …',
    )
    .argument('<run>', 'folder of the run')
    .argument('[seq]', 'number of the fact', countFrom1)
    .option(
      '--at <place>',
      'a seq, an ISO time, or HH:MM[:SS] of the last session; default the end',
    )
    .option('--symbol <symbol>', 'whose value, bar, quality or signal')
    .option('--key <key>', 'the value of this indicator, such as sma_20_5m')
    .option('--bar <interval>', 'the last bar of this interval')
    .option('--quality', 'the last score of its quality')
    .option('--signal', 'the last signal')
    .option('--no-signal', 'what strategies could read there, and what they had signalled')
    .option('--effects', 'what came of the fact, instead of what led to it')
    .option('--depth <n>', 'how many facts deep', countFrom1)
    .option('--limit <n>', 'at most so many effects', countFrom1, EFFECTS_SHOWN)
    .option('--json', 'a JSON object; effects one a line')
    .action(why);
}

async function why(folder: string, seq: number | undefined, options: Options): Promise<void> {
  const target = targetOf(seq, options);
  await using run = await openRun(folder);
  const { log, calendar } = run;
  const place = seq ?? (options.at === undefined ? log.position : seqAt(log, options.at, calendar));
  const lines = new FactLines(calendar.zone, log.position);
  if (target === 'silence') {
    const silence = silenceOf(log, symbolOf(options), place);
    await print(options.json ? JSON.stringify(silenceJson(silence)) : silenceText(silence, lines));
    return;
  }
  const found =
    target === null ? seqWithin(log, place) : await seqOfTarget(run, target, place, options);
  if (found === null) return;
  if (options.effects) await printEffects(run, found, options, lines);
  else await printCauses(run, found, options, lines);
}

/** What is asked about: a fact by its number (null), a value by its name, or why there is no signal. */
function targetOf(seq: number | undefined, options: Options): Target | 'silence' | null {
  const { at, symbol, key, bar, quality, signal, effects } = options;
  const named: (Target | 'silence')[] = [];
  if (key !== undefined) named.push({ kind: 'value', key });
  if (bar !== undefined) named.push({ kind: 'bar', interval: bar });
  if (quality) named.push({ kind: 'quality' });
  if (signal === true) named.push({ kind: 'signal' });
  if (signal === false) named.push('silence');
  const [target] = named;
  if (seq !== undefined) {
    if (target === undefined && at === undefined && symbol === undefined) return null;
    throw new UsageError(
      `fact ${seq} says it all: leave --at, --symbol and what goes with them out`,
    );
  }
  if (target === undefined || named.length > 1) {
    throw new UsageError(
      'why needs one thing to explain: a fact by its number, or --symbol with --key, --bar, --quality, ' +
        '--signal or --no-signal',
    );
  }
  if (symbol === undefined) throw new UsageError('why needs a --symbol: say whose it is');
  if (target === 'silence' && effects)
    throw new UsageError('--no-signal has no effects: leave one out');
  return target;
}

function symbolOf({ symbol }: Options): string {
  return symbol!.toUpperCase();
}

/** Says so, and that the answer is no, if there is no such fact. */
async function seqOfTarget(
  { log }: RecordedRun,
  target: Target,
  to: number,
  options: Options,
): Promise<number | null> {
  const found = findTarget(log, { symbol: symbolOf(options), target, to });
  if (found.ok) return found.fact.seq;
  if (options.json) await print(JSON.stringify({ fact: null, reason: found.reason }));
  say(found.reason);
  process.exitCode = 1;
  return null;
}

async function printCauses(
  { log }: RecordedRun,
  seq: number,
  { depth, json }: Options,
  lines: FactLines,
): Promise<void> {
  const deep = depth === undefined ? {} : { depth };
  const explained = explain(log, seq, json ? deep : { ...deep, bars: BARS_SHOWN });
  await print(json ? JSON.stringify(explainedJson(explained)) : explainedText(explained, lines));
}

async function printEffects(
  { log }: RecordedRun,
  seq: number,
  { limit, json }: Options,
  lines: FactLines,
): Promise<void> {
  const output = new Output();
  let count = 0;
  for (const effect of effectsOf(log, seq)) {
    if (count === limit) {
      say(`and more: these are the first ${counted(limit)}, --limit shows others`);
      break;
    }
    count += 1;
    const text = json
      ? JSON.stringify(effectJson(effect))
      : `${'  '.repeat(effect.depth - 1)}${lines.brief(effect.fact)}  ← ${effect.from}`;
    output.add(`${text}\n`);
    if (output.full) await output.flush();
  }
  await output.flush();
  if (count === 0 && !json) say(`nothing came of fact ${counted(seq)}`);
}
