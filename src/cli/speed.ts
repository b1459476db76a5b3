/** `--speed`: the pace of a run, in place of the config's. */
import { InvalidArgumentError } from 'commander';

/** A factor of real time; 0 is as fast as possible. */
export function speedFactor(text: string): number {
  const speed = Number(text);
  if (text.trim() !== '' && Number.isFinite(speed) && speed >= 0) return speed;
  throw new InvalidArgumentError('Write a number from 0 on: 0 is as fast as possible.');
}

/** `raw` at another speed. */
export function withSpeed(raw: unknown, speed: number): unknown {
  const config = plain(raw);
  const key = 'backtestConfig' in config ? 'backtestConfig' : 'backtest_config';
  const part = plain(config[key]);
  const field = 'speedMultiplier' in part ? 'speedMultiplier' : 'speed_multiplier';
  return { ...config, [key]: { ...part, [field]: speed } };
}

/** What is no object is refused later, with the rest of the config. */
function plain(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
