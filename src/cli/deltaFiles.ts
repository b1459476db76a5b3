/** Exports and deltas as files: reading them back, and bringing one up to date with the others. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../domain/errors.ts';
import { applyDelta, type SessionDelta } from '../domain/sessionDelta.ts';
import type { ExportMetadata, SessionJson } from '../domain/sessionJson.ts';

/** What the export in the first file has come to with the deltas in the others. @throws {UsageError} */
export function applyDeltaFiles(paths: readonly string[]): SessionJson {
  const [base, ...deltas] = paths;
  if (base === undefined || deltas.length === 0) {
    throw new UsageError(
      '--apply needs a complete export and a delta: --apply BASE.json DELTA.json',
    );
  }
  return deltas.reduce((state, path) => {
    const delta = exportIn(path) as SessionDelta;
    try {
      return applyDelta(state, delta);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`"${path}" cannot be applied: ${error.message}`, { cause: error });
    }
  }, exportIn(base) as SessionJson);
}

function exportIn(path: string): unknown {
  const content = contentOf(path);
  const about = (content as { _metadata?: Partial<ExportMetadata> } | null)?._metadata;
  if (Array.isArray(about?.changed_paths) && Number.isSafeInteger(about.seq)) return content;
  throw new UsageError(`"${path}" is no export of a run: name a file that "export --out" has made`);
}

function contentOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === undefined ? 'is no JSON' : `cannot be read (${code})`;
    throw new UsageError(`"${path}" ${why}: name a file that "export --out" has made`, {
      cause: error,
    });
  }
}
