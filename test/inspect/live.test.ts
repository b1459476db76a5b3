/** The inspector beside a session that runs: nothing is lost, nothing is changed, and control only where allowed. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Fact, openSession, type Session, type SessionOptions } from '../../src/index.ts';
import type { ControlMessage, LiveMessage } from '../../src/inspect/protocol.ts';
import { LiveMessage as LiveSchema } from '../../src/inspect/protocol.ts';
import { barsOf, configOf, runOf } from '../support.ts';
import { temporaryFolder } from './marketRun.ts';
import { type Served, servedBy } from './served.ts';

const DATES = ['2024-01-02', '2024-01-03'];
const options = (): SessionOptions => ({
  config: configOf({
    symbols: ['AAPL', 'MSFT'],
    start: DATES[0]!,
    end: DATES[1]!,
    session: { indicators: { session: [{ name: 'vwap', interval: '1m' }] } },
  }),
  data: {
    AAPL: barsOf({ dates: DATES, missing: (minute) => minute === 100 }),
    MSFT: barsOf({ dates: DATES, seed: 2 }),
    TSLA: barsOf({ dates: DATES, seed: 3 }),
  },
  slice: 5,
});

/** A page's socket: every message so far, and a way to wait for one. */
class Page {
  readonly messages: LiveMessage[] = [];
  readonly #socket: WebSocket;
  #heard: () => void = () => {};
  #id = 0;

  constructor({ server }: Served) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${server.port}/api/live?token=${server.token}`);
    this.#socket.on('message', (data) => {
      this.messages.push(LiveSchema.parse(JSON.parse(String(data))));
      this.#heard();
    });
  }

  /** The first message, from the `from`-th on, that passes. */
  async next(test: (message: LiveMessage) => boolean, from = 0): Promise<LiveMessage> {
    for (;;) {
      const found = this.messages.slice(from).find(test);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  /** Sends a command and waits for its answer. */
  async command(
    message: Omit<ControlMessage, 'id'> & Record<string, unknown>,
  ): Promise<LiveMessage> {
    const id = ++this.#id;
    this.#socket.send(JSON.stringify({ ...message, id }));
    return this.next((answer) => 'id' in answer && answer.id === id);
  }

  close(): void {
    this.#socket.close();
  }
}

async function standing(page: Page): Promise<LiveMessage & { type: 'engine' }> {
  const from = page.messages.length;
  const isStanding = (message: LiveMessage) => message.type === 'engine' && message.engine.paused;
  return (await page.next(isStanding, Math.max(0, from - 1))) as never;
}

const plain = await runOf(options());

async function watched(log: string | undefined): Promise<{ session: Session; inspector: Served }> {
  const session = await openSession({ ...options(), ...(log !== undefined && { log }) });
  return { session, inspector: servedBy(await session.inspect()) };
}

describe('a session that is watched', () => {
  it.each([
    ['in a folder', true],
    ['in memory', false],
  ])(
    '%s is told of from its first fact to its last, and has the log it has alone',
    async (_, inFolder) => {
      const { session, inspector } = await watched(
        inFolder ? join(temporaryFolder(), 'run') : undefined,
      );
      const page = new Page(inspector);
      await page.next(({ type }) => type === 'hello');
      expect((await inspector.ask('run')).live).toBe(true);
      await session.runUntil(Date.parse('2024-01-02T16:00:00Z'));
      const late = new Page(inspector);
      await late.next(({ type }) => type === 'hello');
      await session.finish();
      for (const each of [page, late]) {
        const status = await each.next(({ type }) => type === 'status');
        expect(status).toMatchObject({
          status: 'completed',
          last: plain.facts.length,
          chainHash: plain.session.chainHash,
        });
        let told = (each.messages[0] as { last: number }).last;
        for (const message of each.messages) {
          if (message.type !== 'appended') continue;
          expect(message.last - message.count).toBe(told);
          told = message.last;
        }
        expect(told).toBe(plain.facts.length);
        each.close();
      }
      const seqs: number[] = [];
      for (let from = 1; from <= plain.facts.length; from += 500) {
        const { rows } = await inspector.ask('events', { from, limit: 500 });
        seqs.push(...rows.map(({ seq }) => seq));
      }
      expect(seqs).toEqual(plain.facts.map(({ seq }) => seq));
      expect(session.chainHash).toBe(plain.session.chainHash);
      expect((await inspector.ask('run')).live).toBe(false);
    },
  );

  it('takes no command unless that was allowed', async () => {
    const { session, inspector } = await watched(undefined);
    const page = new Page(inspector);
    expect(await page.next(({ type }) => type === 'hello')).toMatchObject({ engine: null });
    expect((await inspector.ask('run')).control).toBe(false);
    expect(await page.command({ type: 'pause' })).toMatchObject({ type: 'refused' });
    await session.finish();
    expect(session.chainHash).toBe(plain.session.chainHash);
    page.close();
  });
});

describe('a session that may be controlled', () => {
  const gap = plain.facts.find(
    (fact): fact is Extract<Fact, { type: 'GapDetected' }> => fact.type === 'GapDetected',
  )!;

  it('stands at a breakpoint before anything after its frame, steps, and goes on to the same log', async () => {
    const session = await openSession({ ...options(), log: join(temporaryFolder(), 'run') });
    const inspector = servedBy(await session.inspect({ allowControl: true }));
    const page = new Page(inspector);
    await page.next(({ type }) => type === 'hello');
    const answer = await page.command({ type: 'breakpoints', breakpoints: ['type=GapDetected'] });
    expect(answer.type).toBe('done');
    const finished = session.finish();
    const { engine } = await standing(page);
    expect(engine).toMatchObject({
      status: 'running',
      hit: { on: 'type=GapDetected', seq: gap.seq },
    });
    expect(session.view.now).toBe(gap.at);
    expect(session.log.position).toBe(plain.facts.findLast(({ at }) => at === gap.at)!.seq);
    await page.command({ type: 'step', unit: 'bar' });
    await page.next(({ type }) => type === 'engine', page.messages.length - 1);
    while (session.view.now === gap.at) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(session.view.now).toBe(gap.at + 60_000);
    await page.command({ type: 'breakpoints', breakpoints: [] });
    await page.command({ type: 'resume' });
    await finished;
    expect(session.chainHash).toBe(plain.session.chainHash);
    expect(session.journal.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        'BreakpointsSet',
        'BreakpointHit',
        'session.pause',
        'session.resume',
      ]),
    );
    expect(await page.command({ type: 'pause' })).toMatchObject({ type: 'refused' });
    page.close();
  });

  it('stands where a state is entered and where a value crosses a level', async () => {
    const values = plain.facts.filter(
      (fact): fact is Extract<Fact, { type: 'IndicatorUpdated' }> =>
        fact.type === 'IndicatorUpdated' && fact.symbol === 'MSFT',
    );
    const level = ((values[60]!.value as number) + (values[61]!.value as number)) / 2;
    const line = `MSFT vwap_1m crosses ${level}`;
    const session = await openSession(options());
    const inspector = servedBy(
      await session.inspect({
        allowControl: true,
        breakpoints: [line, 'entering active.inserting'],
      }),
    );
    const page = new Page(inspector);
    await page.next(({ type }) => type === 'hello');
    const finished = session.finish();
    await standing(page);
    const { engine } = page.messages.findLast(({ type }) => type === 'engine') as {
      engine: { hit: { seq: number } };
    };
    const crossed = values.find(({ value }, i) => {
      const before = values[i - 1]?.value as number | null | undefined;
      return before != null && value !== null && before < level !== (value as number) < level;
    })!;
    expect(engine.hit.seq).toBe(crossed.seq);
    await page.command({ type: 'breakpoints', breakpoints: ['entering active.inserting'] });
    const from = page.messages.length;
    await page.command({ type: 'resume' });
    await session.addSymbol('TSLA');
    await page.next((message) => message.type === 'engine' && message.engine.hit !== null, from);
    const hit = page.messages.findLast(({ type }) => type === 'engine') as {
      engine: { hit: { on: string } };
    };
    expect(hit.engine.hit.on).toBe('entering active.inserting');
    await page.command({ type: 'resume' });
    expect((await finished).status).toBe('completed');
    page.close();
  });

  it('refuses a breakpoint that is none, and leaves those that were set', async () => {
    const session = await openSession(options());
    const inspector = servedBy(
      await session.inspect({ allowControl: true, breakpoints: ['type=Gap*'] }),
    );
    const page = new Page(inspector);
    await page.next(({ type }) => type === 'hello');
    const answer = await page.command({ type: 'breakpoints', breakpoints: ['type=Nothing'] });
    expect(answer).toMatchObject({ type: 'refused' });
    expect(inspector.server.inspection.engine!.state().breakpoints).toEqual(['type=Gap*']);
    await session.close();
    page.close();
  });
});
