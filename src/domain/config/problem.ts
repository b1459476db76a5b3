/** What is wrong with a config: one problem for each mistake, in the order of the document. */

export interface Problem {
  /** Where: `session_data_config.indicators.session[3].name`; empty for the config as a whole. */
  readonly path: string;
  /** One sentence: what was found, what to write. */
  readonly message: string;
  /** The value at fault; absent where something is missing. */
  readonly found?: unknown;
  /** What was probably meant. */
  readonly suggestion?: string;
}

export type Path = readonly PropertyKey[];

/** A problem whose place is still a list of steps, in canonical keys. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
  readonly found?: unknown;
  readonly suggestion?: string | undefined;
  /** Where what stands here belongs, so that it is not missing there as well. */
  readonly meant?: Path;
}

/** One line: place, sentence, did-you-mean. */
export function formatProblem({ path, message, suggestion }: Problem): string {
  const hint = suggestion === undefined ? '' : ` (did you mean ${quoted(suggestion)}?)`;
  return `${path === '' ? 'config' : path}: ${message}${hint}`;
}

/**
 * The problems of `findings` in the order of the document, the first of each place only.
 *
 * @param document the config as it was written
 * @param asWritten turns a finding's path into the document's own spelling
 */
export function problemsOf(
  findings: readonly Finding[],
  document: unknown,
  asWritten: (path: Path) => Path,
): Problem[] {
  const elsewhere = new Set(findings.map(({ meant }) => meant && formatPath(meant)));
  const places = new Map<string, { problem: Problem; position: readonly number[] }>();
  for (const finding of findings) {
    const problem = toProblem(finding);
    const { path, found } = problem;
    if (places.has(path) || (found === undefined && elsewhere.has(path))) continue;
    places.set(path, { problem, position: positionOf(asWritten(finding.path), document) });
  }
  return [...places.values()]
    .toSorted((a, b) => comparePositions(a.position, b.position))
    .map(({ problem }) => problem);
}

export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = String(step);
    if (!/^[\w$^-]+$/.test(name)) return `${text}[${quoted(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** `found "fast"`, or `missing`. */
export function foundIn(input: unknown): string {
  return input === undefined ? 'missing' : `found ${shown(input)}`;
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** `"a"`, `"a" or "b"`, `"a", "b" or "c"`. */
export function listed(names: readonly string[]): string {
  const last = names.slice(-2).map(quoted).join(' or ');
  return [...names.slice(0, -2).map(quoted), last].join(', ');
}

function shown(value: unknown): string {
  if (typeof value === 'string')
    return quoted(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  return String(value);
}

function toProblem({ path, message, found, suggestion }: Finding): Problem {
  return {
    path: formatPath(path),
    message,
    ...(found === undefined ? {} : { found }),
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** Index of each step among its siblings in the document; what is missing comes last. */
function positionOf(path: Path, document: unknown): number[] {
  let here = document;
  return path.map((step) => {
    const siblings = typeof here === 'object' && here !== null ? Object.entries(here) : [];
    const index = siblings.findIndex(([key]) => key === String(step));
    here = siblings[index]?.[1];
    return index < 0 ? Number.POSITIVE_INFINITY : index;
  });
}

function comparePositions(a: readonly number[], b: readonly number[]): number {
  const different = a.findIndex((index, i) => index !== b[i]);
  if (different < 0) return a.length - b.length;
  return (a[different] ?? -1) < (b[different] ?? -1) ? -1 : 1;
}
