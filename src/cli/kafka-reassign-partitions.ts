/** kafka-reassign-partitions.sh: gives partitions to other brokers, of which there are none. */
import { notHere } from './not-here.ts'

export const command = notHere(
  'kafka-reassign-partitions',
  'says that one broker has nothing to reassign',
  'There is one broker, which has every partition. To move partitions to another of its log.dirs, take the kafka-reassign-partitions.sh of Apache Kafka; kafka-log-dirs.sh --describe shows where they are.',
)
