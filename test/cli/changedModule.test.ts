/** Runs of a strategy in a file that is edited between them: every tool says that it was. */
import { beforeAll, describe, expect, it } from 'vitest';
import { killedAt } from '../runs/replayed.ts';
import { configOf } from '../support.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal();
const CHANGED = 'mine.mjs has changed since the run was recorded';

/** Buys above a price. */
function strategy(price: number, more = ''): void {
  const onBar = `onBar({ symbol, close }, { emit }) { if (close > ${price}) emit({ symbol, side: 'buy' }); }`;
  terminal.write('mine.mjs', `export class Mine { ${onBar} }\n${more}`);
}

beforeAll(async () => {
  const session = {
    data: { type: 'synthetic', seed: 7 },
    strategies: [{ module: 'mine.mjs' }],
  };
  const config = terminal.write('mine.json', configOf({ symbols: ['TSLA'], session }));
  for (const [log, price] of [
    ['first', 18.4],
    ['second', 18.3],
  ] as const) {
    strategy(price);
    expect((await terminal.openbell('run', config, '--log', log, '--quiet')).code).toBe(0);
  }
});

describe('a strategy whose file was edited', () => {
  it('is among what two runs differ in', async () => {
    const { stdout } = await terminal.openbell('diff', 'first', 'second');
    expect(stdout).toMatch(
      /differences in config, data and code:\n.*\n +code modules\.mine\.mjs +[0-9a-f]{9}/,
    );
  });

  it('is what verify and fork suspect', async () => {
    const verified = await terminal.openbell('verify', 'first', '--quiet');
    expect(verified.code).toBe(1);
    expect(verified.stdout).toContain(`strategy "mine" decided differently: ${CHANGED}\n`);
    const forked = await terminal.openbell('fork', 'first', '--at', '15:30', '--log', 'third');
    expect(forked.code).toBe(2);
    expect(forked.stderr).toContain(CHANGED);
  });

  it('is not gone on with by resume, even if its past is the same', async () => {
    strategy(18.4);
    killedAt(terminal.path('first'), terminal.path('killed'), 30_000);
    strategy(18.4, '// as before\n');
    const { code, stderr } = await terminal.openbell('resume', 'killed', '--quiet');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: mine\.mjs has changed since the run was recorded, and the run "first" goes on/,
    );
    strategy(18.4);
    const whole = await terminal.json('verify', 'first', '--json', '--quiet');
    const resumed = await terminal.json('resume', 'killed', '--json', '--quiet');
    expect(resumed.chain_hash).toBe(whole.chain_hash);
  });

  it('of another name than the one that reads chance is not blamed for it', async () => {
    const chance = 'onBar({ symbol }, { emit }) { emit({ symbol, side: String(Math.random()) }); }';
    terminal.write('chance.mjs', `export class Chance { ${chance} }`);
    strategy(18.4);
    const session = {
      data: { type: 'synthetic', seed: 7 },
      strategies: [{ module: 'chance.mjs' }, { module: 'mine.mjs' }],
    };
    const config = terminal.write('two.json', configOf({ symbols: ['TSLA'], session }));
    await terminal.openbell('run', config, '--log', 'two', '--quiet');
    strategy(18.4, '// as before\n');
    const { stdout } = await terminal.openbell('verify', 'two', '--quiet');
    expect(stdout).toContain('strategy "chance" decided differently: it calls Math.random');
    expect(stdout).toContain(CHANGED);
  });

  it('is told of also where it makes no difference', async () => {
    strategy(18.4, '// as before\n');
    const { code, stdout } = await terminal.openbell('verify', 'first', '--quiet');
    expect(code).toBe(0);
    expect(stdout).toContain(`\n\n${CHANGED}\n`);
    strategy(18.4);
    expect((await terminal.openbell('verify', 'first', '--quiet')).stdout).not.toContain(
      'mine.mjs',
    );
  });

  it('is recorded with a fork as it is for the fork', async () => {
    strategy(18.4);
    await terminal.openbell('fork', 'first', '--at', '15:30', '--log', 'fourth', '--quiet');
    const { stdout } = await terminal.openbell('diff', 'first', 'fourth');
    expect(stdout).not.toContain('code modules');
  });
});
