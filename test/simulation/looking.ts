/** What simulations look at in a log. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Fact, factsOf, type LogReader, MemoryLog } from '../../src/index.ts';
import { stateAt } from '../../src/inspect/stateAt.ts';
import { MINUTE } from '../support.ts';

/** The state at `seq`, as text: everything that can be walked to. */
export function stateText(log: LogReader, seq: number): string {
  return JSON.stringify(stateAt(log, seq).data, (_key, value: unknown) => {
    if (value instanceof Map) return [...value];
    if (value instanceof Set) return [...value];
    return value;
  });
}

export function linesOf(log: LogReader): string[] {
  return Array.from(log.read(), (frame) =>
    Array.from(factsOf(frame, log.table), (fact) => JSON.stringify(fact)),
  ).flat();
}

/** The same log, needing no files. */
export function inMemory(log: LogReader): MemoryLog {
  const copy = new MemoryLog();
  for (const frame of log.read()) copy.append(frame);
  return copy;
}

export function filesIn(folder: string): Map<string, Buffer> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

/** Their owner is the process of the simulation, which is to be taken for dead. */
export function withoutLocks(files: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  return new Map([...files].filter(([name]) => !name.startsWith('lock.')));
}

/** The first fact that tells of what the clock had not reached, in words; null if there is none. */
export function lookAheadIn(log: LogReader): string | null {
  for (const frame of log.read()) {
    for (const fact of factsOf(frame, log.table)) {
      if (seesAhead(fact)) return `at ${new Date(fact.at).toISOString()}: ${JSON.stringify(fact)}`;
    }
  }
  return null;
}

function seesAhead(fact: Fact): boolean {
  const { at, type } = fact;
  if (type === 'BarAppended') return fact.opened + MINUTE > at;
  if (type === 'BarDerived') return fact.opened >= at;
  if (type === 'GapDetected') return fact.end > at;
  if (type !== 'HistoricalBarsLoaded') return false;
  return (fact.columns.opened ?? []).some((opened) => opened + MINUTE > at);
}

/** True if a run was stopped here: what follows is how it ended. */
export function wasStopped(lines: readonly string[]): boolean {
  return lines.at(-1)?.includes('"type":"RunStopped"') ?? false;
}

/** What was asked of the run, but for its end. */
export function messagesIn(log: LogReader): number {
  return linesOf(log).filter(
    (line) => line.includes('"type":"MessageReceived"') && !line.includes('session.stop'),
  ).length;
}
