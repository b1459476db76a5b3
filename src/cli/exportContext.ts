/** What an export of a recorded run says besides its data. */
import type { ExportContext } from '../domain/sessionJson.ts';
import { openbellVersion } from './invocation.ts';
import type { RecordedRun } from './openRun.ts';

export function exportContext({ config, calendar }: RecordedRun): Omit<ExportContext, 'tally'> {
  const system = { openbell: openbellVersion(), node: process.versions.node };
  return { calendar, config, system };
}
