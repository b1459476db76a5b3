/** SessionData as plain values, for comparing all of it. Memory that is kept and short cuts are no state. */
import { hash } from 'node:crypto';
import { BAR_FIELDS, BarColumns } from '../../src/domain/bars.ts';
import { SessionBars } from '../../src/domain/sessionBars.ts';
import { IndicatorSlot, type SessionData } from '../../src/domain/sessionData.ts';
import type { Tally } from '../../src/domain/tally.ts';

function columnsOf(bars: BarColumns | SessionBars): number[][] {
  return BAR_FIELDS.map((field) =>
    Array.from({ length: bars.length }, (_, i) => bars.get(i, field)),
  );
}

export function plainState({ data, tally }: { data: SessionData; tally: Tally }): unknown {
  const { spares: _, barsBySeries: _bars, slotsBySeries: _slots, indicatorCells, ...rest } = data;
  return plain({ ...rest, facts: tally.facts, frames: tally.frames, actors: tally.actors });
}

function plain(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Float64Array) return plain([...value]);
  if (value instanceof Map) return [...value].map(plain);
  if (value instanceof Set) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof IndicatorSlot) {
    const { registered, valid, updated, seq, outputs } = value;
    return plain({ registered, valid, updated, seq, outputs });
  }
  if (value instanceof BarColumns || value instanceof SessionBars) return columnsOf(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, plain(field)]),
  );
}

/** Changes with anything in the state. */
export function digestOf(state: { data: SessionData; tally: Tally }): string {
  return hash('sha256', JSON.stringify(plainState(state)));
}
