/** zookeeper-server-start.sh: the first line of many a guide to Kafka. */
import { notHere } from './not-here.ts'

export const command = notHere(
  'zookeeper-server-start',
  'says that the broker needs no ZooKeeper',
  'The broker needs no ZooKeeper: leave this line away, and start kafka-server-start.sh.',
)
