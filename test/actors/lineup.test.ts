import { describe, expect, it } from 'vitest';
import { ConfigInvalid, openSession } from '../../src/index.ts';
import { barsOf, configOf } from '../support.ts';

const data = { AAPL: barsOf({ dates: ['2024-01-02'] }) };
const scanner = (module: string, config: object) => ({ module, config, pre_session: true });

describe('modules that a config names', () => {
  it('are all tried, and every mistake is told with its place', async () => {
    const session = {
      strategies: [{ module: 'smacross' }],
      scanners: [scanner('gapp', {}), scanner('gap', { top: 0, min_gap: 2 })],
    };
    const opening = openSession({ config: configOf({ session }), data });
    const error = await opening.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigInvalid);
    expect((error as ConfigInvalid).problems).toEqual([
      {
        path: 'session_data_config.strategies[0]',
        message: expect.stringContaining('no strategy "smacross" is registered'),
      },
      {
        path: 'session_data_config.scanners[0]',
        message: expect.stringContaining('did you mean "gap"?'),
      },
      {
        path: 'session_data_config.scanners[1]',
        message: expect.stringMatching(/min_gap.*top|top.*min_gap/),
      },
    ]);
  });

  it('are made also where their configs hold what is not defined', async () => {
    const config = { limit: undefined };
    const session = {
      strategies: [{ module: 'mine', config }],
      scanners: [{ module: 'ours', config, pre_session: true }],
    };
    const made: string[] = [];
    const making = <T>(name: string, instance: T) => {
      made.push(name);
      return instance;
    };
    await using opened = await openSession({
      config: configOf({ session }),
      data,
      strategies: { mine: () => making('mine', {}) },
      scanners: { ours: () => making('ours', { scan: () => ({ symbols: [] }) }) },
    });
    await opened.finish();
    expect(made).toEqual(['mine', 'ours']);
    expect(opened.summary().facts).toMatchObject({ ScanCompleted: 1 });
  });

  it('say at once what they want: a promise is refused, and one that fails hurts nobody', async () => {
    const wants = () => Promise.reject(new Error('too late'));
    const session = { strategies: [{ module: 'mine' }], scanners: [scanner('ours', {})] };
    const opening = openSession({
      config: configOf({ session }),
      data,
      strategies: { mine: () => ({ subscribe: wants as never }) },
      scanners: { ours: () => ({ subscribe: wants as never, scan: () => ({ symbols: [] }) }) },
    });
    await expect(opening).rejects.toThrow(
      /strategy "mine" failed in subscribe: it returned a promise.*\n.*scanner "ours" failed in subscribe: it returned/,
    );
  });
});
