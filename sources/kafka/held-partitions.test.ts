import { describe, expect, it } from 'vitest'
import { HeldPartitions } from './held-partitions.ts'

const holding = () => {
  const held = new HeldPartitions()
  held.add('t', 0)
  const partition = held.get('t', 0)
  if (partition === undefined) throw new Error('The partition was just added')
  return { held, partition }
}

const offsets = (held: HeldPartitions): number[] => held.toCommit().map(({ offset }) => offset)

describe('what is to be committed', () => {
  it('is where the settled events end, once', () => {
    const { held, partition } = holding()
    expect(offsets(held)).toEqual([])
    partition.settle(10, 0)
    const due = held.toCommit()
    expect(due).toEqual([{ topic: 't', partition: 0, offset: 10 }])
    held.committed(due)
    expect(offsets(held)).toEqual([])
  })

  it('goes back where reading went back: a topic that was made anew begins at 0 again, and what is in it is not to be skipped', () => {
    const { held, partition } = holding()
    partition.settle(1000, 0)
    held.committed(held.toCommit())
    partition.settle(80, 0)
    expect(offsets(held)).toEqual([80])
  })

  it('is nothing of a partition that was lost, nor what settles later of one that came back', () => {
    const { held, partition } = holding()
    partition.unsettled = 5
    expect(held.remove('t', 0)?.unsettled).toBe(5)
    held.add('t', 0)
    partition.settle(5, 5)
    expect(offsets(held)).toEqual([])
  })
})
