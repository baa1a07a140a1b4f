/**
 * Broken invariants. Operating errors are Faults and are handled; an InvariantBroken means the program itself is wrong,
 * and whoever catches errors broadly must let it through (`rethrowBroken`), so that the process ends instead of going on with bad state.
 */
export class InvariantBroken extends Error {
  override readonly name = 'InvariantBroken'
}

/** Throws InvariantBroken with `message` unless `condition` holds. Stays on in production. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantBroken(message)
}

/** For broad catch blocks: passes InvariantBroken on, and lets everything else be handled. */
export const rethrowBroken = (thrown: unknown): void => {
  if (thrown instanceof InvariantBroken) throw thrown
}
