/** Gives batches their place in the log: offset and leader epoch, written into the bytes that will be stored. The checksum does not cover them. */
import { assert } from '../../base/assert.ts'
import { readBatchHeader, stampOffset, type BatchHeader } from '../../protocol/record-batch.ts'
import type { Admitted } from './admission.ts'

export interface Stamped {
  readonly bytes: Buffer
  /** As the bytes now say. */
  readonly batches: readonly BatchHeader[]
  readonly last: BatchHeader
}

export const stamp = ({ bytes, batches }: Admitted, baseOffset: number, leaderEpoch: number): Stamped => {
  const stamped: BatchHeader[] = []
  let [next, at] = [baseOffset, 0]
  while (stamped.length < batches.length) {
    stampOffset(bytes, at, next, leaderEpoch)
    const header = readBatchHeader(bytes, at)
    next = header.lastOffset + 1
    at += header.sizeInBytes
    stamped.push(header)
  }
  const last = stamped.at(-1)
  assert(last !== undefined && at === bytes.length, 'batches that are not all of what is to be appended')
  return { bytes, batches: stamped, last }
}
