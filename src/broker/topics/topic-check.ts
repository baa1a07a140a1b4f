/** What a new topic must satisfy, in Kafka's words. */
import { KafkaFault } from '../../protocol/error-codes.ts'
import { checkTopicConfigs } from './topic-config.ts'
import { checkTopicName, collides, collisionKey } from './topic-name.ts'
import type { NewTopic, Topic } from './topic-types.ts'

/** The most partitions that one topic may have. */
export const partitionsPerTopicMax = 10_000

/** Checks everything but the name's uniqueness, and gives the number of partitions. Throws INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR or INVALID_CONFIG. */
export const checkNewTopic = (topic: NewTopic, partitionsDefault: number): number => {
  const { name, partitions = -1, replicationFactor = -1, configs } = topic
  checkTopicName(name)
  const count = partitions === -1 ? partitionsDefault : partitions
  if (count <= 0) throw new KafkaFault('INVALID_PARTITIONS', 'Number of partitions must be larger than 0.')
  checkMost(count)
  checkReplicationFactor(replicationFactor)
  if (configs !== undefined) checkTopicConfigs(configs)
  return count
}

const checkMost = (count: number): void => {
  if (count <= partitionsPerTopicMax) return
  throw new KafkaFault(
    'INVALID_PARTITIONS',
    `${count} partitions are more than a topic may have, ${partitionsPerTopicMax}.`,
  )
}

/** Whether a topic may have so many partitions from now on. Throws INVALID_PARTITIONS or INVALID_TOPIC_EXCEPTION. */
export const checkGrowth = ({ name, partitions, internal }: Topic, count: number): void => {
  if (count <= partitions.length)
    throw new KafkaFault('INVALID_PARTITIONS', `The topic ${name} has ${partitions.length} partition(s) already.`)
  checkMost(count)
  if (internal)
    throw new KafkaFault('INVALID_TOPIC_EXCEPTION', `The number of partitions of ${name} says where what it holds is found, and cannot change.`) // prettier-ignore
}

/** One broker can hold one replica. */
const checkReplicationFactor = (factor: number): void => {
  if (factor === -1 || factor === 1) return
  throw new KafkaFault(
    'INVALID_REPLICATION_FACTOR',
    factor <= 0
      ? 'Replication factor must be larger than 0.'
      : `Replication factor: ${factor} larger than available brokers: 1.`,
  )
}

/** Throws TOPIC_ALREADY_EXISTS, or INVALID_TOPIC_EXCEPTION for a name that differs from one of these by `.` and `_` only. */
export const checkUnique = (name: string, existing: Iterable<string>): void => {
  const key = collisionKey(name)
  for (const other of existing) {
    if (other === name) throw new KafkaFault('TOPIC_ALREADY_EXISTS', `Topic '${name}' already exists.`)
    if (collisionKey(other) === key) throw collides(name, other)
  }
}
