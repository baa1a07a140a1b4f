/** Members of a consumer group on an embedded broker, of either protocol. */
import type { TopicPartition } from '../../src/client/assignors/assignor.ts'
import { consumerOf, type TestConsumer, type TestConsumerOptions } from './kafka-client.ts'

const sorted = (partitions: readonly TopicPartition[]): number[] =>
  partitions.map(({ partition }) => partition).sort((a, b) => a - b)

export const partitionsOf = ({ consumer }: TestConsumer): number[] => sorted(consumer.assignment)

/** A member of group g on topic t, and what its hooks were told. */
export const joining = async (
  port: number,
  options: TestConsumerOptions = {},
): Promise<TestConsumer & { readonly told: string[] }> => {
  const told: string[] = []
  const numbers = (partitions: readonly TopicPartition[]): string => sorted(partitions).join('')
  const hooks = {
    prepare: async (partitions: readonly TopicPartition[]) => void told.push(`prepare ${numbers(partitions)}`),
    assigned: (added: readonly TopicPartition[], lost: readonly TopicPartition[]) =>
      void told.push(`+${numbers(added)} -${numbers(lost)}`),
  }
  const member = await consumerOf(port, { groupId: 'g', hooks, ...options })
  member.consumer.subscribe(['t'])
  return Object.assign(member, { told })
}
