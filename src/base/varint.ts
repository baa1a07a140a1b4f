/**
 * Zigzag varints, as Kafka's records and Avro have them: seven bits a byte, low ones first, the sign in the lowest. All in JavaScript numbers,
 * exact up to 2^53; the bit operators serve the small values and division the large ones.
 */

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value)

/** How many bytes `value` takes. */
export const varintBytes = (value: number): number => {
  const z = zigzag(value)
  if (z < 0x80) return 1
  if (z < 0x4000) return 2
  if (z < 0x20_0000) return 3
  if (z < 0x1000_0000) return 4
  let bytes = 5
  for (let rest = Math.floor(z / 0x8_0000_0000); rest > 0; rest = Math.floor(rest / 128)) bytes++
  return bytes
}

const putLong = (into: Uint8Array, from: number, z: number): number => {
  let at = from
  let rest = z
  while (rest >= 0x80) {
    into[at++] = (rest % 128) | 0x80
    rest = Math.floor(rest / 128)
  }
  into[at++] = rest
  return at
}

/** Writes `value` at `at`, where there must be room, and gives the position after it. */
export const putVarint = (into: Uint8Array, at: number, value: number): number => {
  const z = zigzag(value)
  if (z < 0x80) {
    into[at] = z
    return at + 1
  }
  if (z < 0x4000) {
    into[at] = (z & 0x7f) | 0x80
    into[at + 1] = z >>> 7
    return at + 2
  }
  return putLong(into, at, z)
}
