/** The manifest of a log that is being written. */
import type { Disk } from './disk.ts';
import { type Manifest, type ManifestPatch, writeManifest, writeManifestSoon } from './manifest.ts';
import { writeFailure, written } from './writeFailure.ts';

export class KeptManifest {
  readonly #folder: string;
  readonly #disk: Disk;
  #current: Manifest;
  #noting: Promise<void> = Promise.resolve();

  /** @param current as it is in the folder */
  constructor(folder: string, current: Manifest, disk: Disk) {
    this.#folder = folder;
    this.#current = current;
    this.#disk = disk;
  }

  get current(): Manifest {
    return this.#current;
  }

  /** Replaces parts of it; not before what was noted is written. On return that is on stable storage. */
  update(patch: ManifestPatch): void {
    const manifest = { ...this.#current, ...patch };
    written(this.#folder, () => writeManifest(this.#folder, manifest, this.#disk));
    this.#current = manifest;
  }

  /** Replaces parts of it in the background, which nobody waits for but who closes the log. */
  note(patch: ManifestPatch, failed: (error: unknown) => void): void {
    this.#current = { ...this.#current, ...patch };
    this.#noting = writeManifestSoon(this.#folder, this.#current, this.#disk).catch((error) =>
      failed(writeFailure(this.#folder, error)),
    );
  }

  /** Resolves when what was noted is written, or could not be. */
  settled(): Promise<void> {
    return this.#noting;
  }
}
