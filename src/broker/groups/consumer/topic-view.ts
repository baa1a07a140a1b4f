/** What groups want to know of topics: which there are, how many partitions they have, and whether any of that has changed. */
import { crypto } from '../../../base/builtins.ts'
import type { TopicStore } from '../../topics/topic-store.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { TopicMatcher } from './topic-matcher.ts'
import { BadPattern } from './topic-pattern.ts'

export interface TopicView {
  /** Names of topics that clients may read. */
  names(): readonly string[]
  /** Undefined when there is no such topic. */
  get(name: string): { readonly id: string; readonly partitions: number } | undefined
  /** Undefined when there is no topic of this id. */
  nameOf(id: string): string | undefined
}

const HASH_BYTES = 6

/** The topics of this broker, without its own. */
export const viewOf = (topics: TopicStore): TopicView => ({
  names: () => topics.list().filter(({ internal }) => !internal).map(({ name }) => name), // prettier-ignore
  get(name) {
    const topic = topics.get(name)
    return topic === undefined ? undefined : { id: topic.id, partitions: topic.partitions.length }
  },
  nameOf: (id) => topics.byId(id)?.name,
})

/** Looks all patterns of a group up again. One that takes too much by now stays with the topics that it had. */
export const lookUpPatterns = (group: ConsumerGroup, topics: TopicView): void => {
  const used = new Set(group.patterns)
  for (const pattern of Array.from(group.matches.keys())) if (!used.has(pattern)) group.matches.delete(pattern)
  for (const pattern of used) lookUp(group, pattern, topics)
}

const lookUp = (group: ConsumerGroup, pattern: string, topics: TopicView): void => {
  try {
    const matcher = group.matches.get(pattern) ?? new TopicMatcher(pattern)
    group.matches.set(pattern, matcher)
    matcher.look(topics)
  } catch (thrown) {
    if (!(thrown instanceof BadPattern)) throw thrown
  }
}

/**
 * A number that changes with the topics that a group reads: their ids, their sizes, and what its patterns stand for. `coming` is a member that is not
 * counted yet.
 */
export const digestOf = (group: ConsumerGroup, topics: TopicView, coming?: ConsumerMember): number => {
  const hash = crypto().createHash('sha1')
  const names = group.subscribedTopics()
  for (const name of coming === undefined ? [] : group.topicsOf(coming)) names.add(name)
  const patterns = new Set(group.patterns)
  if (coming?.pattern !== undefined && coming.pattern !== '') patterns.add(coming.pattern)
  for (const name of [...names].toSorted()) {
    const topic = topics.get(name)
    if (topic !== undefined) hash.update(`${name} ${topic.id} ${topic.partitions}\n`)
  }
  for (const pattern of [...patterns].toSorted())
    hash.update(`${pattern}\n${[...(group.matches.get(pattern)?.topics ?? [])].toSorted().join(' ')}\n`)
  return hash.digest().readUIntBE(0, HASH_BYTES)
}
