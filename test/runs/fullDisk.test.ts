/**
 * Runs on a disk that is full, and in a folder that cannot be written.
 *
 * On a small tmpfs where one can be mounted; elsewhere files are limited to a size, and a folder is forbidden.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resumeSession } from '../../src/actors/resumeSession.ts';
import { FileLog } from '../../src/index.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { MAIN, Terminal } from '../cli/terminal.ts';
import { configOf } from '../support.ts';

const terminal = new Terminal();
const config = terminal.write(
  'config.json',
  configOf({
    symbols: ['AAPL', 'MSFT', 'TSLA'],
    start: '2024-01-02',
    end: '2024-01-19',
    streams: ['1m', '5m', '1d'],
    session: { data: { type: 'synthetic', seed: 3, missing: 0.01 } },
  }),
);

const disk = terminal.path('disk');
mkdirSync(disk);
const canMount = mount('size=400k');
if (!canMount) console.warn('no tmpfs can be mounted here: the size of files is limited instead');
afterAll(() => {
  if (canMount) spawnSync('umount', ['-l', disk]);
});

function mount(options: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0;
}

/** Runs the command with files of at most so many kilobytes. */
function limited(kilobytes: number, args: readonly string[]) {
  const command = `ulimit -f ${kilobytes}; trap '' XFSZ; exec "$0" "$@"`;
  const argv = ['-c', command, process.execPath, MAIN, ...args];
  const { status, stdout, stderr } = spawnSync('bash', argv, {
    cwd: terminal.folder,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

async function wholeChain(): Promise<string> {
  const log = terminal.path('whole');
  if (!existsSync(log)) await terminal.openbell('run', config, '--log', 'whole', '--quiet');
  return (await FileLog.read(log)).chainHash();
}

describe('a run on a full disk', () => {
  it('says so and what to do, exits with 3, and is whole once it is resumed with room', async () => {
    const log = 'disk/run';
    const args = ['run', config, '--log', log, '--quiet'];
    const ran = canMount ? await terminal.openbell(...args) : limited(400, args);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(
      /^error: the run failed in phase \d: the log cannot be written, ".*": (ENOSPC|EFBIG)/m,
    );
    expect(ran.stderr).toMatch(/: make room, then resume the run$/m);
    expect(ran.stderr).not.toMatch(/^ +at /m);
    const { damage, position } = checkLog(terminal.path(log));
    expect(damage).toBeNull();
    expect(position).toBeGreaterThan(1000);
    const shown = await terminal.openbell('stats', log);
    expect(shown.code).toBe(0);
    if (canMount) spawnSync('mount', ['-o', 'remount,size=64m', disk]);
    const session = await resumeSession({ log: terminal.path(log) });
    await session.finish();
    expect(checkLog(terminal.path(log))).toMatchObject({
      damage: null,
      chainHash: await wholeChain(),
    });
  });

  it('says so where there is not even room to begin', async () => {
    if (!canMount) return;
    spawnSync('mount', ['-o', 'remount,size=64m', disk]);
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(63 << 20));
    for (const size of [1 << 20, 1 << 16, 4096, 1]) {
      spawnSync('bash', [
        '-c',
        `while head -c ${size} /dev/zero >> ${join(disk, 'ballast')}; do :; done 2> /dev/null`,
      ]);
    }
    const ran = await terminal.openbell('run', config, '--log', 'disk/other', '--quiet');
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(
      /^error: the log cannot be written, ".*": ENOSPC.*: make room, then run it again\n$/,
    );
    rmSync(join(disk, 'ballast'));
    const again = await terminal.openbell('run', config, '--log', 'disk/other', '--quiet');
    expect(again.code).toBe(0);
  });
});

describe('a run in a folder that cannot be written', () => {
  it('says so and exits with 3', async () => {
    const locked = terminal.path('locked');
    if (canMount) spawnSync('mount', ['-o', 'remount,ro', disk]);
    else {
      mkdirSync(locked);
      chmodSync(locked, 0o555);
    }
    const log = join(canMount ? disk : locked, 'new');
    const ran = await terminal.openbell('run', config, '--log', log, '--quiet');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/^error: the log cannot be written, ".*new": (EROFS|EACCES)/);
    expect(ran.stderr).toMatch(/: choose a folder that can be written, then run it again\n$/);
  });

  it('is read all the same', async () => {
    if (!canMount) return;
    const found = await terminal.openbell('stats', 'disk/run');
    expect(found.code).toBe(0);
    const printed = await terminal.openbell('log', 'disk/run', '--limit', '3', '--json');
    expect(printed.code).toBe(0);
    expect(printed.stdout.split('\n')).toHaveLength(4);
  });
});
