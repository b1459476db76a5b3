/** The loading chart with steps that only note what they were asked to do. */
import { fromPromise } from 'xstate';
import {
  type CheckInput,
  type LoadingInput,
  loadingMachine,
} from '../../src/machines/loading.machine.ts';

/** @param note told of every load, as `load A,B`; what it throws breaks the load after its check */
export function loadingChart(note: (did: string) => void | Promise<void>) {
  const quiet = fromPromise<void, LoadingInput>(async () => {});
  return loadingMachine.provide({
    actors: {
      checkSymbols: fromPromise<readonly string[], CheckInput>(async ({ input }) => input.symbols),
      registerSymbols: fromPromise<void, LoadingInput>(async ({ input }) => {
        await note(`load ${input.symbols}`);
      }),
      loadHistory: quiet,
      registerIndicators: quiet,
      calculateHistorical: quiet,
      loadQueues: quiet,
      scoreHistory: quiet,
      catchUp: quiet,
    },
  });
}
