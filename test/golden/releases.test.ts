import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sessionJson } from '../../src/domain/sessionJson.ts';
import { FactFilter, FileLog, findCalendar, type LogReader } from '../../src/index.ts';
import { checkLog } from '../../src/store/checkLog.ts';
import { startOf } from '../../src/store/runStart.ts';
import { EVENT_VERSION } from '../../src/store/upcast.ts';

const RELEASES = join(import.meta.dirname, 'releases');
const versions = readdirSync(RELEASES).sort();
const kinds = ['raw', 'sealed'] as const;

/** The state that a log comes to, without what changes with the engine that reads it. */
function stateOf(log: LogReader): string {
  const { data, tally } = log.stateAt();
  const config = startOf(log)!.config;
  const calendar = findCalendar(String(config.exchange_group))!;
  const state = sessionJson(data, { calendar, config, tally, system: {} });
  // One row of bars to a line, so that a difference can be read.
  return `${JSON.stringify(state).replaceAll(/(\],|\},)/g, '$1\n')}\n`;
}

describe.each(versions)('the log of release %s', (version) => {
  const of = (kind: string) => join(RELEASES, version, kind);

  it.each(kinds)('is there %s, whole and with its chain', (kind) => {
    const { damage, position } = checkLog(of(kind));
    expect({ damage, hasFacts: position > 1_000 }).toEqual({ damage: null, hasFacts: true });
  });

  it.each(kinds)('comes to the state it came to, %s', async (kind) => {
    const log = await FileLog.read(of(kind));
    await expect(stateOf(log)).toMatchFileSnapshot(join(RELEASES, version, 'state.json'));
    await log.close();
  });

  it('is not written to by any of that', () => {
    expect(readdirSync(of('raw')).sort()).toEqual(['00000001.log', 'manifest.json']);
    expect(readdirSync(of('sealed')).sort()).toEqual(['00000001.log.zst', 'manifest.json']);
  });
});

describe('the log of the first version of facts', () => {
  const folder = join(RELEASES, versions[0]!, 'raw');

  it('is of another version than is written today', async () => {
    const log = await FileLog.read(folder);
    expect(log.manifest.versions.events).toBe(1);
    expect(EVENT_VERSION).toBeGreaterThan(1);
  });

  it('tells of its history which stored interval it came from', async () => {
    const log = await FileLog.read(folder);
    const facts = [...new FactFilter({ types: ['HistoricalBarsLoaded'] }).facts(log)];
    const told = facts.map((fact) => {
      const { by, interval, source } = fact as { by: string; interval: string; source: string };
      return `${by} ${interval} from ${source}`;
    });
    expect([...new Set(told)]).toEqual([
      'session/loading 1m from 1m',
      'session/processor 5m from 1m',
    ]);
  });

  it('keeps the chain over the bytes that were written', async () => {
    const log = await FileLog.read(folder);
    expect(log.chainHash()).toBe(log.manifest.closed!.chain_hash);
  });
});
