import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../test/fakes/random.ts'
import { type Assignment, assignmentOf, countOf, has, listOf, nothing } from './assignment.ts'
import type { Assignor, AssignorInput } from './assignor.ts'
import { range } from './range-assignor.ts'
import { uniform } from './uniform-assignor.ts'

const input = (
  partitions: Readonly<Record<string, number>>,
  members: Readonly<Record<string, string>>,
  targets: ReadonlyMap<string, Assignment> = new Map(),
): AssignorInput => ({
  partitions: new Map(Object.entries(partitions)),
  members: Object.entries(members).map(([id, topics]) => ({
    id,
    instanceId: undefined,
    topicIds: topics.split(' ').filter((topic) => topic !== ''),
    target: targets.get(id) ?? nothing,
  })),
})

const shown = (made: ReadonlyMap<string, Assignment>): Record<string, string> =>
  Object.fromEntries([...made].map(([id, assignment]) => [id, listOf(assignment).map(({ topicId, partitions }) => `${topicId}:${partitions.join(',')}`).toSorted().join(' ')])) // prettier-ignore

describe('range', () => {
  test('gives runs of each topic, the first members one more', () => {
    expect(shown(range(input({ t: 5, u: 2 }, { b: 't u', a: 't u', c: 't' })))).toEqual({ a: 't:0,1 u:0', b: 't:2,3 u:1', c: 't:4' }) // prettier-ignore
  })

  test('orders static members by their instance id', () => {
    const { members, partitions } = input({ t: 2 }, { x: 't', y: 't' })
    const fixed = members.map((member) => ({ ...member, instanceId: member.id === 'x' ? '2' : '1' }))
    expect(shown(range({ members: fixed, partitions }))).toEqual({ y: 't:0', x: 't:1' })
  })
})

describe('uniform', () => {
  test('shares out evenly', () => {
    const made = uniform(input({ t: 5, u: 2 }, { a: 't u', b: 't u', c: 't u' }))
    expect([...made.values()].map(countOf).toSorted((x, y) => x - y)).toEqual([2, 2, 3])
  })

  test('changes as little as possible when one comes and when one goes', () => {
    const topics = { t: 8 }
    const two = uniform(input(topics, { a: 't', b: 't' }))
    const three = uniform(input(topics, { a: 't', b: 't', c: 't' }, two))
    const kept = ['a', 'b'].reduce((sum, id) => sum + overlap(two.get(id) ?? nothing, three.get(id) ?? nothing), 0)
    expect([kept, ...[...three.values()].map(countOf).toSorted((x, y) => x - y)]).toEqual([6, 2, 3, 3])
    const again = uniform(input(topics, { a: 't', c: 't' }, three))
    expect(overlap(three.get('a') ?? nothing, again.get('a') ?? nothing)).toBe(countOf(three.get('a') ?? nothing))
    expect([...again.values()].map(countOf)).toEqual([4, 4])
  })

  test('gives what only some may read to those, and evens out with the rest', () => {
    expect(shown(uniform(input({ t: 2, u: 2 }, { a: 't', b: 't u' })))).toEqual({ a: 't:0,1', b: 'u:0,1' })
    expect(shown(uniform(input({ t: 1 }, { a: '', b: 't' })))).toEqual({ a: '', b: 't:0' })
  })

  test('forgets partitions that a topic has no more', () => {
    const had = new Map([
      [
        'a',
        assignmentOf([
          { topicId: 't', partitions: [0, 7] },
          { topicId: 'gone', partitions: [0] },
        ]),
      ],
    ])
    expect(shown(uniform(input({ t: 1 }, { a: 't' }, had)))).toEqual({ a: 't:0' })
  })
})

const overlap = (a: Assignment, b: Assignment): number => {
  let count = 0
  for (const [topicId, partitions] of a) for (const partition of partitions) if (has(b, topicId, partition)) count++
  return count
}

test.each([
  ['range', range],
  ['uniform', uniform],
] as readonly [string, Assignor][])('%s gives every partition to exactly one of its readers', (_, assignor) => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed)
    const topics = { t: Math.floor(random.next() * 9), u: Math.floor(random.next() * 5), v: 1 }
    const names = Object.keys(topics)
    const members = Object.fromEntries(Array.from({ length: 1 + Math.floor(random.next() * 6) }, (_, i) => [`m${i}`, names.filter(() => random.next() < 0.6).join(' ')])) // prettier-ignore
    const before = assignor(input(topics, members))
    const made = assignor(input(topics, members, before))
    const given = [...made].flatMap(([id, assignment]) =>
      listOf(assignment).flatMap(({ topicId, partitions }) => {
        expect(members[id]?.split(' ')).toContain(topicId)
        return partitions.map((partition) => `${topicId}-${partition}`)
      }),
    )
    const read = new Set(Object.values(members).flatMap((some) => some.split(' ')))
    const wanted = Object.entries(topics).flatMap(([topic, count]) => read.has(topic) ? Array.from({ length: count }, (_, p) => `${topic}-${p}`) : []) // prettier-ignore
    expect(given.toSorted()).toEqual(wanted.toSorted())
    expect(shown(made)).toEqual(shown(before))
  }
})
