/** How deep a config nests: what is too deep, or contains itself, overflows whoever walks through it. */

/** Far deeper than anybody writes, and not as deep as the log can hold. */
export const CONFIG_DEPTH_MAX = 100;

/** True if `value` has objects or lists inside each other more than `CONFIG_DEPTH_MAX` times. O(levels × parts). */
export function nestsTooDeep(value: unknown): boolean {
  let level = new Set<object>(isNest(value) ? [value] : []);
  for (let depth = 0; level.size > 0; depth++) {
    if (depth === CONFIG_DEPTH_MAX) return true;
    const next = new Set<object>();
    for (const nest of level) {
      for (const inner of Object.values(nest)) if (isNest(inner)) next.add(inner);
    }
    level = next;
  }
  return false;
}

function isNest(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
