/**
 * Zigzag varints, as Kafka's records and Avro have them: seven bits a byte, low ones first, the sign in the lowest. All in JavaScript numbers, exact
 * up to 2^53: bit operators serve the small values, division the large ones, of which the lowest 28 bits are handled apart so that the sign stays exact too.
 */

/** Magnitudes below this have a zigzag form of at most 28 bits: four bytes. */
const lowUnit = 2 ** 27

/** What a value's bits say beside its sign: -1 has the magnitude of 0. */
const magnitudeOf = (value: number): number => (value < 0 ? -1 - value : value)

/** How many bytes `value` takes. */
export const varintBytes = (value: number): number => {
  const magnitude = magnitudeOf(value)
  if (magnitude < 0x40) return 1
  if (magnitude < 0x2000) return 2
  if (magnitude < 0x10_0000) return 3
  if (magnitude < lowUnit) return 4
  let bytes = 5
  for (let rest = Math.floor(magnitude / (lowUnit * 128)); rest >= 1; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

/** Writes groups of seven bits, low ones first, the last without the mark that more follow. */
const putGroups = (into: Uint8Array, from: number, bits: number): number => {
  let at = from
  let rest = bits
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) into[at++] = (rest % 128) | 0x80
  into[at++] = rest
  return at
}

const putLong = (into: Uint8Array, from: number, value: number): number => {
  const magnitude = magnitudeOf(value)
  const low = (magnitude % lowUnit) * 2 + (value < 0 ? 1 : 0)
  if (magnitude < lowUnit) return putGroups(into, from, low)
  for (let i = 0; i < 4; i++) into[from + i] = ((low >>> (7 * i)) & 0x7f) | 0x80
  return putGroups(into, from + 4, Math.floor(magnitude / lowUnit))
}

/** One byte or two. */
const putZigzag = (into: Uint8Array, at: number, zigzag: number): number => {
  if (zigzag < 0x80) {
    into[at] = zigzag
    return at + 1
  }
  into[at] = (zigzag & 0x7f) | 0x80
  into[at + 1] = zigzag >>> 7
  return at + 2
}

/** Like `putVarint`, for a value of 0 to 8,191, which takes one byte or two. */
export const putShort = (into: Uint8Array, at: number, value: number): number => putZigzag(into, at, value << 1)

/** Writes `value` at `at`, where there must be room, and gives the position after it. */
export const putVarint = (into: Uint8Array, at: number, value: number): number => {
  if (value < -0x2000 || value >= 0x2000) return putLong(into, at, value)
  return putZigzag(into, at, (value << 1) ^ (value >> 31))
}
