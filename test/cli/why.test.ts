import { beforeAll, describe, expect, it } from 'vitest';
import { linesOf, Terminal } from './terminal.ts';

const terminal = new Terminal();
const RUN = 'runs/shared';
type Json = Record<string, unknown> & { seq: number; type: string; cause: number | null };
let facts: Json[];

beforeAll(async () => {
  await terminal.openbell('demo', '--days', '2', '--symbols', '2', '--log', RUN, '--quiet');
  facts = await terminal.jsonLines('log', RUN, '--json');
});

const why = (...args: string[]) => terminal.openbell('why', RUN, ...args);
const lastOf = (type: string) => facts.findLast((fact) => fact.type === type)!;

describe('openbell why', () => {
  it('prints what led to a fact as a tree, down to the feed', async () => {
    const signal = lastOf('SignalEmitted');
    const { code, stdout, stderr } = await why(String(signal.seq));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = linesOf(stdout);
    const value = facts[signal.cause! - 1]!;
    const bar = facts[value.cause! - 1]!;
    expect(lines[0]).toMatch(
      new RegExp(`^${signal.seq}  2024-01-0\\d \\d\\d:\\d\\d:00  SignalEmitted`),
    );
    expect(lines[1]).toContain(`└─ ${value.seq}  `);
    expect(lines[2]).toMatch(
      new RegExp(`^   ├─ ${bar.seq}  .* BarDerived .*\\[synthetic, lines \\d+ to \\d+\\]$`),
    );
    expect(lines.filter((line) => line.includes('BarAppended'))).toHaveLength(Number(bar.count));
    expect(stdout).toMatch(/└─ loaded by \d+ {2}.*QueueLoaded.*\[synthetic, lines 1 to \d+\]/);
    expect(lines.at(-1)).toMatch(/└─ goes on from \d+ .*IndicatorUpdated/);
  });

  it('prints the same as one JSON object', async () => {
    const signal = lastOf('SignalEmitted');
    const tree = await terminal.json('why', RUN, String(signal.seq), '--json');
    expect(tree).toMatchObject({ fact: signal, role: null, omitted: 0 });
    const [value] = tree.because;
    expect(value).toMatchObject({ role: 'cause', fact: facts[signal.cause! - 1] });
    const [bar, before] = value.because;
    expect([bar.role, before.role]).toEqual(['cause', 'before']);
    const read = bar.because.at(-1);
    expect(Object.keys(read.lines[0])).toEqual(
      'source file fingerprint first_line last_line'.split(' '),
    );
    const queue = read.because[0].fact;
    expect(read.lines[0].fingerprint).toBe(queue.provenance[0].fingerprint);
    const shallow = await terminal.json('why', RUN, String(signal.seq), '--depth', '1', '--json');
    expect(shallow.because[0]).toMatchObject({ because: [], omitted: 1 });
  });

  it.each([
    [
      ['--key', 'sma_10_5m'],
      (fact: Json) => fact.type === 'IndicatorUpdated' && fact.key === 'sma_10_5m',
    ],
    [['--bar', '5m'], (fact: Json) => fact.type === 'BarDerived' && fact.interval === '5m'],
    [['--bar', '1m'], (fact: Json) => fact.type === 'BarAppended'],
    [['--quality'], (fact: Json) => fact.type === 'QualityScored'],
    [['--signal'], (fact: Json) => fact.type === 'SignalEmitted'],
  ])('finds the fact behind %j at a time', async (options, isIt) => {
    const at = ['--at', '14:42', '--symbol', 'aapl'];
    const tree = await terminal.json('why', RUN, ...at, ...options, '--json');
    const until = '2024-01-03T19:42:00.000Z';
    const expected = facts.findLast(
      (fact) => String(fact.at) <= until && fact.symbol === 'AAPL' && isIt(fact),
    );
    expect(tree.fact).toEqual(expected);
  });

  it('prints what came of a fact, one a line', async () => {
    const bar = facts.find(({ type }) => type === 'BarAppended')!;
    const effects = await terminal.jsonLines('why', RUN, String(bar.seq), '--effects', '--json');
    expect(effects[0]).toMatchObject({ effect_of: bar.seq, depth: 1, type: 'IndicatorUpdated' });
    for (const { effect_of, depth, ...fact } of effects) {
      const { columns: _, ...expected } = facts[fact.seq - 1]!;
      expect(fact).toEqual(expected);
      expect(depth).toBeGreaterThan(0);
    }
    const text = await why(String(bar.seq), '--effects', '--limit', '2');
    expect(linesOf(text.stdout)).toHaveLength(2);
    expect(text.stderr).toBe('and more: these are the first 2, --limit shows others\n');
    const none = await why(String(facts.length), '--effects');
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: /^nothing came of fact / });
  });

  it('shows what strategies could read where there is no signal', async () => {
    const { code, stdout } = await why('--at', '10:42', '--symbol', 'AMZN', '--no-signal');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^AMZN at 2024-01-03 10:42:00, fact [\d,]+, phase active\n/);
    expect(stdout).toContain('nothing kept strategies from one');
    expect(stdout).toMatch(/\n {2}sma_10_5m +valid +\d/);
    expect(stdout).toMatch(/\n {2}quality +[\d.]+ % +7\d of 72 bars/);
    expect(stdout).toContain('strategies:\n  sma-cross\n');
    const json = await terminal.json(
      ...['why', RUN, '--at', '10:42', '--symbol', 'AMZN', '--no-signal', '--json'],
    );
    expect(Object.keys(json)).toEqual(
      'seq at phase symbol reading news strategies signals last_signal reasons'.split(' '),
    );
    expect(json.at).toBe('2024-01-03T15:42:00.000Z');
    const [minute] = json.reading.bars;
    expect(minute).toMatchObject({ interval: '1m', last: { opened: '2024-01-03T15:41:00.000Z' } });
  });

  it('exits with 1 where there is nothing to explain', async () => {
    const at = ['--at', '2024-01-02T09:31', '--symbol', 'AAPL'];
    const none = await why(...at, '--bar', '15m');
    expect(none).toEqual({ code: 1, stdout: '', stderr: 'AAPL has no 15m bar there yet\n' });
    const json = await why(...at, '--bar', '15m', '--json');
    expect(JSON.parse(json.stdout)).toEqual({
      fact: null,
      reason: 'AAPL has no 15m bar there yet',
    });
  });

  it.each([
    [[], /^error: why needs one thing to explain: a fact by its number, or --symbol with --key/],
    [['0'], /^error: .*Write a whole number from 1 on/],
    [['9000000'], /^error: the log has no fact 9000000: choose one from 1 to \d+\n$/],
    [
      ['5', '--key', 'x'],
      /^error: fact 5 says it all: leave --at, --symbol and what goes with them out/,
    ],
    [['--key', 'sma_10_5m'], /^error: why needs a --symbol: say whose it is\n$/],
    [['--symbol', 'AAPL', '--key', 'x', '--quality'], /^error: why needs one thing to explain/],
    [
      ['--symbol', 'AAPL', '--key', 'sma_10_15m'],
      /^error: AAPL has no indicator "sma_10_15m": did you mean "sma_10_5m"\?\n$/,
    ],
    [['--symbol', 'APPL', '--quality'], /did you mean "AAPL"\?\n$/],
    [['--symbol', 'AAPL', '--no-signal', '--effects'], /^error: --no-signal has no effects/],
  ])('refuses %j', async (args, sentence) => {
    const { code, stdout, stderr } = await why(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });
});
