import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configOf } from '../support.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();

describe('openbell config init', () => {
  it('writes a config that is valid, and never over another file', async () => {
    const first = await terminal.openbell('config', 'init');
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/^wrote config.yaml\n/);
    expect(first.stderr).toContain('npm run -s openbell -- config check config.yaml\n');
    const check = await terminal.openbell('config', 'check', 'config.yaml');
    expect(check.code).toBe(0);
    expect(check.stdout).toMatch(/^config.yaml is valid\n/);
    expect(check.stdout).toMatch(/^sessions +4 sessions, 2024-01-02 to 2024-01-05$/m);
    terminal.write('config.yaml', 'mine');
    const second = await terminal.openbell('config', 'init');
    expect(second).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: "config.yaml" exists: choose another name, or write over it with --force\n',
    });
    expect(readFileSync(terminal.path('config.yaml'), 'utf8')).toBe('mine');
    expect((await terminal.openbell('config', 'init', '--force')).code).toBe(0);
    expect(readFileSync(terminal.path('config.yaml'), 'utf8')).toContain('session_name:');
  });

  it('writes JSON with --json or for a name that says so', async () => {
    await terminal.openbell('config', 'init', '--json');
    await terminal.openbell('config', 'init', 'other.json');
    const [a, b] = ['config.json', 'other.json'].map((name) =>
      readFileSync(terminal.path(name), 'utf8'),
    );
    expect(JSON.parse(a!).session_name).toBe('first session');
    expect(b).toBe(a);
    const both = await terminal.openbell('config', 'init', 'third.json', '--yaml');
    expect(both.code).toBe(2);
    expect(existsSync(terminal.path('third.json'))).toBe(false);
  });
});

describe('openbell config schema', () => {
  it('prints a JSON Schema', async () => {
    const schema = await terminal.json('config', 'schema');
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(Object.keys(schema.properties)).toContain('session_data_config');
  });
});

describe('openbell config check', () => {
  it('names all of 14 mistakes, each with its place, and returns 1', async () => {
    const config = {
      session_nam: 'x',
      exchange_group: 'US_EQUTY',
      mode: 'backtest',
      backtest_config: { start_date: '2024-01-05', end_date: '2024-01-02', prefetch_days: 0 },
      session_data_config: {
        symbols: ['AAPL', 'AAPL'],
        streams: ['1m', 'tick', '5x'],
        data: { type: 'csv', path: 'a.csv', interval: '1m' },
        indicators: {
          session: [
            { name: 'smaa', period: 20, interval: '5m' },
            { name: 'bbands', period: 20, interval: '5m', params: { num_sdt: 2 } },
            { name: 'ema', interval: '5m' },
          ],
        },
      },
      trading_config: {
        max_buying_power: 100,
        max_per_trade: 200,
        max_per_symbol: -1,
        max_open_positions: 0,
      },
    };
    const file = terminal.write('wrong.json', config);
    const paths = [
      'session_nam',
      'exchange_group',
      'backtest_config.end_date',
      'backtest_config.prefetch_days',
      'session_data_config.symbols[1]',
      'session_data_config.streams[1]',
      'session_data_config.streams[2]',
      'session_data_config.data.stamp',
      'session_data_config.indicators.session[0].name',
      'session_data_config.indicators.session[1].params.num_sdt',
      'session_data_config.indicators.session[2].period',
      'trading_config.max_per_trade',
      'trading_config.max_per_symbol',
      'trading_config.max_open_positions',
    ];
    const { code, stdout } = await terminal.openbell('config', 'check', file, '--json');
    const { valid, problems } = JSON.parse(stdout);
    expect({ code, valid }).toEqual({ code: 1, valid: false });
    expect(problems.map(({ path }: { path: string }) => path)).toEqual(paths);
    expect(problems[8]).toMatchObject({ found: 'smaa', suggestion: 'sma' });
    const human = await terminal.openbell('config', 'check', file);
    expect(human.code).toBe(1);
    expect(human.stdout).toMatch(/^wrong.json has 14 mistakes:\n/);
    expect(human.stdout).toContain('(did you mean "sma"?)');
    const run = await terminal.openbell('run', file);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^error: the config has 14 mistakes:\n/);
    expect(existsSync(terminal.path('runs'))).toBe(false);
  });

  it('finds a window without a session, and modules that cannot be used', async () => {
    const session = {
      strategies: [
        { module: 'sma-crss', config: {} },
        { module: 'sma-cross', config: { fast: 'sma_5_1m' } },
        { module: 'gone.ts', enabled: false },
      ],
    };
    const config = configOf({ start: '2024-01-06', end: '2024-01-07', session });
    const { valid, problems } = await terminal.json(
      'config',
      'check',
      terminal.write('idle.json', config),
      '--json',
    );
    expect(valid).toBe(false);
    expect(problems).toEqual([
      {
        path: 'backtest_config',
        message:
          'window "2024-01-06" to "2024-01-07" has no trading day of XNYS: ' +
          'widen it to the nearest, "2024-01-05" before or "2024-01-08" after',
        found: { start_date: '2024-01-06', end_date: '2024-01-07' },
      },
      {
        path: 'session_data_config.strategies[0]',
        message: expect.stringContaining('did you mean "sma-cross"?'),
      },
      {
        path: 'session_data_config.strategies[1]',
        message: expect.stringContaining('"sma-cross" needs config.slow'),
      },
    ]);
  });

  it('tells of every layer at once: values, the calendar, periods, modules and their configs', async () => {
    const session = {
      indicators: {
        historical: [
          { name: 'smaa', period: 3, unit: 'days', interval: '1d' },
          { name: 'sma', period: 3, unit: 'days', interval: '1w' },
        ],
      },
      strategies: [{ module: 'nope' }],
      scanners: [{ module: 'gap', config: { nope: 1 } }, { module: 7 }],
    };
    const config = configOf({ start: '2024-01-06', end: '2024-01-07', session });
    const file = terminal.write('layers.json', { ...config, session_name: ' ' });
    const { problems } = await terminal.json('config', 'check', file, '--json');
    const places = problems.map(({ path }: { path: string }) => path);
    expect(places).toEqual([
      'session_name',
      'backtest_config',
      'session_data_config.indicators.historical[0].name',
      'session_data_config.indicators.historical[1]',
      'session_data_config.scanners[1].module',
      'session_data_config.strategies[0]',
      'session_data_config.scanners[0]',
    ]);
    expect(await terminal.openbell('run', file)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: the config has 7 mistakes:\n/),
    });
  });

  it('says what a run would do', async () => {
    const config = configOf({
      symbols: ['aapl', 'MSFT'],
      start: '2024-01-01',
      end: '2024-01-06',
      streams: ['60s', '5m'],
      session: {
        data: { type: 'csv', path: 'bars/{symbol}.csv', interval: '1m', stamp: 'open' },
        historical: {
          indicators: { high: { type: 'trailing_max', period: '52w', field: 'high' } },
        },
        indicators: {
          session: [{ name: 'sma', period: 20, interval: '5m' }],
          historical: [{ name: 'atr', period: 2, unit: 'weeks', interval: '1d' }],
        },
      },
    });
    const plan = await terminal.json(
      'config',
      'check',
      terminal.write('ok.json', config),
      '--json',
    );
    expect(plan).toEqual({
      valid: true,
      session_name: 'test',
      sessions: '4 sessions, 2024-01-02 to 2024-01-05',
      symbols: ['AAPL', 'MSFT'],
      streams: ['1m', '5m'],
      indicators: ['sma_20_5m', 'high_52w', 'atr_2_1d'],
      scanners: [],
      strategies: [],
      data: ['csv bars/{symbol}.csv'],
    });
  });

  it('returns 1 for a file that is no config, 2 for one that is not there', async () => {
    const broken = await terminal.openbell(
      'config',
      'check',
      terminal.write('broken.json', '{"a": '),
    );
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain('"broken.json" cannot be read at line 1');
    const absent = await terminal.openbell('config', 'check', 'absent.yaml');
    expect(absent.code).toBe(2);
    expect(absent.stderr).toMatch(/^error: there is no config file "absent.yaml"/);
  });
});
