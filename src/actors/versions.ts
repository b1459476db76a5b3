/** What a run's manifest says of the engine that made it. Raise a number when what it stands for changes. */

import packageJson from '../../package.json' with { type: 'json' };
import { EVENT_VERSION } from '../store/upcast.ts';

export const VERSIONS = {
  /** Of the package. */
  engine: packageJson.version,
  /** Of the statecharts. */
  chart: 1,
  /** Of the facts' shapes. */
  events: EVENT_VERSION,
  /** Runs are re-executed to the same log within one. */
  behaviour: 2,
} as const;
