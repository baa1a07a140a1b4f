/**
 * The memory that serializers write a batch into before it goes to its file: one piece for all of them, used again for every batch, so that a
 * batch costs one write and no allocation, and a thousand open files cost nothing. What was written there is valid until the next batch, of
 * whichever serializer, begins: a sink writes it out before it awaits anything.
 */
import { Chunk } from '../base/chunk.ts'

/** Larger batches get memory of their own, which goes with them. */
const keptBytesMax = 4 * 1024 * 1024

let kept = new Chunk(Buffer.alloc(0))

/** At least `length` bytes to write a batch into. */
export const outputBuffer = (length: number): Chunk => {
  if (length <= kept.length) return kept
  const bytes = length > keptBytesMax ? length : Math.max(length, kept.length * 2, 64 * 1024)
  const larger = new Chunk(Buffer.allocUnsafeSlow(bytes))
  if (length <= keptBytesMax) kept = larger
  return larger
}
