/** How a run began. */
import type { Fields } from '../domain/facts.ts';
import type { LogReader } from './eventLog.ts';

/** The run's first fact; `null` for a log without any. */
export function startOf(log: LogReader): Fields<'RunStarted'> | null {
  for (const { sections } of log.read({ to: 1 })) {
    const first = sections[0];
    const fact = first?.kind === 'control' ? first.facts[0] : undefined;
    if (fact?.type === 'RunStarted') return fact;
  }
  return null;
}
