/** `openbell log --tail` beside a run that another process writes, at a pace that lets it be watched. */
import { existsSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FileLog } from '../../src/index.ts';
import { configOf } from '../support.ts';
import { ended, linesOf, Terminal } from './terminal.ts';

const terminal = new Terminal();
const config = terminal.write(
  'config.json',
  configOf({
    symbols: ['AAPL', 'MSFT', 'TSLA'],
    start: '2024-01-02',
    end: '2024-01-03',
    streams: ['1m', '5m'],
    session: { data: { type: 'synthetic', seed: 3, missing: 0.02 } },
  }),
);
/** A session of six and a half hours takes some two seconds. */
const PACE = ['--speed', '12000'];
const ALL = ['--tail', '--limit', '1000000', '--json'];

/** Starts a run and waits until its log has more than `facts` facts. */
async function startRun(log: string, facts: number) {
  const child = terminal.start('run', config, '--log', log, '--quiet', ...PACE);
  const end = ended(child);
  const position = async () => {
    if (!existsSync(terminal.path(`${log}/manifest.json`))) return 0;
    return (await FileLog.read(terminal.path(log))).position;
  };
  while ((await position()) <= facts) await wait(20);
  return { child, end };
}

const seqsOf = (stdout: string) => linesOf(stdout).map((line) => JSON.parse(line).seq as number);
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

describe('following a run of another process', () => {
  it('prints every fact once and ends with the run, whenever it has begun', async () => {
    const { end } = await startRun('followed', 0);
    const followers = [terminal.start('log', 'followed', ...ALL)].map(ended);
    await wait(500);
    followers.push(ended(terminal.start('log', 'followed', ...ALL)));
    const found = await Promise.all(followers);
    expect((await end).code).toBe(0);
    const whole = await terminal.openbell('log', 'followed', '--json');
    const { position } = await FileLog.read(terminal.path('followed'));
    expect(seqsOf(whole.stdout)).toEqual(upTo(position));
    for (const { code, stdout, stderr } of found) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(whole.stdout);
    }
  });

  it('ends with what there is when the process that writes it is killed, and says so', async () => {
    const { child, end } = await startRun('orphaned', 500);
    const follower = ended(terminal.start('log', 'orphaned', ...ALL));
    await wait(1200);
    child.kill('SIGKILL');
    await end;
    const { code, stdout, stderr } = await follower;
    const { position } = await FileLog.read(terminal.path('orphaned'));
    expect(code).toBe(0);
    expect(seqsOf(stdout)).toEqual(upTo(position));
    expect(stderr).toMatch(/^note: the run was interrupted/);
  });
});
