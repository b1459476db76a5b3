/** The `--speed` option, as part of a config. */
import { InvalidArgumentError } from 'commander';

type Part = Readonly<Record<string, unknown>>;

/** Times real time; 0 is as fast as possible. */
export function speedFrom0(text: string): number {
  const speed = Number(text);
  if (/^\d*\.?\d+$/.test(text) && Number.isFinite(speed)) return speed;
  throw new InvalidArgumentError('Write a number from 0 on, such as 60; 0 is as fast as possible.');
}

/** `raw` with its speed replaced, under the spelling it uses. A config without a window is refused later. */
export function withSpeed(raw: unknown, speed: number): unknown {
  if (!isPart(raw)) return raw;
  const key = 'backtestConfig' in raw ? 'backtestConfig' : 'backtest_config';
  const window = raw[key];
  if (!isPart(window)) return raw;
  const name = 'speedMultiplier' in window ? 'speedMultiplier' : 'speed_multiplier';
  return { ...raw, [key]: { ...window, [name]: speed } };
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null;
}
