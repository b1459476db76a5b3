/** Ways to damage the files of a log. Those that mend the checksums afterwards are made by somebody who means it. */
import { crc32 } from 'node:zlib';
import { HEADER_BYTES, readHeader } from '../../src/store/record.ts';
import type { Choices } from '../choices.ts';
import { mutatedJson } from './jsonMutations.ts';
import type { Files } from './subjects.ts';

export interface Damaged {
  readonly files: Files;
  /** What was done, in words. */
  readonly what: string;
  /** True if checksums were mended, so that only the chain can tell; false if bytes just went wrong. */
  readonly tampered: boolean;
  /** True if segments differ from what they were. */
  readonly inSegments: boolean;
}

type Change = (bytes: Buffer, choices: Choices) => { bytes: Buffer; what: string };

const LENGTHS = 4096;

const PLAIN: readonly Change[] = [
  function flip(bytes, choices) {
    const changed = Buffer.from(bytes);
    const count = choices.few(8);
    for (let i = 0; i < count; i++) {
      changed[choices.below(changed.length)]! ^= 1 << choices.below(8);
    }
    return { bytes: changed, what: `${count} bits flipped` };
  },
  function truncate(bytes, choices) {
    const length = choices.below(bytes.length);
    return { bytes: bytes.subarray(0, length), what: `cut after ${length} bytes` };
  },
  function cutOut(bytes, choices) {
    const [from, to] = rangeIn(bytes, choices);
    const left = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
    return { bytes: left, what: `bytes ${from} to ${to} cut out` };
  },
  function double(bytes, choices) {
    const [from, to] = rangeIn(bytes, choices);
    const parts = [bytes.subarray(0, to), bytes.subarray(from, to), bytes.subarray(to)];
    return { bytes: Buffer.concat(parts), what: `bytes ${from} to ${to} doubled` };
  },
  function insert(bytes, choices) {
    const at = choices.below(bytes.length + 1);
    const more = choices.chance(0.3)
      ? Buffer.alloc(choices.few(LENGTHS))
      : choices.bytes(choices.few(LENGTHS));
    const parts = [bytes.subarray(0, at), more, bytes.subarray(at)];
    return { bytes: Buffer.concat(parts), what: `${more.length} bytes inserted at ${at}` };
  },
  function swap(bytes, choices) {
    const places = Array.from({ length: 4 }, () => choices.below(bytes.length + 1));
    const [a, b, c, d] = places.sort((x, y) => x - y) as [number, number, number, number];
    const part = (from: number, to?: number) => bytes.subarray(from, to);
    const parts = [part(0, a), part(c, d), part(b, c), part(a, b), part(d)];
    return { bytes: Buffer.concat(parts), what: `bytes ${a}-${b} and ${c}-${d} swapped` };
  },
  function blank(bytes, choices) {
    const [from, to] = rangeIn(bytes, choices);
    const changed = Buffer.from(bytes).fill(choices.of([0, 255]), from, to);
    return { bytes: changed, what: `bytes ${from} to ${to} blanked` };
  },
  function moveRecord(bytes, choices) {
    const records = recordsIn(bytes);
    const [taken] = records.splice(choices.below(records.length), 1);
    const at = choices.below(records.length + 1);
    const action = choices.of(['moved', 'doubled', 'dropped']);
    if (action === 'doubled') records.push(taken ?? Buffer.alloc(0));
    if (action !== 'dropped') records.splice(at, 0, taken ?? Buffer.alloc(0));
    return { bytes: Buffer.concat(records), what: `a record ${action}, ${at}` };
  },
];

const TAMPERED: readonly Change[] = [
  function header(bytes, choices) {
    return inRecord(bytes, choices, (record) => {
      const field = choices.of([4, 8, 12]);
      const value = choices.of([0, 1, 2 ** 32 - 1, 2 ** 30, 2 ** 31, choices.below(2 ** 32)]);
      record.writeUInt32LE(value, field);
      return { record, what: `header field ${field} set to ${value}` };
    });
  },
  function place(bytes, choices) {
    return inRecord(bytes, choices, (record) => {
      const field = choices.of([20, 28]);
      const known = record.readDoubleLE(field);
      const odd = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, 2 ** 53, 1e308];
      const value = choices.of([...odd, known + 1, known - 1, known + choices.below(1000)]);
      record.writeDoubleLE(value, field);
      return { record, what: `header field ${field} set to ${value}` };
    });
  },
  function payload(bytes, choices) {
    return inRecord(bytes, choices, (record) => {
      const count = choices.few(6);
      for (let i = 0; i < count && record.length > HEADER_BYTES; i++) {
        const at = HEADER_BYTES + choices.below(record.length - HEADER_BYTES);
        record[at] = choices.of([0, 1, 127, 128, 255, choices.below(256)]);
      }
      return { record, what: `${count} bytes of a payload set` };
    });
  },
  function json(bytes, choices) {
    return inRecord(bytes, choices, (record) => {
      const changed = withChangedJson(record, choices);
      return { record: changed, what: 'JSON in a payload changed' };
    });
  },
  function resized(bytes, choices) {
    return inRecord(bytes, choices, (record) => {
      const part = record.subarray(0, HEADER_BYTES + choices.below(record.length));
      const more = choices.bytes(choices.few(64));
      const changed = Buffer.concat([part, choices.chance(0.5) ? more : Buffer.alloc(0)]);
      changed.writeUInt32LE(changed.length - HEADER_BYTES, 4);
      return { record: changed, what: `a payload resized to ${changed.length}` };
    });
  },
];

/** One or two changes to the files of a log. */
export function damaged(files: Files, choices: Choices): Damaged {
  const copy: Files = new Map(files);
  const kind = choices.below(100);
  if (kind < 60) return changed(copy, choices, PLAIN, false);
  if (kind < 85) return changed(copy, choices, TAMPERED, true);
  if (kind < 95) return changedSidecar(copy, choices);
  return changedFolder(copy, choices);
}

function changed(
  files: Files,
  choices: Choices,
  changes: readonly Change[],
  tampered: boolean,
): Damaged {
  const told: string[] = [];
  const times = choices.chance(0.8) ? 1 : 2;
  for (let i = 0; i < times; i++) {
    const name = choices.of(segmentsOf(files));
    const before = files.get(name)!;
    if (before.length === 0) continue;
    const { bytes, what } = choices.of(changes)(before, choices);
    files.set(name, bytes);
    told.push(`${name}: ${what}`);
  }
  return { files, what: told.join(', '), tampered, inSegments: true };
}

function changedSidecar(files: Files, choices: Choices): Damaged {
  const names = [...files.keys()].filter((name) => !segmentsOf(files).includes(name));
  const name = choices.of(names);
  const before = files.get(name)!;
  const asBytes = choices.chance(0.3) && before.length > 0;
  const after = asBytes
    ? choices.of(PLAIN)(before, choices).bytes
    : Buffer.from(mutatedLines(before.toString(), choices));
  files.set(name, after);
  const what = `${name} ${asBytes ? 'damaged' : 'changed'}`;
  return { files, what, tampered: false, inSegments: false };
}

/** Each line of a file of lines is JSON, and so is a whole manifest or index. */
function mutatedLines(text: string, choices: Choices): string {
  const whole = parsed(text);
  if (whole !== undefined) return mutatedJson(text, choices);
  const lines = text.split('\n');
  const at = choices.below(lines.length);
  lines[at] = mutatedJson(lines[at]!, choices);
  return lines.join('\n');
}

function changedFolder(files: Files, choices: Choices): Damaged {
  const names = segmentsOf(files);
  const name = choices.of(names);
  const other = choices.of(names);
  const next = `${String(names.length + choices.below(3)).padStart(8, '0')}.log`;
  const changes: Record<string, () => void> = {
    'is missing': () => files.delete(name),
    [`is also ${next}`]: () => files.set(next, files.get(name)!),
    [`and ${other} are swapped`]: () => {
      const [a, b] = [files.get(name)!, files.get(other)!];
      files.set(name, b).set(other, a);
    },
    'is empty': () => files.set(name, Buffer.alloc(0)),
    'has a sealed one of nonsense beside it': () =>
      files.set(`${name.replace('.zst', '')}.zst`, choices.bytes(choices.few(200))),
    'has a lock beside it that nobody holds': () =>
      files.set(`lock.${choices.of(['7', '99999999999999999999', '0'])}`, choices.bytes(9)),
    'has something unfinished beside it': () => files.set(`${name}.tmp`, choices.bytes(50)),
  };
  const what = choices.of(Object.keys(changes));
  changes[what]!();
  return { files, what: `${name} ${what}`, tampered: false, inSegments: true };
}

function segmentsOf(files: Files): string[] {
  return [...files.keys()].filter((name) => /^\d{8}\.log/.test(name)).sort();
}

function rangeIn(bytes: Buffer, choices: Choices): [from: number, to: number] {
  const from = choices.below(bytes.length);
  return [from, Math.min(bytes.length, from + choices.few(LENGTHS))];
}

/** Bytes in which something just went wrong. */
export function damagedBytes(bytes: Buffer, choices: Choices): { bytes: Buffer; what: string } {
  return choices.of(PLAIN)(bytes, choices);
}

/** The records of a raw segment; a sealed one comes as one piece. */
export function recordsIn(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.subarray(at);
    const header = rest.length < HEADER_BYTES ? null : readHeader(rest);
    const length = header === null ? rest.length : HEADER_BYTES + header.payloadBytes;
    records.push(rest.subarray(0, length));
    at += length;
  }
  return records;
}

/** Changes one record and mends its checksums. */
function inRecord(
  bytes: Buffer,
  choices: Choices,
  change: (record: Buffer) => { record: Buffer; what: string },
): { bytes: Buffer; what: string } {
  const sealed = bytes.subarray(0, 4).equals(Buffer.from([0x5b, 0x2a, 0x4d, 0x18]));
  const records = sealed ? batchesIn(bytes) : recordsIn(bytes);
  const at = choices.below(records.length);
  if (records[at]!.length < HEADER_BYTES) return { bytes, what: 'nothing' };
  const skipped = sealed ? 8 : 0;
  const { record, what } = change(Buffer.from(records[at]!.subarray(skipped)));
  mend(record);
  records[at] = Buffer.concat([records[at]!.subarray(0, skipped), record]);
  return { bytes: Buffer.concat(records), what: `record ${at}: ${what}` };
}

/** Each with its eight bytes before the header. */
function batchesIn(bytes: Buffer): Buffer[] {
  const batches: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const header = bytes.length - at < 48 ? null : readHeader(bytes.subarray(at + 8));
    const length = header === null ? bytes.length - at : 48 + header.payloadBytes;
    batches.push(bytes.subarray(at, at + length));
    at += length;
  }
  return batches;
}

/** Makes the checksums of a record fit what it holds. */
export function mend(record: Buffer): void {
  record.writeUInt32LE(crc32(record.subarray(HEADER_BYTES)), 16);
  record.writeUInt32LE(crc32(record.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
}

/** Changes the first JSON text of a payload, and the length before it. */
function withChangedJson(record: Buffer, choices: Choices): Buffer {
  const from = jsonStart(record);
  if (from === -1) return record;
  const { length, at } = countBefore(record, from);
  const text = record.toString('utf8', from, from + length);
  const changed = Buffer.from(mutatedJson(text, choices));
  const size: number[] = [];
  for (let rest = changed.length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) {
      size.push(rest);
      break;
    }
    size.push((rest % 128) + 128);
  }
  const parts = [
    record.subarray(0, at),
    Buffer.from(size),
    changed,
    record.subarray(from + length),
  ];
  const whole = Buffer.concat(parts);
  whole.writeUInt32LE(whole.length - HEADER_BYTES, 4);
  return whole;
}

function jsonStart(record: Buffer): number {
  const starts = ['[{"', '{"'].map((text) => record.indexOf(text, HEADER_BYTES));
  return starts.find((at) => at > HEADER_BYTES) ?? -1;
}

/** The count that ends right before `end`: how long the text is that begins there, and where the count does. */
function countBefore(record: Buffer, end: number): { length: number; at: number } {
  let at = end - 1;
  while (at > HEADER_BYTES && record[at - 1]! >= 128) at -= 1;
  let length = 0;
  for (let i = end - 1; i >= at; i--) length = length * 128 + (record[i]! & 127);
  return { length: Math.min(length, record.length - end), at };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
