/** The scanners that come with the engine, by the name under which a config asks for them. */
import type { ScannerFactory } from '../modules.ts';
import { gap } from './gap.ts';
import { momentum } from './momentum.ts';
import { relativeVolumeScanner } from './relativeVolume.ts';

export const BUILT_IN_SCANNERS: Readonly<Record<string, ScannerFactory>> = {
  gap,
  momentum,
  'relative-volume': relativeVolumeScanner,
};
