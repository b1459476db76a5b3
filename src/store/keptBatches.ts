/** Decompressed batches of sealed segments, kept for who reads the same log again soon. */
export class KeptBatches {
  readonly #kept = new Map<string, Buffer>();
  #room: number;

  /** @param room bytes that it may take: batches are kept until it is full */
  constructor(room: number) {
    this.#room = room;
  }

  /** @param file tells one file, as it is, from any other */
  get(file: string, place: number): Buffer | null {
    return this.#kept.get(`${file} ${place}`) ?? null;
  }

  keep(file: string, place: number, bytes: Buffer): void {
    if (bytes.length > this.#room) return;
    this.#room -= bytes.length;
    this.#kept.set(`${file} ${place}`, bytes);
  }
}
