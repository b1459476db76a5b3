/** Runs charts that hold much, one after another, and prints what is left of them with the young collected. */
import { type AnyActorRef, createActor, createMachine } from 'xstate';
import { letDieYoung } from '../../src/actors/youngCharts.ts';

const collect = (globalThis as unknown as { gc(options: { type: 'minor' }): void }).gc;
const machine = createMachine({
  context: () => ({ much: new Array<number>(20_000).fill(1) }),
  initial: 'begun',
  states: { begun: { on: { end: 'over' } }, over: { type: 'final' } },
});
const before = process.memoryUsage().heapUsed;
let charts = 0;
while (charts < 200) {
  const actor = createActor(machine, {
    inspect: (event) => {
      if (event.type === '@xstate.actor') letDieYoung(event.actorRef as AnyActorRef);
    },
  });
  actor.start().send({ type: 'end' });
  charts += 1;
}
for (let i = 0; i < 3; i++) collect({ type: 'minor' });
const keptMiB = (process.memoryUsage().heapUsed - before) / 2 ** 20;
console.log(JSON.stringify({ charts, keptMiB }));
