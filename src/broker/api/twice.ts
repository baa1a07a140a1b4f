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
