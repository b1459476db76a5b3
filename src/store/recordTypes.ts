/** The types of the facts in a frame, told from its record without decoding it: none is missed. */
import { CONTENTS, HEADER_BYTES, type RecordHeader } from './record.ts';

const BLOCKS = (
  ['BarAppended', 'BarDerived', 'IndicatorUpdated', 'HistoricalBarsLoaded'] as const
).map((type) => [type, CONTENTS[type]] as const);
/** How every fact that is JSON begins. Inside of facts there may be the same: then a type too many is told. */
const BEGINNING = Buffer.from('{"type":"');
const QUOTE = 34;
const NAME_MAX = 64;

/** Adds the types to `types`. */
export function addTypes(
  types: Set<string>,
  { contents }: Pick<RecordHeader, 'contents'>,
  record: Buffer,
): void {
  for (const [type, bit] of BLOCKS) if ((contents & bit) !== 0) types.add(type);
  if ((contents & CONTENTS.control) === 0) return;
  for (let at = HEADER_BYTES; ; ) {
    at = record.indexOf(BEGINNING, at);
    if (at === -1) return;
    at += BEGINNING.length;
    const end = record.indexOf(QUOTE, at);
    if (end !== -1 && end - at <= NAME_MAX) types.add(record.toString('latin1', at, end));
  }
}
