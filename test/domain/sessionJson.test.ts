import { describe, expect, it } from 'vitest';
import { xnys } from '../../src/domain/calendar/xnys.ts';
import type { ControlType, Fields } from '../../src/domain/facts.ts';
import { foldFrame } from '../../src/domain/fold.ts';
import { Block, type BlockType, type Section } from '../../src/domain/frame.ts';
import { SeriesTable } from '../../src/domain/series.ts';
import { SessionData } from '../../src/domain/sessionData.ts';
import { sessionJson, sessionJsonText } from '../../src/domain/sessionJson.ts';
import { Tally } from '../../src/domain/tally.ts';
import { MINUTE_MS as MINUTE } from '../../src/domain/time.ts';

const OPEN = Date.parse('2024-01-02T14:30:00Z');
const CLOSE = Date.parse('2024-01-02T21:00:00Z');

/** A log in the making: facts are folded and counted as they are added. */
class Run {
  readonly data = new SessionData();
  readonly tally = new Tally();
  readonly #table = new SeriesTable();
  #at = OPEN;

  at(minute: number): this {
    this.#at = OPEN + minute * MINUTE;
    return this;
  }

  fact<T extends ControlType>(type: T, fields: Fields<T>, by = 'session'): this {
    const seq = this.data.seq + 1;
    const fact = { seq, at: this.#at, type, by, cause: null, ...fields } as never;
    return this.#fold({ kind: 'control', facts: [fact] });
  }

  /** Rows without the series number and the cause, which every one begins with. */
  block(type: BlockType, name: string, rows: readonly number[][], outputs?: string[]): this {
    const block = new Block(type);
    block.by = 'session/processor';
    block.firstSeq = this.data.seq + 1;
    block.rows = rows.length;
    const entry = { symbol: 'AAPL', name, ...(outputs && { outputs }) };
    const series = this.#table.find(entry) ?? this.#table.add(entry);
    for (const row of rows) {
      for (const [i, value] of [series, 0, ...row].entries()) block.columns[i]!.push(value);
    }
    return this.#fold(block);
  }

  history(fields: Record<string, unknown>, rows: readonly number[][]): this {
    const block = new Block('HistoricalBarsLoaded');
    block.firstSeq = this.data.seq + 1;
    block.rows = rows.length;
    block.extra = { symbol: 'AAPL', held: [], provenance: [], cause: 1, ...fields };
    for (const row of rows) {
      for (const [i, value] of row.entries()) block.columns[i]!.push(value);
    }
    return this.#fold(block);
  }

  json(config: Record<string, unknown> = { session_name: 'test' }) {
    return sessionJson(this.data, this.context(config));
  }

  context(config: Record<string, unknown> = {}) {
    const system = { openbell: '1.2.3', node: '24.0.0' };
    return { calendar: xnys, config, tally: this.tally, system };
  }

  #fold(section: Section): this {
    const { seq } = this.data;
    const count = section.kind === 'block' ? section.facts : section.facts.length;
    const frame = { at: this.#at, firstSeq: seq + 1, count, sections: [section], series: [] };
    foldFrame(this.data, frame, this.#table);
    this.tally.add(frame);
    return this;
  }
}

/** One symbol, its second minute missing, at 09:33. */
function threeMinutes(): Run {
  return new Run()
    .fact('RunStarted', { config: {}, data: {} })
    .fact('TransitionTaken', { actor: 'session', message: 'go', from: null, to: 'active' })
    .fact('SymbolRegistered', {
      symbol: 'AAPL',
      base: '1m',
      intervals: ['3m'],
      added_by: 'config',
      auto_provisioned: false,
      upgraded_from_adhoc: false,
      meets_session_config_requirements: true,
    })
    .history(
      {
        interval: '1d',
        from: '2023-12-28',
        to: '2023-12-29',
        visible_from: '2023-12-28',
        days: [
          { date: '2023-12-28', bars: 1 },
          { date: '2023-12-29', bars: 1 },
        ],
      },
      [
        [Date.parse('2023-12-28T14:30:00Z'), 10, 12, 9, 11, 1000, 1, 1],
        [Date.parse('2023-12-29T14:30:00Z'), 11, 13, 10, 12, 2000, 1, 1],
      ],
    )
    .fact('IndicatorRegistered', {
      symbol: 'AAPL',
      key: 'sma_2_1m',
      name: 'sma',
      interval: '1m',
      period: 2,
      params: {},
      outputs: [],
      warmup: 2,
    })
    .fact('IndicatorRegistered', {
      symbol: 'AAPL',
      key: 'macd_1m',
      name: 'macd',
      interval: '1m',
      period: 0,
      params: { fast: 12, slow: 26, signal: 9 },
      outputs: ['macd', 'signal', 'histogram'],
      warmup: 34,
    })
    .fact('HistoricalQualityScored', {
      symbol: 'AAPL',
      interval: '1d',
      quality: 50,
      present: 2,
      expected: 4,
    })
    .fact(
      'ActorSetUp',
      { actor: 'processor', allocated: { symbols: 1, series: 2, indicators: 2 } },
      'session/processor',
    )
    .fact('SessionActivated', { date: '2024-01-02', open: OPEN, close: CLOSE, symbols: ['AAPL'] })
    .at(1)
    .block('BarAppended', '1m', [[OPEN, 12, 14, 11, 13, 100, 1, 1]])
    .block('IndicatorUpdated', 'sma_2_1m', [[0, Number.NaN]], [])
    .at(3)
    .block('BarAppended', '1m', [[OPEN + 2 * MINUTE, 13, 16, 12.5, 15.5, 300, 1, 1]])
    .block('BarDerived', '3m', [[OPEN, 12, 16, 11, 15.5, 400, 2, 3]])
    .block('IndicatorUpdated', 'sma_2_1m', [[1, 14.25]], [])
    .fact('GapDetected', {
      symbol: 'AAPL',
      interval: '1m',
      start: OPEN + MINUTE,
      end: OPEN + 2 * MINUTE,
      missing: 1,
    })
    .fact('SignalEmitted', {
      strategy: 'mine',
      symbol: 'AAPL',
      side: 'buy',
      strength: 1,
      reason: '',
    });
}

const COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume', 'count', 'expected'];

describe('the export of a session', () => {
  const json = threeMinutes().json();
  const symbol = json.session_data.AAPL as Record<string, Record<string, unknown>>;

  it('has exactly the keys that are promised', () => {
    expect(Object.keys(json)).toEqual([
      'session_data',
      'performance_metrics',
      'time_manager',
      'actors',
      'system',
      'session_config',
      '_metadata',
    ]);
    expect(Object.keys(symbol)).toEqual([
      'bars',
      'indicators',
      'historical',
      'metrics',
      'quotes',
      'metadata',
    ]);
  });

  it('gives base bars as rows, times with the offset of the exchange', () => {
    expect(symbol.bars!['1m']).toEqual({
      derived: false,
      base: null,
      quality: (2 / 3) * 100,
      count: 2,
      columns: COLUMNS,
      data: [
        ['2024-01-02T09:30:00.000-05:00', 12, 14, 11, 13, 100, 1, 1],
        ['2024-01-02T09:32:00.000-05:00', 13, 16, 12.5, 15.5, 300, 1, 1],
      ],
      gaps: {
        gap_count: 1,
        missing_bars: 1,
        ranges: [
          {
            start_time: '2024-01-02T09:31:00.000-05:00',
            end_time: '2024-01-02T09:32:00.000-05:00',
            bar_count: 1,
          },
        ],
      },
    });
  });

  it('gives derived bars the quality of their base', () => {
    expect(symbol.bars!['3m']).toEqual({
      derived: true,
      base: '1m',
      quality: (2 / 3) * 100,
      count: 1,
      columns: COLUMNS,
      data: [['2024-01-02T09:30:00.000-05:00', 12, 16, 11, 15.5, 400, 2, 3]],
      gaps: { gap_count: 0, missing_bars: 0, ranges: [] },
    });
  });

  it('gives the current value of every indicator, with what it was made of', () => {
    expect(symbol.indicators!.session).toEqual({
      sma_2_1m: {
        current_value: 14.25,
        valid: true,
        last_updated: '2024-01-02T09:33:00.000-05:00',
        config: { name: 'sma', period: 2, interval: '1m', params: {} },
      },
      macd_1m: {
        current_value: null,
        valid: false,
        last_updated: null,
        config: {
          name: 'macd',
          period: 0,
          interval: '1m',
          params: { fast: 12, slow: 26, signal: 9 },
        },
      },
    });
  });

  it('gives history by date', () => {
    expect(symbol.historical).toEqual({
      indicators: {},
      bars: {
        '1d': {
          quality: 50,
          missing_bars: 2,
          date_range: { start_date: '2023-12-28', end_date: '2023-12-29', days: 2 },
          count: 2,
          columns: COLUMNS,
          data: {
            '2023-12-28': [['2023-12-28T09:30:00.000-05:00', 10, 12, 9, 11, 1000, 1, 1]],
            '2023-12-29': [['2023-12-29T09:30:00.000-05:00', 11, 13, 10, 12, 2000, 1, 1]],
          },
        },
      },
    });
  });

  it('gives metrics, the quote of the last bar, and where the symbol comes from', () => {
    expect(symbol.metrics).toEqual({
      open: 12,
      high: 16,
      low: 11,
      last: 15.5,
      volume: 400,
      // Typical prices are 38/3 and 44/3, volumes 100 and 300.
      vwap: ((38 / 3) * 100 + (44 / 3) * 300) / 400,
      bar_count: 2,
      last_update: '2024-01-02T09:33:00.000-05:00',
    });
    expect(symbol.quotes).toEqual({
      timestamp: '2024-01-02T09:33:00.000-05:00',
      bid: 15.5,
      ask: 15.5,
      bid_size: 0,
      ask_size: 0,
      source: 'bar',
    });
    expect(symbol.metadata).toEqual({
      added_by: 'config',
      added_at: '2024-01-02T09:30:00.000-05:00',
      auto_provisioned: false,
      upgraded_from_adhoc: false,
      meets_session_config_requirements: true,
    });
  });

  it('says what the log knows of the run', () => {
    expect(json.performance_metrics).toEqual({
      sessions_ended: 0,
      bars_processed: 2,
      bars_derived: 1,
      indicator_updates: 2,
      signals: 1,
      frames: 16,
      events: 16,
      events_by_type: {
        ActorSetUp: 1,
        BarAppended: 2,
        BarDerived: 1,
        GapDetected: 1,
        HistoricalBarsLoaded: 1,
        HistoricalQualityScored: 1,
        IndicatorRegistered: 2,
        IndicatorUpdated: 2,
        RunStarted: 1,
        SessionActivated: 1,
        SignalEmitted: 1,
        SymbolRegistered: 1,
        TransitionTaken: 1,
      },
    });
    expect(json.actors).toEqual({
      session: { state: 'active', set_up: 0, torn_down: 0, allocated: null, last_error: null },
      'session/processor': {
        state: null,
        set_up: 1,
        torn_down: 0,
        allocated: { symbols: 1, series: 2, indicators: 2 },
        last_error: null,
      },
    });
    expect(json.time_manager).toEqual({
      exchange: 'XNYS',
      timezone: 'America/New_York',
      current_time: '2024-01-02T09:33:00.000-05:00',
      session: {
        date: '2024-01-02',
        open: '2024-01-02T09:30:00.000-05:00',
        close: '2024-01-02T16:00:00.000-05:00',
        is_early_close: false,
      },
    });
    expect(json.system).toEqual({
      openbell: '1.2.3',
      node: '24.0.0',
      status: 'running',
      phase: null,
    });
    expect(json.session_config).toEqual({ session_name: 'test' });
    expect(json._metadata).toEqual({
      version: 1,
      mode: 'complete',
      seq: 16,
      from_seq: 0,
      changed_paths: [],
    });
  });

  it('assigns 100 where quality is not measured', () => {
    const gap_filler = { enable_session_quality: false };
    const { session_data } = threeMinutes().json({ session_data_config: { gap_filler } });
    expect(session_data.AAPL).toMatchObject({ bars: { '1m': { quality: 100 } } });
  });

  it('is nothing but its frame before anything is registered', () => {
    const empty = new Run().json();
    expect(empty.session_data).toEqual({});
    expect(empty.time_manager).toMatchObject({ session: null });
    expect(empty._metadata).toMatchObject({ seq: 0 });
  });

  it('is the same object as text', () => {
    const run = threeMinutes();
    const pieces = [...sessionJsonText(run.data, run.context({ session_name: 'test' }))];
    expect(JSON.parse(pieces.join(''))).toEqual(json);
    expect(pieces.some((piece) => piece.startsWith('\n"AAPL":'))).toBe(true);
  });
});
