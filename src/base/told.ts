/** Errors that the log has already: who handles them, or what they caused, has nothing to add. A broker that was said to be away is one. */

const told = new WeakSet<Error>()

/** Marks an error whose reason was just logged, or was logged before and still holds. */
export const tell = <E extends Error>(error: E): E => {
  told.add(error)
  return error
}

/** Whether the log has this error, or one that caused it. */
export const isTold = (thrown: unknown): boolean =>
  thrown instanceof Error && (told.has(thrown) || isTold(thrown.cause))
