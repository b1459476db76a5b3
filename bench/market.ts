/** A market for measuring: seeded random walks in cents, every bar present. */
import { findCalendar } from '../src/index.ts';

/** Numbers of many bars, field by field. */
export interface Table {
  opened: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
}

export interface Columns extends Table {
  readonly interval: string;
}

export interface Market {
  readonly symbols: readonly string[];
  readonly days: number;
  readonly start: string;
  readonly end: string;
  readonly bars: number;
  /** Bars of one symbol after those of the other: what `columns` are views of. */
  readonly table: Table;
  readonly columns: Readonly<Record<string, Columns>>;
}

const MINUTE = 60_000;

function random(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const XNYS = findCalendar('XNYS')!;

/** When the session of `date` opens. */
export function openOf(date: string): number {
  return XNYS.session(date)!.open;
}

const cents = (price: number) => Math.round(price * 100) / 100;

/** `symbols` × `days` sessions of XNYS from 2023-01-03 on, in bars of `step` milliseconds. */
export function createMarket(symbols: number, days: number, step = MINUTE): Market {
  const from = XNYS.tradingDates.indexOf('2023-01-03');
  const sessions = XNYS.tradingDates.slice(from, from + days).map((date) => XNYS.session(date)!);
  const perSymbol = sessions.reduce((sum, s) => sum + (s.close - s.open) / step, 0);
  const next = random(7);
  const column = () => new Float64Array(symbols * perSymbol);
  const table = {
    opened: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  };
  const columns: Record<string, Columns> = {};
  const names = Array.from({ length: symbols }, (_, i) => `S${String(i).padStart(4, '0')}`);
  names.forEach((name, s) => {
    const of = (all: Float64Array) => all.subarray(s * perSymbol, (s + 1) * perSymbol);
    const made = {
      interval: step === MINUTE ? '1m' : `${step / 1000}s`,
      opened: of(table.opened),
      open: of(table.open),
      high: of(table.high),
      low: of(table.low),
      close: of(table.close),
      volume: of(table.volume),
    };
    let price = 50 + s;
    let row = 0;
    for (const session of sessions) {
      for (let opened = session.open; opened < session.close; opened += step) {
        const open = cents(price);
        price = Math.max(1, price * (1 + (next() - 0.5) * 0.002));
        const close = cents(price);
        made.opened[row] = opened;
        made.open[row] = open;
        made.close[row] = close;
        made.high[row] = cents(Math.max(open, close) * 1.0002);
        made.low[row] = Math.min(open, close, cents(Math.min(open, close) * 0.9998));
        made.volume[row] = Math.round(100 + next() * 5000);
        row += 1;
      }
    }
    columns[name] = made;
  });
  return {
    symbols: names,
    days,
    start: sessions[0]!.date,
    end: sessions.at(-1)!.date,
    bars: perSymbol * symbols,
    table,
    columns,
  };
}
