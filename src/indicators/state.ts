/**
 * Saving and restoring a running indicator: its own fields are its whole state.
 *
 * The saved form is plain JSON, NaN, infinities and −0 included. An indicator restored into a fresh one of
 * the same settings goes on to the same bit.
 */

/** A number JSON cannot hold. */
type SpecialNumber = 'NaN' | 'Infinity' | '-Infinity' | '-0';

/** A saved value; what is not plain is an object with one key that says what it is. */
export type SavedState =
  | number
  | string
  | boolean
  | null
  | { readonly number: SpecialNumber }
  | { readonly typed: readonly (number | SpecialNumber)[] }
  | { readonly list: readonly SavedState[] }
  | { readonly fields: Readonly<Record<string, SavedState>> };

type TypedArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/**
 * The state of an indicator, or of a part of one, as plain JSON.
 * @throws {TypeError} for a field that holds neither numbers, booleans, strings, null, arrays nor parts of these
 */
export function saveState(indicator: object): SavedState {
  return saveFields(indicator, 'indicator');
}

/**
 * Puts a saved state into `fresh`, made with the same settings as the saved one.
 * @returns `fresh`, its `out` the same array as before
 * @throws {TypeError} if it does not fit
 */
export function restoreState<T extends object>(fresh: T, saved: SavedState): T {
  restoreValue(fresh, saved, 'indicator');
  return fresh;
}

function saveValue(value: unknown, path: string): SavedState {
  if (typeof value === 'number') {
    const plain = plainNumber(value);
    return typeof plain === 'number' ? plain : { number: plain };
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (isTyped(value)) return { typed: Array.from(value, plainNumber) };
  if (Array.isArray(value))
    return { list: value.map((item, i) => saveValue(item, `${path}[${i}]`)) };
  if (isPart(value)) return saveFields(value, path);
  throw new TypeError(
    `${path} is ${Object.prototype.toString.call(value)}: an indicator's fields must be numbers, booleans, strings, null, arrays, ` +
      'typed arrays or objects of these',
  );
}

function saveFields(part: object, path: string): SavedState {
  const fields = Object.entries(part).map(([name, value]) => [
    name,
    saveValue(value, `${path}.${name}`),
  ]);
  return { fields: Object.fromEntries(fields) };
}

/** Restores in place where there is something to restore into, and returns what the field is to hold. */
function restoreValue(fresh: unknown, saved: SavedState, path: string): unknown {
  const holder = typeof fresh === 'object' && fresh !== null;
  if (!holder && (saved === null || typeof saved !== 'object')) return saved;
  if (saved === null || typeof saved !== 'object') throw misfit(path);
  if (!holder && 'number' in saved) return exactNumber(saved.number);
  if ('typed' in saved && isTyped(fresh) && fresh.length === saved.typed.length) {
    saved.typed.forEach((value, i) => {
      fresh[i] = exactNumber(value);
    });
    return fresh;
  }
  if ('list' in saved && Array.isArray(fresh)) {
    const items = saved.list.map((item, i) => restoreValue(fresh[i], item, `${path}[${i}]`));
    fresh.splice(0, fresh.length, ...items);
    return fresh;
  }
  if ('fields' in saved && isPart(fresh)) {
    restoreFields(fresh, saved.fields, path);
    return fresh;
  }
  throw misfit(path);
}

function restoreFields(
  fresh: Record<string, unknown>,
  saved: Readonly<Record<string, SavedState>>,
  path: string,
): void {
  const names = Object.keys(fresh);
  const odd =
    names.find((name) => !(name in saved)) ?? Object.keys(saved).find((name) => !(name in fresh));
  if (odd !== undefined) {
    throw new TypeError(`saved state does not fit ${path}: "${odd}" is only in one of the two`);
  }
  for (const name of names) {
    const value = restoreValue(fresh[name], saved[name]!, `${path}.${name}`);
    if (!Object.is(fresh[name], value)) fresh[name] = value;
  }
}

function misfit(path: string): TypeError {
  return new TypeError(
    `saved state does not fit ${path}: make the indicator with the settings it had`,
  );
}

function plainNumber(value: number): number | SpecialNumber {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : (String(value) as SpecialNumber);
}

function exactNumber(value: number | SpecialNumber): number {
  return Number(value);
}

function isTyped(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && 'length' in value && typeof value[0 as never] !== 'bigint';
}

function isPart(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}
