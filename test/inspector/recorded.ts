/** A run as the library reads it, for what the page has to show. */

import { sessionJson } from '../../src/domain/sessionJson.ts';
import { type Fact, FactFilter, FileLog, findCalendar, type LogReader } from '../../src/index.ts';

type Json = Readonly<Record<string, unknown>>;

export interface Recorded {
  readonly log: LogReader;
  /** By seq: the first is at 0. */
  readonly facts: readonly Fact[];
  /** What the export after a fact holds of the session. */
  data(seq: number): Json;
  /** The first fact of a type, of a symbol if given, after `from`. */
  first(type: Fact['type'], fields?: Json, from?: number): Fact & Json;
}

export async function recordedIn(folder: string): Promise<Recorded> {
  const log = await FileLog.read(folder);
  const facts = [...new FactFilter({}).facts(log)];
  const calendar = findCalendar('XNYS')!;
  return {
    log,
    facts,
    data: (seq) => {
      const { data, tally } = log.stateAt(seq);
      const config = { session_data_config: { gap_filler: { enable_session_quality: true } } };
      return plain(sessionJson(data, { calendar, config, tally, system: {} }).session_data);
    },
    first: (type, fields = {}, from = 0) => {
      const found = facts.find(
        (fact) =>
          fact.seq > from &&
          fact.type === type &&
          Object.entries(fields).every(([key, value]) => (fact as unknown as Json)[key] === value),
      );
      if (found === undefined) throw new Error(`no ${type} ${JSON.stringify(fields)}`);
      return found as Fact & Json;
    },
  };
}

/** As it comes out of JSON text. */
export function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Paths at which two JSON values differ, elements of arrays one by one. */
export function differences(before: unknown, after: unknown, path: string): string[] {
  const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;
  if (isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => {
      const at = Array.isArray(after) ? `${path}[${key}]` : `${path}.${key}`;
      const [one, other] = [before, after].map((value) => (value as Json)[key]);
      return differences(one, other, at);
    });
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [path];
}
