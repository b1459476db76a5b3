/** What a run's manifest says of the engine that made it. Raise a number when what it stands for changes. */
import packageJson from '../../package.json' with { type: 'json' };

export const VERSIONS = {
  /** Of the package. */
  engine: packageJson.version,
  /** Of the statecharts. */
  chart: 1,
  /** Of the facts' shapes. */
  events: 1,
  /** Runs are re-executed to the same log within one. */
  behaviour: 1,
} as const;
