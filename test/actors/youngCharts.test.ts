import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AnyActorRef, assign, createActor, sendParent, setup } from 'xstate';
import { letDieYoung } from '../../src/actors/youngCharts.ts';

/** What a chart with a child does, in order, and what its actors execute actions with. */
function done(isYoung: boolean) {
  const order: string[] = [];
  const executors = new Set<unknown>();
  const say = (what: string) => (args: { self: AnyActorRef }) => {
    order.push(`${args.self.id} ${what}`);
    const { _actorScope: scope } = args.self as unknown as { _actorScope: object };
    executors.add((scope as { actionExecutor: unknown }).actionExecutor);
  };
  const child = setup({}).createMachine({
    id: 'child',
    entry: [say('begins'), sendParent({ type: 'told' })],
    initial: 'first',
    states: {
      first: { exit: say('leaves'), always: 'last' },
      last: { entry: say('ends'), type: 'final' },
    },
  });
  const parent = setup({
    actors: { child },
    types: { context: {} as { told: number } },
  }).createMachine({
    id: 'parent',
    context: { told: 0 },
    on: { told: { actions: [assign({ told: ({ context }) => context.told + 1 }), say('hears')] } },
    initial: 'waits',
    states: {
      waits: { entry: say('waits'), on: { go: 'works' } },
      works: { invoke: { id: 'child', src: 'child', onDone: 'rests' } },
      rests: { entry: say('rests') },
    },
  });
  const actor = createActor(parent, {
    id: 'parent',
    inspect: (event) => {
      if (isYoung && event.type === '@xstate.actor') letDieYoung(event.actorRef as AnyActorRef);
    },
  });
  actor.start();
  actor.send({ type: 'go' });
  return { order, executors: executors.size, told: actor.getSnapshot().context.told };
}

describe('charts that die young', () => {
  it('do what they do otherwise, and share what executes their actions', () => {
    expect(done(true)).toEqual({ order: done(false).order, executors: 1, told: 1 });
    expect(done(true).order).toEqual([
      'parent waits',
      'child begins',
      'child leaves',
      'child ends',
      'parent hears',
      'parent rests',
    ]);
  });

  it('are left as they are where XState keeps other things of them', () => {
    const scope = {};
    const register = () => 'x:0';
    const [none, other] = [{}, { _actorScope: scope, system: { _register: register } }];
    for (const actor of [none, other]) letDieYoung(actor as unknown as AnyActorRef);
    expect(none).toEqual({});
    expect(other._actorScope).toBe(scope);
    expect(other.system._register).toBe(register);
  });

  it('are gone after collections of the young', () => {
    const script = join(import.meta.dirname, 'manyCharts.ts');
    const args = ['--expose-gc', '--max-semi-space-size=8', script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ charts: 200, keptMiB: expect.any(Number) });
    expect(JSON.parse(stdout).keptMiB).toBeLessThan(4);
  });
});
