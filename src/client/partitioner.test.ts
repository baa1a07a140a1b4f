import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/fakes/random.ts'
import type { TopicMetadata } from './cluster-metadata.ts'
import { Partitioner } from './partitioner.ts'

/** A topic whose partitions have these leaders, -1 for none. */
const topicLedBy = (leaders: readonly number[]): TopicMetadata => ({
  topic: 't',
  topicId: '',
  errorCode: 0,
  isInternal: false,
  partitions: leaders.map((leader, partition) => ({
    partition,
    errorCode: 0,
    leader,
    leaderEpoch: 0,
    replicas: [],
    isr: [],
    offlineReplicas: [],
  })),
})

const nextOnes = (topic: TopicMetadata, count: number): number[] => {
  const partitioner = new Partitioner(seededRandom(1))
  return Array.from({ length: count }, () => partitioner.next(topic))
}

describe('batches without keys', () => {
  it('go to every partition in turn', () => {
    const chosen = nextOnes(topicLedBy([1, 1, 1]), 9)
    expect(new Set(chosen.slice(0, 3))).toEqual(new Set([0, 1, 2]))
    expect(chosen.slice(3, 6)).toEqual(chosen.slice(0, 3))
  })

  it('pass over partitions without a leader', () => {
    expect(new Set(nextOnes(topicLedBy([1, -1, 1, -1]), 20))).toEqual(new Set([0, 2]))
  })

  it('still go somewhere when no partition has a leader', () => {
    for (const partition of nextOnes(topicLedBy([-1, -1]), 10)) expect([0, 1]).toContain(partition)
  })
})

it('records with one key always go to one partition', () => {
  const partitioner = new Partitioner(seededRandom(1))
  const topic = topicLedBy([1, -1, 1, 1, 1])
  const key = Buffer.from('foobar')
  expect(partitioner.keyed(key, topic)).toBe((-790_332_482 & 0x7fffffff) % 5)
})
