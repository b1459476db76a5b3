/** A market for measuring: seeded random walks in cents, minute bars, every minute present. */
import { calendarNames, findCalendar } from '../src/index.ts';

export interface Columns {
  opened: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  volume: Float64Array;
}

export interface Market {
  readonly symbols: readonly string[];
  readonly days: number;
  readonly start: string;
  readonly end: string;
  readonly bars: number;
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

const cents = (price: number) => Math.round(price * 100) / 100;

/** `symbols` × `days` sessions of XNYS from 2023-01-03 on. */
export function createMarket(symbols: number, days: number): Market {
  const calendar = findCalendar('XNYS');
  if (calendar === undefined) throw new Error(`no XNYS among ${calendarNames().join(', ')}`);
  const from = calendar.tradingDates.indexOf('2023-01-03');
  const sessions = calendar.tradingDates
    .slice(from, from + days)
    .map((date) => calendar.session(date)!);
  const perSymbol = sessions.reduce((sum, s) => sum + (s.close - s.open) / MINUTE, 0);
  const next = random(7);
  const columns: Record<string, Columns> = {};
  const names = Array.from({ length: symbols }, (_, i) => `S${String(i).padStart(4, '0')}`);
  names.forEach((name, s) => {
    const column = () => new Float64Array(perSymbol);
    const made = {
      opened: column(),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
    };
    let price = 50 + s;
    let row = 0;
    for (const session of sessions) {
      for (let opened = session.open; opened < session.close; opened += MINUTE) {
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
    columns,
  };
}
