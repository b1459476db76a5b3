/**
 * Facts of earlier versions, as they are told today. A log keeps the bytes that were written, and its hashes are over
 * those; what is read from it passes through here, so that nobody else knows of earlier shapes.
 *
 * Each upcaster takes the facts of one version to the next. The manifest says which version a log was written in.
 */
import { UsageError } from '../domain/errors.ts';
import type { ControlFact, Fields } from '../domain/facts.ts';
import type { Block, ControlSection, Frame, Section } from '../domain/frame.ts';

/** The fields of a fact; of one that travels as a block, those beside its columns, with `type` and `by`. */
type FactFields = Readonly<Record<string, unknown>>;

/** What an upcaster may look up in the log that the fact is from. */
export interface Past {
  streams(): Fields<'StreamsValidated'> | null;
}

/** By type of fact: the same fact one version later. The type stays, and so do the columns of a block. */
type Upcaster = Readonly<Record<string, (fields: FactFields, past: Past) => FactFields>>;

/**
 * 1 → 2. History did not say which stored interval it comes from: what the feed's loader recorded was stored as it
 * is, what the processor recorded was derived from the base. Later logs of version 1 say it already.
 */
const sourceOfHistory: Upcaster = {
  HistoricalBarsLoaded: (fields, past) => {
    if ('source' in fields) return fields;
    const { by, interval } = fields;
    const source = by === 'session/loading' ? interval : (past.streams()?.base ?? interval);
    return { ...fields, source };
  },
};

/** The first one takes version 1 to 2. Only ever added to. */
const UPCASTERS: readonly Upcaster[] = [sourceOfHistory];

/** Of the facts' shapes, as they are written today. */
export const EVENT_VERSION = 1 + UPCASTERS.length;

/**
 * Makes frames of version `version` those of today.
 *
 * @returns null if they are that already
 * @throws {UsageError} for facts of a later engine
 */
export function upcasterFrom(version: unknown, past: Past): ((frame: Frame) => Frame) | null {
  if (typeof version === 'number' && version > EVENT_VERSION) {
    throw new UsageError(
      `the log has facts of version ${version}, this engine knows them up to ${EVENT_VERSION}: read it with a ` +
        'newer one',
    );
  }
  const first = Number.isSafeInteger(version) && (version as number) >= 1 ? (version as number) : 1;
  const steps = UPCASTERS.slice(first - 1);
  if (steps.length === 0) return null;
  const types = new Set(steps.flatMap((step) => Object.keys(step)));
  const cast = (type: string, fields: FactFields) =>
    steps.reduce(
      (fact, step) => (Object.hasOwn(step, type) ? step[type]!(fact, past) : fact),
      fields,
    );
  return (frame) => {
    if (!frame.sections.some((section) => holdsAny(section, types))) return frame;
    const sections = frame.sections.map((section) =>
      section.kind === 'block' ? castBlock(section, cast) : castFacts(section, types, cast),
    );
    return { ...frame, sections };
  };
}

function holdsAny(section: Section, types: ReadonlySet<string>): boolean {
  if (section.kind === 'block') return types.has(section.type);
  return section.facts.some(({ type }) => types.has(type));
}

type Cast = (type: string, fields: FactFields) => FactFields;

/** The block is the reader's own, or one that is filled anew for each frame. */
function castBlock(block: Block, cast: Cast): Block {
  const { type, by } = block;
  const { type: _type, by: _by, ...extra } = cast(type, { ...block.extra, type, by });
  block.extra = Object.keys(extra).length === 0 ? null : extra;
  return block;
}

function castFacts(
  { facts }: ControlSection,
  types: ReadonlySet<string>,
  cast: Cast,
): ControlSection {
  const changed = facts.map((fact) =>
    types.has(fact.type) ? (cast(fact.type, { ...fact }) as unknown as ControlFact) : fact,
  );
  return { kind: 'control', facts: changed };
}
