/**
 * The hash by which Kafka's own clients choose the partition of a keyed record (32-bit MurmurHash2 with Kafka's seed), so that our producers
 * put a key where a Java producer would.
 */
const seed = 0x9747b28c
const multiplier = 0x5bd1e995

const mixed = (block: number): number => {
  const k = Math.imul(block, multiplier)
  return Math.imul(k ^ (k >>> 24), multiplier)
}

/** A signed 32-bit hash of `key`. */
export const murmur2 = (key: Uint8Array): number => {
  const length = key.length
  let h = seed ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    const block =
      (key[at] as number) |
      ((key[at + 1] as number) << 8) |
      ((key[at + 2] as number) << 16) |
      ((key[at + 3] as number) << 24)
    h = Math.imul(h, multiplier) ^ mixed(block)
  }
  const left = length - at
  if (left === 3) h ^= (key[at + 2] as number) << 16
  if (left >= 2) h ^= (key[at + 1] as number) << 8
  if (left >= 1) h = Math.imul(h ^ (key[at] as number), multiplier)
  h = Math.imul(h ^ (h >>> 13), multiplier)
  return h ^ (h >>> 15)
}

/** The partition of a keyed record, out of all of the topic's, available or not. */
export const keyedPartition = (key: Uint8Array, partitions: number): number => (murmur2(key) & 0x7fffffff) % partitions
