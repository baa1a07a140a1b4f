/** What comes next of memory and disk, by the ordinals that both share. */
import { rethrowBroken } from '../../src/base/assert.ts'
import type { Slice as StoredSlice } from '../file/backlog.ts'
import type { MemoryPart } from './memory-part.ts'
import type { Overflow } from './overflow.ts'
import type { Part } from './spill-take.ts'

const eventsOf = (slices: readonly { readonly from: number; readonly to: number }[]): number =>
  slices.reduce((sum, { from, to }) => sum + (to - from), 0)

/** Up to `max` events from the head, of memory and disk in turns. Throws CHANNEL_DISK where the disk comes first. */
export const cutInTurns = (memory: MemoryPart, overflow: Overflow | undefined, max: number): Part[] => {
  const parts: Part[] = []
  for (let left = max; left > 0;) {
    const onDisk = overflow?.bound ?? Infinity
    const inMemory = memory.first ?? Infinity
    if (inMemory < onDisk) {
      const cut = memory.cut(left, onDisk)
      parts.push({ memory: cut })
      left -= eventsOf(cut)
    } else {
      const stored = cutStored(overflow, left, inMemory, parts.length === 0)
      if (stored === undefined) break
      if (stored.length > 0) parts.push({ stored })
      left -= eventsOf(stored)
    }
  }
  return parts
}

/** Undefined when there is nothing to take from the disk, or it cannot be read and something else can be given. */
const cutStored = (
  overflow: Overflow | undefined,
  max: number,
  before: number,
  isFirst: boolean,
): readonly StoredSlice[] | undefined => {
  if (overflow === undefined || overflow.isEmpty) return undefined
  try {
    return overflow.cut(max, before)
  } catch (thrown) {
    rethrowBroken(thrown)
    if (isFirst) throw thrown
    return undefined
  }
}
