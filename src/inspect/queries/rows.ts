/** Facts as rows of the event list. */
import type { Fact } from '../../domain/facts.ts';
import { type Clock, gistOf } from '../factText.ts';
import type { FactRow } from '../protocol/basics.ts';

const TEXT_MAX = 400;

export function rowOf(fact: Fact, clock: Clock): FactRow {
  const { seq, at, type, by, cause } = fact;
  const text = gistOf(fact, clock);
  return {
    seq,
    at,
    type,
    by,
    cause,
    symbol: 'symbol' in fact ? fact.symbol : null,
    series: seriesOf(fact),
    text: text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text,
  };
}

function seriesOf(fact: Fact): string | null {
  if ('key' in fact) return fact.key;
  return 'interval' in fact ? fact.interval : null;
}
