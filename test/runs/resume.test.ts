import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { NotResumable, openSession, resumeSession, sealLog, verifyLog } from '../../src/index.ts';
import { type Disk, REAL_DISK } from '../../src/store/disk.ts';
import { TroubledFeed } from '../actors/troubledFeed.ts';
import { random } from '../support.ts';
import {
  bytesOf,
  configWith,
  DATES,
  editManifest,
  framesIn,
  given,
  killedAt,
  market,
  recordRun,
  runsFolder,
  strategies,
  Turns,
} from './replayed.ts';

const folder = runsFolder();
const told = join(folder, 'told');
const plain = join(folder, 'plain');

beforeAll(async () => {
  await recordRun(told);
  await (await openSession({ config: configWith(), ...given, log: plain })).finish();
});

function journalOf(run: string): { type: string }[] {
  const lines = readFileSync(join(run, 'journal.ndjson'), 'utf8').trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

function manifestOf(run: string) {
  return JSON.parse(readFileSync(join(run, 'manifest.json'), 'utf8'));
}

/** Resumes to the end. */
async function resumed(log: string) {
  const session = await resumeSession({ ...given, log });
  const position = session.log.position;
  await session.finish();
  return { session, position };
}

describe('a run that was killed', () => {
  it('goes on to the log it would have had, wherever its last frame ends', async () => {
    const frames = framesIn(plain);
    const next = random(4);
    const count = Number(process.env.CUTS ?? 8);
    for (let i = 0; i < count; i++) {
      const frame = frames[Math.floor(next() * frames.length)]!;
      const copy = killedAt(plain, join(folder, `killed-${i}`), frame.end);
      await resumed(copy);
      expect(bytesOf(copy).equals(bytesOf(plain)), `after fact ${frame.lastSeq}`).toBe(true);
    }
  });

  it('has its torn tail cut, which manifest and journal tell', async () => {
    const frame = framesIn(plain)[400]!;
    const copy = killedAt(plain, join(folder, 'torn'), frame.end - 5);
    const { position } = await resumed(copy);
    expect(position).toBe(frame.firstSeq - 1);
    expect(bytesOf(copy).equals(bytesOf(plain))).toBe(true);
    const cut = frame.end - 5 - frame.start;
    expect(manifestOf(copy)).toMatchObject({ status: 'completed', recovered: { bytes_cut: cut } });
    expect(journalOf(copy).map(({ type }) => type)).toContain('Resumed');
  });

  it('is resumed where messages from outside had been received, each again in its place', async () => {
    const frames = framesIn(told);
    const last = frames.find(({ lastSeq }) => lastSeq > lastMessage());
    for (const frame of [last!, frames.at(-3)!]) {
      const copy = killedAt(told, join(folder, `told-${frame.lastSeq}`), frame.end);
      await resumed(copy);
      expect(bytesOf(copy).equals(bytesOf(told))).toBe(true);
    }
  });

  it('can be resumed before its first fact', async () => {
    const copy = killedAt(plain, join(folder, 'first'), framesIn(plain)[0]!.start);
    await resumed(copy);
    expect(bytesOf(copy).equals(bytesOf(plain))).toBe(true);
  });

  it('stands where it ended until it is asked to go on', async () => {
    const frame = framesIn(plain)[200]!;
    const copy = killedAt(plain, join(folder, 'standing'), frame.end);
    const session = await resumeSession({ ...given, log: copy });
    expect([session.status, session.view.seq]).toEqual(['running', frame.lastSeq]);
    const step = await session.step();
    expect(step?.firstSeq).toBe(frame.lastSeq + 1);
    await session.stop();
    expect(bytesOf(copy).subarray(0, frame.end)).toEqual(bytesOf(plain).subarray(0, frame.end));
  });

  it('can be killed and resumed over and over', async () => {
    const frames = framesIn(plain);
    const copy = killedAt(plain, join(folder, 'again-0'), frames[50]!.end);
    let last = copy;
    for (let i = 1; i < 4; i++) {
      const session = await resumeSession({ ...given, log: last });
      await session.runUntil(Date.parse('2024-01-02T15:00:00Z') + i * 3_600_000);
      await session.log.read({ from: 1, to: 1 });
      await session.stop();
      last = killedAt(last, join(folder, `again-${i}`), framesIn(last).at(-2)!.end);
    }
    await resumed(last);
    expect(bytesOf(last).equals(bytesOf(plain))).toBe(true);
  });
});

function lastMessage(): number {
  const text = bytesOf(told).toString('latin1');
  expect(text).toContain('symbol.remove');
  const frames = framesIn(told);
  const at = text.lastIndexOf('symbol.remove');
  return frames.find(({ start, end }) => start <= at && at < end)!.lastSeq + 20;
}

describe('a run that was stopped', () => {
  async function stoppedAt(name: string, time: string): Promise<string> {
    const log = join(folder, name);
    const session = await openSession({ config: configWith(), ...given, log });
    await session.runUntil(Date.parse(time));
    await session.stop();
    return log;
  }

  it('has its stop taken back', async () => {
    const log = await stoppedAt('stopped', '2024-01-02T16:30:00Z');
    expect(bytesOf(log).toString('latin1')).toContain('RunStopped');
    await resumed(log);
    expect(bytesOf(log).equals(bytesOf(plain))).toBe(true);
    expect(manifestOf(log)).toMatchObject({ status: 'completed', closed: { segments: 1 } });
  });

  it('keeps it when what is asked of it cannot be done', async () => {
    const log = await stoppedAt('kept', '2024-01-02T16:30:00Z');
    const before = bytesOf(log);
    const other = {
      turns: class extends Turns {
        constructor() {
          super({ side: 'sell' });
        }
      },
    };
    const wrong = resumeSession({ log, data: market, strategies: other });
    await expect(wrong).rejects.toThrow(/comes out differently at fact \d+: SignalEmitted of/);
    expect(bytesOf(log).equals(before)).toBe(true);
    expect(manifestOf(log).status).toBe('stopped');
    await resumed(log);
    expect(bytesOf(log).equals(bytesOf(plain))).toBe(true);
  });

  it('opens, and resumes, after a crash at any point of taking the stop back', async () => {
    const log = await stoppedAt('crash', '2024-01-02T16:30:00Z');
    editManifest(log, { closed: null, status: 'recovered' });
    await resumed(log);
    expect(bytesOf(log).equals(bytesOf(plain))).toBe(true);
  });

  it('leaves no lock behind', async () => {
    const log = await stoppedAt('locks', '2024-01-02T16:30:00Z');
    await resumed(log);
    expect(readdirSync(log).filter((name) => name.startsWith('lock'))).toEqual([]);
  });
});

describe('resuming is refused', () => {
  it('for a completed run, which says that there is nothing to do', async () => {
    const refusal = await resumeSession({ ...given, log: plain }).catch((error) => error);
    expect(refusal).toBeInstanceOf(NotResumable);
    expect([refusal.isComplete, refusal.message]).toEqual([
      true,
      'the run "plain" is completed: there is nothing to resume',
    ]);
  });

  it('for a run that failed by itself', async () => {
    const log = join(folder, 'failed');
    const bad = { turns: () => ({ onSessionEnd: () => JSON.parse('{') }) };
    const session = await openSession({ config: configWith(), data: market, strategies: bad, log });
    await session.finish().catch(() => {});
    const again = resumeSession({ log, data: market, strategies: bad });
    await expect(again).rejects.toThrow(/failed in phase 4 .* and would again: mend the cause/);
  });

  it('for other data than it was recorded with, by symbol', async () => {
    const copy = killedAt(plain, join(folder, 'other-data'), framesIn(plain)[90]!.end);
    const AAPL = market.AAPL.map((bar, i) => (i === 3 ? { ...bar, volume: 1 } : bar));
    const wrong = resumeSession({ log: copy, strategies, data: { ...market, AAPL } });
    await expect(wrong).rejects.toThrow(
      /the data of AAPL is not what the run ".*" was recorded with/,
    );
  });

  it('by a disk that fails, and by other data; lock and data are let go, and it can be tried again', async () => {
    const copy = killedAt(plain, join(folder, 'failing-disk'), framesIn(plain)[90]!.end);
    const failing: Disk = {
      ...REAL_DISK,
      open: () => {
        throw Object.assign(new Error('EIO: i/o error, open'), { code: 'EIO' });
      },
    };
    const closings: number[] = [];
    const feedOf = (bars: typeof market) => {
      const feed = new TroubledFeed(bars);
      const at = closings.push(0) - 1;
      const close = feed.close.bind(feed);
      feed.close = () => {
        closings[at]! += 1;
        return close();
      };
      return feed;
    };
    const AAPL = market.AAPL.map((bar, i) => (i === 3 ? { ...bar, volume: 1 } : bar));
    const failed = { strategies, log: copy, data: feedOf(market), logOptions: { disk: failing } };
    await expect(resumeSession(failed)).rejects.toThrow('EIO: i/o error, open');
    const other = { strategies, log: copy, data: feedOf({ ...market, AAPL }) };
    await expect(resumeSession(other)).rejects.toThrow('give the same data');
    expect(closings).toEqual([1, 1]);
    expect(readdirSync(copy).filter((name) => name.startsWith('lock'))).toEqual([]);
    await resumed(copy);
    expect(bytesOf(copy).equals(bytesOf(plain))).toBe(true);
  });

  it('while somebody writes the log', async () => {
    const log = join(folder, 'living');
    const session = await openSession({ config: configWith(), ...given, log });
    await session.runUntil(Date.parse(`${DATES[0]}T15:00:00Z`));
    await expect(resumeSession({ ...given, log })).rejects.toThrow(/is being written by/);
    await session.stop();
  });

  it('for a folder that holds no run', async () => {
    const wrong = resumeSession({ ...given, log: join(folder, 'nowhere') });
    await expect(wrong).rejects.toThrow(/holds no run/);
  });
});

describe('a resumed run', () => {
  it('verifies', async () => {
    const copy = killedAt(told, join(folder, 'verified'), framesIn(told).at(-9)!.end);
    await resumed(copy);
    expect(await verifyLog(copy, given)).toMatchObject({ ok: true, ended: 'completed' });
    expect(existsSync(join(copy, 'manifest.json'))).toBe(true);
  });

  it('goes on in a log that was sealed when it was stopped', async () => {
    const log = join(folder, 'sealed');
    const session = await openSession({ config: configWith(), ...given, log });
    await session.runUntil(Date.parse('2024-01-02T18:00:00Z'));
    await session.stop();
    await sealLog(log);
    await resumed(log);
    expect(bytesOf(log).equals(bytesOf(plain))).toBe(true);
  });
});
