/**
 * Tells from a record, without decoding it, whether its frame holds facts of some types: by the bits in its
 * header, and for the facts that are JSON by looking for the names of their types.
 */
import { BLOCK_COLUMNS, type BlockType } from '../domain/frame.ts';
import { CONTENTS, type RecordHeader } from './record.ts';

/** More names than this are not looked for: to decode the frame is then quicker. */
const NAMES_MAX = 8;

export class FrameSieve {
  /** Bits of `CONTENTS`, of which one is set in every frame that may pass. */
  readonly #bits: number;
  /** How facts of the JSON types that are wanted begin; null if they are not looked for. */
  readonly #beginnings: readonly string[] | null;

  /** @param types of facts; without them every frame passes */
  constructor(types?: ReadonlySet<string>) {
    const names = types === undefined ? [] : [...types].filter((type) => !isBlockType(type));
    let bits = types === undefined ? -1 : 0;
    for (const type of types ?? []) bits |= bitOf(type);
    this.#bits = bits;
    const looksForNames = types !== undefined && names.length <= NAMES_MAX;
    this.#beginnings = looksForNames ? names.map((name) => `{"type":"${name}","by":`) : null;
  }

  /** By the header alone; false is certain. */
  mayHold({ contents }: RecordHeader): boolean {
    return this.#bits === -1 || (contents & this.#bits) !== 0;
  }

  /** True if the frame is to be decoded. */
  holds(header: RecordHeader, payload: Buffer): boolean {
    if (!this.mayHold(header)) return false;
    const beginnings = this.#beginnings;
    const byBlock = (header.contents & this.#bits & ~CONTENTS.control) !== 0;
    if (beginnings === null || byBlock) return true;
    return beginnings.some((beginning) => payload.includes(beginning));
  }
}

function bitOf(type: string): number {
  if (isBlockType(type)) return CONTENTS[type];
  return type === 'PhaseEntered' ? CONTENTS.phaseEntered : CONTENTS.control;
}

function isBlockType(type: string): type is BlockType {
  return Object.hasOwn(BLOCK_COLUMNS, type);
}
