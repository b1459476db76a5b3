/** Where the definitions are written down. */

/** A page of the reference whose conventions hold where ours are silent, at a fixed commit. */
export function stockIndicators(page: string): string {
  return `https://github.com/DaveSkender/Stock.Indicators/blob/d5c66604787c731c87708b6ce1fa6e8962529fc6/docs/indicators/${page}.md`;
}
