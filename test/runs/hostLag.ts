/** How long a host takes for one thing beside another, drawn from a seed: another seed is another host. */
import { setTimeout as after, setImmediate as nextTurn } from 'node:timers/promises';
import { random } from '../support.ts';

/** Takes its time: none, some microtasks, some turns of the event loop, or some milliseconds. */
export type Lag = () => Promise<void>;

export const NO_LAG: Lag = async () => {};

export function hostLag(seed: number): Lag {
  const next = random(seed * 7_919);
  const ways: readonly ((times: number) => Promise<unknown>)[] = [
    async () => {},
    async (times) => {
      for (let left = times; left > 0; left--) await null;
    },
    async (times) => {
      for (let left = times; left > 0; left -= 3) await nextTurn();
    },
    (times) => after(times / 2),
  ];
  return async () => {
    const way = ways[Math.floor(next() * ways.length)]!;
    await way(1 + Math.floor(next() * 12));
  };
}
