/** Which of these are there more than once, in time that grows with their number alone: requests may name very many. */
export const namedTwice = <T>(values: Iterable<T>): ReadonlySet<T> => {
  const seen = new Set<T>()
  const twice = new Set<T>()
  for (const value of values) {
    if (seen.has(value)) twice.add(value)
    else seen.add(value)
  }
  return twice
}

/** Each of these once, in order: a request that names one thing a million times gets one answer about it, not an answer of gigabytes. */
export const eachOnce = <T>(values: readonly T[], keyOf: (value: T) => unknown): readonly T[] => {
  if (values.length < 2) return values
  const seen = new Set<unknown>()
  return values.filter((value) => {
    const key = keyOf(value)
    return !seen.has(key) && seen.add(key)
  })
}
