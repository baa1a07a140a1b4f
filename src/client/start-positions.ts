/** Where to begin in partitions that were just taken over: at what the group committed, or where `auto.offset.reset` says. */
import { Fault } from '../base/faults.ts'
import type { TopicPartition } from './assignors/assignor.ts'
import type { Cluster } from './cluster.ts'
import type { ConsumerOptions } from './consumer-options.ts'
import type { Coordinator } from './coordinator.ts'
import { fetchCommitted } from './group-offsets.ts'
import { lookUpOffsets, places } from './offset-lookup.ts'
import type { PartitionPosition } from './partition-position.ts'

const noOffset = ({ topic, partition }: TopicPartition, groupId: string | undefined): Fault =>
  new Fault('NO_OFFSET', { topic, partition, group: groupId ?? '(none)' })

const setTo = (positions: readonly PartitionPosition[], { topic, partition }: TopicPartition, offset: number): void => {
  positions.find((p) => p.topic === topic && p.partition === partition)?.seek(offset)
}

/** Puts positions where the reset policy says. Rejects with NO_OFFSET under `none`, a BrokerError, or the network's troubles. */
export const resetPositions = async (
  cluster: Cluster,
  positions: readonly PartitionPosition[],
  options: ConsumerOptions,
): Promise<void> => {
  const [first] = positions
  if (first === undefined) return
  if (options.offsetReset === 'none') throw noOffset(first, options.groupId)
  const timestampMs = places[options.offsetReset]
  const questions = positions.map(({ topic, partition }) => ({ topic, partition, timestampMs }))
  const isolation = options.isolation === 'read_committed' ? 1 : 0
  for (const answer of await lookUpOffsets(cluster, questions, isolation)) {
    if (answer.error !== undefined) throw answer.error
    setTo(positions, answer, answer.offset)
  }
}

/** Puts positions where the group's commits say; those without a commit stay unknown. Rejects as fetchCommitted does. */
export const committedPositions = async (
  coordinator: Coordinator,
  positions: readonly PartitionPosition[],
  options: ConsumerOptions,
): Promise<void> => {
  const committed = await fetchCommitted(coordinator, positions, options.isolation === 'read_committed')
  for (const position of positions) {
    const offset = committed.get(position.topic)?.get(position.partition) ?? -1
    if (offset >= 0) position.seek(offset)
  }
}
