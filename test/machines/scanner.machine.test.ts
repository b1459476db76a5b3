import { describe, expect, it } from 'vitest';
import { type AnyActorRef, createActor, fromCallback, fromPromise, waitFor } from 'xstate';
import {
  type ScanInput,
  type ScannerInput,
  type ScannerMessage,
  type ScannerReply,
  scannerMachine,
} from '../../src/machines/scanner.machine.ts';
import { everyState } from './everyState.ts';

type Step = 'setUp' | 'scan' | 'tearDown';
const MESSAGES = ['scanner.setup', 'scanner.scan', 'scanner.teardown'] as const;
const STATES = ['idle', 'settingUp', 'ready', 'scanning', 'disabled', 'tearingDown'];

/** A scanner's chart whose steps end when they are told to, and one who asks it and keeps the answers. */
function start() {
  const running: { step: Step; input: object; end(error?: Error): void }[] = [];
  const work = <Input extends object>(step: Step) =>
    fromPromise<void, Input>(
      ({ input }) =>
        new Promise<void>((done, fail) => {
          running.push({ step, input, end: (error) => (error ? fail(error) : done()) });
        }),
    );
  const chart = scannerMachine.provide({
    actors: {
      setUp: work<ScannerInput>('setUp'),
      scan: work<ScanInput>('scan'),
      tearDown: work<ScannerInput>('tearDown'),
    },
  });
  const replies: string[] = [];
  const asker: AnyActorRef = createActor(
    fromCallback<ScannerReply>(({ receive }) => {
      receive(({ scanner, reason }) => replies.push(`${scanner}: ${reason || 'ok'}`));
    }),
  ).start();
  const actor = createActor(chart, { input: { name: 'gap' } }).start();
  const ask = (type: ScannerMessage['type']) =>
    actor.send(
      type === 'scanner.scan'
        ? { type, replyTo: asker, schedule: 'pre_session' }
        : { type, replyTo: asker },
    );
  const state = () => String(actor.getSnapshot().value);
  /** Ends the step that runs and waits for the state it leads to. */
  const end = async (next: string, error?: Error) => {
    running.at(-1)!.end(error);
    await waitFor(actor, ({ value }) => value === next);
  };
  return { running, replies, ask, state, end };
}

/** Brings a chart into a state. */
async function startIn(wanted: string) {
  const scanner = start();
  const boom = new Error('boom');
  if (wanted === 'idle') return scanner;
  scanner.ask('scanner.setup');
  if (wanted === 'settingUp') return scanner;
  await scanner.end(
    wanted === 'disabled' ? 'disabled' : 'ready',
    wanted === 'disabled' ? boom : undefined,
  );
  if (wanted === 'scanning') scanner.ask('scanner.scan');
  if (wanted === 'tearingDown') scanner.ask('scanner.teardown');
  return scanner;
}

describe("a scanner's chart", () => {
  it('comes to every state, and from each back to idle', () => {
    const replyTo = createActor(fromCallback(() => {}));
    const messages = [
      { type: 'scanner.setup', replyTo },
      { type: 'scanner.scan', replyTo, schedule: 'regular_session' },
      { type: 'scanner.teardown', replyTo },
    ];
    const walk = { input: { name: 'gap' }, messages };
    const states = everyState(scannerMachine, walk);
    expect(states.map(({ value }) => value).sort()).toEqual(STATES.toSorted());
    for (const state of states) {
      const onwards = everyState(scannerMachine, walk, state);
      expect(onwards.map(({ value }) => value)).toContain('idle');
    }
  });

  it('is set up, scans and is torn down, answering each', async () => {
    const { running, replies, ask, state, end } = start();
    for (const _day of [1, 2]) {
      ask('scanner.setup');
      await end('ready');
      ask('scanner.scan');
      expect(running.at(-1)).toMatchObject({
        step: 'scan',
        input: { name: 'gap', schedule: 'pre_session' },
      });
      await end('ready');
      ask('scanner.teardown');
      await end('idle');
    }
    expect(state()).toBe('idle');
    expect(running.map(({ step }) => step)).toEqual([
      ...['setUp', 'scan', 'tearDown'],
      ...['setUp', 'scan', 'tearDown'],
    ]);
    expect(replies).toEqual(Array(6).fill('gap: ok'));
  });

  it('is out until it is set up again once it threw', async () => {
    const { running, replies, ask, end } = start();
    ask('scanner.setup');
    await end('ready');
    ask('scanner.scan');
    await end('disabled', new Error('boom'));
    ask('scanner.scan');
    expect(replies).toEqual(['gap: ok', 'gap: boom', 'gap: boom']);
    ask('scanner.teardown');
    await end('idle');
    ask('scanner.setup');
    await end('ready');
    ask('scanner.scan');
    await end('ready');
    expect(replies.slice(3)).toEqual(['gap: ok', 'gap: ok', 'gap: ok']);
    expect(running.map(({ step }) => step)).toEqual([
      ...['setUp', 'scan', 'tearDown'],
      ...['setUp', 'scan'],
    ]);
  });

  it('can be set up after a teardown that threw', async () => {
    const { replies, ask, end } = start();
    ask('scanner.setup');
    await end('ready');
    ask('scanner.teardown');
    await end('idle', new Error('boom'));
    ask('scanner.setup');
    await end('ready');
    expect(replies).toEqual(['gap: ok', 'gap: boom', 'gap: ok']);
  });

  it.each(STATES.flatMap((state) => MESSAGES.map((message) => [state, message] as const)))(
    'while %s answers %s, and goes on',
    async (wanted, message) => {
      const scanner = await startIn(wanted);
      expect(scanner.state()).toBe(wanted);
      const [before, steps] = [scanner.replies.length, scanner.running.length];
      const answers = () => scanner.replies.length - before;
      scanner.ask(message);
      const taken = answers() === 0;
      // What was under way, or has just begun, ends; that is answered too.
      const busy = ['settingUp', 'scanning', 'tearingDown'].includes(wanted);
      if (taken || busy) scanner.running.at(-1)!.end();
      await expect.poll(answers).toBe(busy ? 2 : 1);
      expect(scanner.running.length - steps).toBe(taken ? 1 : 0);
      expect(['idle', 'ready', 'disabled']).toContain(scanner.state());
    },
  );

  it('says why it cannot take what its state does not', async () => {
    const idle = start();
    idle.ask('scanner.scan');
    const scanning = await startIn('scanning');
    scanning.ask('scanner.teardown');
    expect([idle.replies.at(-1), scanning.replies.at(-1)]).toEqual([
      'gap: scanner "gap" cannot take scanner.scan while it is idle',
      'gap: scanner "gap" cannot take scanner.teardown while it is scanning',
    ]);
  });
});
