import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Fact,
  type FactType,
  FileLog,
  findCalendar,
  type LogReader,
} from '../../src/index.ts';
import { conditionOf } from '../../src/inspect/condition.ts';
import { FactFilter, type FactQuery, factAt, lastOf } from '../../src/inspect/factFilter.ts';
import { FACT_TYPES, typesLike } from '../../src/inspect/factTypes.ts';
import { stretchOf } from '../../src/inspect/position.ts';
import { sealLog } from '../../src/store/sealLog.ts';
import { counting, DATES, INSERTED, type MarketRun, marketRun, rewritten } from './marketRun.ts';

const xnys = findCalendar('XNYS')!;
let run: MarketRun;
let facts: readonly Fact[];
/** The run's log as it is, in many segments, and sealed. */
let logs: LogReader[];

beforeAll(async () => {
  run = await marketRun();
  facts = run.facts;
  const many = await rewritten(run.folder, join(run.folder, '../many'));
  const sealed = await rewritten(run.folder, join(run.folder, '../sealed'));
  await sealLog(sealed);
  logs = await Promise.all([run.folder, many, sealed].map((folder) => FileLog.read(folder)));
});

const symbolOf = (fact: Fact) => ('symbol' in fact ? fact.symbol : undefined);
const where = (...texts: string[]) => texts.map((text) => conditionOf(text, FACT_TYPES, xnys.zone));
const field = (fact: Fact, name: string) => (fact as unknown as Record<string, unknown>)[name];

const CHOICES: [string, () => FactQuery, (fact: Fact) => boolean][] = [
  ['everything', () => ({}), () => true],
  ['a stretch', () => ({ from: 100, to: 5_000 }), ({ seq }) => seq >= 100 && seq <= 5_000],
  ['a time', () => ({ until: INSERTED }), ({ at }) => at <= INSERTED],
  [
    'types by glob',
    () => ({ types: ['Bar*', 'RunStarted'] }),
    ({ type }) => type.startsWith('Bar') || type === 'RunStarted',
  ],
  [
    'all but some types',
    () => ({ types: ['Bar*', '!BarDerived', '!barsleftout'] }),
    ({ type }) => type === 'BarAppended' || type === 'BarCorrected',
  ],
  ['no bars', () => ({ types: ['!Bar*'] }), ({ type }) => !type.startsWith('Bar')],
  ['a symbol', () => ({ symbols: ['new'] }), (fact) => symbolOf(fact) === 'NEW'],
  ['all but a symbol', () => ({ symbols: ['!AAPL'] }), (fact) => symbolOf(fact) !== 'AAPL'],
  [
    'symbols by glob',
    () => ({ symbols: ['*P*', 'NEW'], types: ['BarAppended'] }),
    (fact) => fact.type === 'BarAppended' && fact.symbol !== 'MSFT',
  ],
  ['an actor', () => ({ by: ['session/feed'] }), ({ by }) => by === 'session/feed'],
  [
    'actors by glob',
    () => ({ by: ['session/*', '!session/processor'] }),
    ({ by }) => by.startsWith('session/') && by !== 'session/processor',
  ],
  [
    'a price',
    () => ({ types: ['Bar*'], where: where('close > 97.5', 'volume<=300') }),
    (fact) => Number(field(fact, 'close')) > 97.5 && Number(field(fact, 'volume')) <= 300,
  ],
  [
    'a test',
    () => ({ types: ['SignalEmitted'], test: ({ seq }) => seq % 2 === 0 }),
    ({ type, seq }) => type === 'SignalEmitted' && seq % 2 === 0,
  ],
];

describe('a filter', () => {
  it.each(CHOICES)('finds %s, the same in every log', (_, wanted, isWanted) => {
    const expected = facts.filter(isWanted);
    expect(expected.length).toBeGreaterThan(1);
    for (const log of logs) {
      expect([...new FactFilter(wanted()).facts(log)]).toEqual(expected);
    }
  });

  it.each(CHOICES)('finds the last of %s', (_, wanted, isWanted) => {
    const expected = facts.filter(isWanted);
    for (const log of logs) {
      for (const length of [1, 7, 100_000]) {
        expect(new FactFilter(wanted()).last(log, length)).toEqual(expected.slice(-length));
      }
    }
  });

  it('decodes few frames for facts that are rare, and for the last ones', () => {
    const total = [...logs[0]!.read()].length;
    expect(total).toBeGreaterThan(1_200);
    for (const log of logs) {
      const decoded = (read: (log: LogReader) => unknown) => {
        const counted = counting(log);
        read(counted.log);
        return counted.frames;
      };
      const all = (types: FactType[]) => (counted: LogReader) => [
        ...new FactFilter({ types }).facts(counted),
      ];
      expect(decoded(all(['RunCompleted']))).toBe(1);
      expect(decoded(all(['BarCorrected', 'GapFilled']))).toBe(2);
      expect(decoded(all(['PhaseEntered']))).toBe(12);
      expect(decoded(all(['SymbolRefused']))).toBe(0);
      expect(decoded(all(['HistoricalBarsLoaded']))).toBeLessThan(25);
      const last = (types: FactType[]) => (counted: LogReader) =>
        new FactFilter({ types }).last(counted, 1);
      expect(decoded(last(['BarAppended']))).toBeLessThan(400);
      expect(decoded(last(['RunCompleted']))).toBe(1);
      expect(decoded((counted) => factAt(counted, 5_000))).toBe(1);
    }
  });

  it('finds one fact by its number, or says that it is not there', () => {
    for (const log of logs) {
      for (const seq of [1, 2, 3_333, facts.length])
        expect(factAt(log, seq)).toEqual(facts[seq - 1]);
      expect(() => factAt(log, facts.length + 1)).toThrow(RangeError);
      const queue = facts.findLast(({ type, seq }) => type === 'QueueLoaded' && seq <= 4_000);
      expect(lastOf(log, 'QueueLoaded', { to: 4_000 })).toEqual(queue);
      expect(lastOf(log, 'QueueLoaded', { to: 10 })).toBeUndefined();
    }
  });

  it('refuses types that do not exist, and to leave all of them out', () => {
    expect(() => typesLike(['Bra*ended'])).toThrow(
      'no type of fact is like "Bra*ended": did you mean "BarAppended"?',
    );
    expect(() => typesLike(['Bar*', '!BarDerivd'])).toThrow('did you mean "BarDerived"?');
    expect(() => typesLike(['Signal'])).toThrow('did you mean "SignalEmitted"?');
    expect(() => typesLike(['!*'])).toThrow('every type of fact is left out: pick one at least');
    expect(typesLike([])).toEqual(new Set(FACT_TYPES));
  });
});

describe('a stretch of a log', () => {
  const stretch = (from?: string, to?: string) => stretchOf(logs[0]!, { from, to }, xnys);
  const none = Number.POSITIVE_INFINITY;
  const firstFrom = (time: string) => facts.find(({ at }) => at >= Date.parse(time))!.seq;

  it('is given by numbers, instants and times of the last session', () => {
    expect(stretch()).toEqual({ from: 1, to: none, until: none });
    expect(stretch('7', '9')).toEqual({ from: 7, to: 9, until: none });
    const until = Date.parse('2024-01-03T15:00:00Z');
    expect(stretch('2024-01-03T09:45', '2024-01-03T15:00:00Z')).toEqual({
      from: firstFrom('2024-01-03T14:45:00Z'),
      to: none,
      until,
    });
    expect(stretch('10:00').from).toBe(firstFrom(`${DATES[2]}T15:00:00Z`));
    expect(stretch('5000', '10:00')).toMatchObject({ from: 5000, to: none });
    expect(stretch('9000000').from).toBe(9_000_000);
  });

  it('is refused the wrong way round, and where it is no place', () => {
    expect(() => stretch('9', '7')).toThrow('--from 9 is after --to 7: swap the two');
    expect(() => stretch('11:00', '10:00')).toThrow(
      '--from 11:00 is after --to 10:00: swap the two',
    );
    expect(() => stretch('noon')).toThrow('"noon" is no place in a run');
  });
});
