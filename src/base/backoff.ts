/** How long to wait before try number `failures` (1 = after the first failure): doubles from `firstMs` up to `maxMs`. */
export const backoffMs = (failures: number, firstMs: number, maxMs: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)))
