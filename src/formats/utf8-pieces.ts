/** Where long lines are cut when their length counts in characters: Flume counts Java's, which are UTF-16 units, and no character is torn. */

/** Bytes and UTF-16 units of the character that begins with this byte; a byte that begins none counts for itself. */
const sizeOf = (lead: number): readonly [bytes: number, units: number] => {
  if (lead < 0xc0) return [1, 1]
  if (lead < 0xe0) return [2, 1]
  return lead < 0xf0 ? [3, 1] : [4, 2]
}

/** The end of the longest piece of `chunk` from `from`, at most `to`, with no more than `max` units; at least one character. */
export const utf8PieceEnd = (chunk: Buffer, from: number, to: number, max: number): number => {
  let end = from
  for (let units = 0; end < to;) {
    const [bytes, more] = sizeOf(chunk[end] ?? 0)
    units += more
    if (units > max && end > from) break
    end += bytes
  }
  return Math.min(end, to)
}
