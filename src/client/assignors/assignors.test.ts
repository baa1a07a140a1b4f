import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../../test/fakes/random.ts'
import type { Assign, Assignments, Member, TopicPartition } from './assignor.ts'
import { grouped } from './assignor.ts'
import { range } from './range.ts'
import { roundRobin } from './round-robin.ts'
import { cooperativeSticky, sticky } from './sticky.ts'

const member = (memberId: string, topics: readonly string[], more: Partial<Member> = {}): Member => ({
  memberId,
  instanceId: null,
  topics,
  owned: [],
  generation: -1,
  ...more,
})

const counts = (given: Readonly<Record<string, number>>): Map<string, number> => new Map(Object.entries(given))

/** `t-0 t-1 u-0`, by member. */
const shown = (assignments: Assignments): Record<string, string> =>
  Object.fromEntries(
    [...assignments].map(([id, partitions]) => [
      id,
      grouped(partitions)
        .flatMap(({ topic, partitions: numbers }) => numbers.map((number) => `${topic}-${number}`))
        .sort()
        .join(' '),
    ]),
  )

const owned = (text: string): TopicPartition[] =>
  text.split(' ').map((one) => ({ topic: one.slice(0, 1), partition: Number(one.slice(2)) }))

describe('range', () => {
  it('cuts each topic into pieces, the first ones larger', () => {
    const members = [member('b', ['t', 'u']), member('a', ['t', 'u'])]
    expect(shown(range(members, counts({ t: 3, u: 3 })))).toEqual({ a: 't-0 t-1 u-0 u-1', b: 't-2 u-2' })
  })

  it('gives a topic only to those that want it, and leaves topics out that are not there', () => {
    const members = [member('a', ['t', 'x']), member('b', ['u'])]
    expect(shown(range(members, counts({ t: 2, u: 1 })))).toEqual({ a: 't-0 t-1', b: 'u-0' })
  })

  it('leaves members without a share when there are too many', () => {
    const members = [member('a', ['t']), member('b', ['t']), member('c', ['t'])]
    expect(shown(range(members, counts({ t: 2 })))).toEqual({ a: 't-0', b: 't-1', c: '' })
  })

  it('puts static members first', () => {
    const members = [member('a', ['t']), member('z', ['t'], { instanceId: 'i' })]
    expect(shown(range(members, counts({ t: 1 })))).toEqual({ a: '', z: 't-0' })
  })
})

describe('roundrobin', () => {
  it('deals all partitions out in turn', () => {
    const members = [member('a', ['t', 'u']), member('b', ['t', 'u'])]
    expect(shown(roundRobin(members, counts({ t: 3, u: 3 })))).toEqual({ a: 't-0 t-2 u-1', b: 't-1 u-0 u-2' })
  })

  it('passes over those that do not want the topic', () => {
    const members = [member('a', ['t']), member('b', ['t', 'u'])]
    expect(shown(roundRobin(members, counts({ t: 1, u: 2 })))).toEqual({ a: 't-0', b: 'u-0 u-1' })
  })
})

describe('sticky', () => {
  it('moves no more than it must when a member comes', () => {
    const a = member('a', ['t'], { owned: owned('t-0 t-1 t-2 t-3'), generation: 3 })
    const shares = shown(sticky([a, member('b', ['t'])], counts({ t: 4 })))
    expect(shares).toEqual({ a: 't-0 t-1', b: 't-2 t-3' })
  })

  it('gives what a lost member held to those with the least', () => {
    const a = member('a', ['t'], { owned: owned('t-0 t-1 t-2'), generation: 3 })
    const b = member('b', ['t'], { owned: owned('t-3'), generation: 3 })
    expect(shown(sticky([a, b], counts({ t: 6 })))).toEqual({ a: 't-0 t-1 t-2', b: 't-3 t-4 t-5' })
  })

  it('believes the later of two claims', () => {
    const old = member('a', ['t'], { owned: owned('t-0 t-1'), generation: 1 })
    const now = member('b', ['t'], { owned: owned('t-0 t-1'), generation: 2 })
    const shares = sticky([old, now], counts({ t: 2 }))
    expect(shown(shares)).toEqual({ a: 't-1', b: 't-0' })
  })
})

describe('cooperative-sticky', () => {
  it('gives nothing away before its holder has given it up', () => {
    const a = member('a', ['t'], { owned: owned('t-0 t-1 t-2 t-3'), generation: 3 })
    const first = cooperativeSticky([a, member('b', ['t'])], counts({ t: 4 }))
    expect(shown(first)).toEqual({ a: 't-0 t-1', b: '' })
    const kept = member('a', ['t'], { owned: owned('t-0 t-1'), generation: 4 })
    expect(shown(cooperativeSticky([kept, member('b', ['t'])], counts({ t: 4 })))).toEqual({
      a: 't-0 t-1',
      b: 't-2 t-3',
    })
  })
})

describe.each<[string, Assign]>([
  ['range', range],
  ['roundrobin', roundRobin],
  ['sticky', sticky],
])('%s, for random groups', (_, assign) => {
  it('gives every wanted partition to exactly one member that wants it', () => {
    const random = seededRandom(7)
    for (let round = 0; round < 200; round++) {
      const topics = ['t', 'u', 'v'].slice(0, 1 + random.below(3))
      const members = Array.from({ length: 1 + random.below(6) }, (_, i) =>
        member(
          `m${i}`,
          topics.filter(() => random.chance(0.7)),
        ),
      )
      const partitions = counts(Object.fromEntries(topics.map((topic) => [topic, random.below(8)])))
      const given = [...assign(members, partitions)].flatMap(([id, share]) => share.map((one) => ({ id, ...one })))
      const wanted = topics.filter((topic) => members.some((one) => one.topics.includes(topic)))
      expect(given.map(({ topic, partition }) => `${topic}-${partition}`).sort()).toEqual(
        wanted.flatMap((topic) => Array.from({ length: partitions.get(topic) ?? 0 }, (_, p) => `${topic}-${p}`)).sort(),
      )
      for (const { id, topic } of given) expect(members.find((one) => one.memberId === id)?.topics).toContain(topic)
    }
  })
})
