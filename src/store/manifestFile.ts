/** The manifest of a run that is being written. */
import type { Disk } from './disk.ts';
import { type Manifest, type ManifestPatch, writeManifest, writeManifestSoon } from './manifest.ts';
import { writeFailure, written } from './writeFailure.ts';

export class ManifestFile {
  /** As it is, or is about to be, on the disk. */
  current: Manifest;
  /** Resolves when nothing of it is being written in the background. */
  settled: Promise<void> = Promise.resolve();

  readonly #folder: string;
  readonly #disk: Disk;

  constructor(folder: string, current: Manifest, disk: Disk) {
    this.#folder = folder;
    this.current = current;
    this.#disk = disk;
  }

  /** Replaces parts of it. On return that is on stable storage. @throws {LogWriteFailed} */
  update(patch: ManifestPatch): void {
    const manifest = { ...this.current, ...patch };
    written(this.#folder, () => writeManifest(this.#folder, manifest, this.#disk));
    this.current = manifest;
  }

  /** Replaces parts of it in the background. */
  note(patch: ManifestPatch, failed: (error: unknown) => void): void {
    const manifest = { ...this.current, ...patch };
    this.current = manifest;
    this.settled = this.settled
      .then(() =>
        writeManifestSoon(this.#folder, manifest, this.#disk, () => this.current === manifest),
      )
      .catch((error) => failed(writeFailure(this.#folder, error)));
  }
}
