/** The commands of kafka-transactions.sh that look at partitions: who writes into them, which transactions hang there, and how one is ended. */
import type { Admin } from '../client/admin.ts'
import type { TopicPartition } from '../client/assignors/assignor.ts'
import type { ActiveProducer, ListedTransaction } from '../client/transaction-admin.ts'
import { type JoptValues, UsageError } from './jopt.ts'
import { ToolFailure } from './kafka-failure.ts'
import { columns } from './tab-columns.ts'

const producerHeads = [
  'ProducerId', 'ProducerEpoch', 'LatestCoordinatorEpoch', 'LastSequence', 'LastTimestamp', 'CurrentTransactionStartOffset',
] // prettier-ignore
const hangingHeads = [
  'Topic', 'Partition', 'ProducerId', 'ProducerEpoch', 'CoordinatorEpoch', 'StartOffset', 'LastTimestamp', 'Duration(min)',
] // prettier-ignore
const minuteMs = 60_000
/** transaction.max.timeout.ms of a broker that nobody changed. */
const timeoutMinutesDefault = 15

const partitionOf = (values: JoptValues): TopicPartition => {
  const topic = values.required('topic')
  const partition = values.integer('partition')
  if (partition === undefined) throw new UsageError('Missing required argument "[partition]"')
  return { topic, partition }
}

export const describeProducers = async (admin: Admin, values: JoptValues): Promise<string> => {
  const found = await admin.transactions.producers(partitionOf(values), values.integer('broker-id'))
  const rows = found.map((one) => [
    one.producerId,
    one.producerEpoch,
    one.coordinatorEpoch,
    one.lastSequence,
    one.lastTimestamp,
    one.currentTxnStartOffset < 0 ? 'None' : one.currentTxnStartOffset,
  ])
  return columns(producerHeads, rows)
}

const neededWith = (values: JoptValues, option: string): number => {
  const value = values.long(option)
  if (value === undefined) throw new ToolFailure(`Missing required argument --${option}`)
  return value
}

export const abort = async (admin: Admin, values: JoptValues): Promise<string> => {
  const place = partitionOf(values)
  const startOffset = values.long('start-offset')
  const producerId = values.long('producer-id')
  if (startOffset === undefined && producerId === undefined)
    throw new ToolFailure(
      'The transaction to abort must be identified either with --start-offset (for brokers on 3.0 or above) or with --producer-id, --producer-epoch, and --coordinator-epoch (for older brokers)',
    )
  if (startOffset === undefined && producerId !== undefined) {
    const epochs = { producerEpoch: neededWith(values, 'producer-epoch'), coordinatorEpoch: neededWith(values, 'coordinator-epoch') } // prettier-ignore
    await admin.transactions.abort({ ...place, producerId, ...epochs })
    return ''
  }
  const producers = await admin.transactions.producers(place)
  const found = producers.find((one) => one.currentTxnStartOffset >= 0 && one.currentTxnStartOffset === startOffset)
  if (found === undefined)
    throw new ToolFailure(
      `Could not find any open transactions starting at offset ${startOffset} on partition ${place.topic}-${place.partition}`,
    )
  const coordinatorEpoch = Math.max(0, found.coordinatorEpoch)
  const { producerId: id, producerEpoch } = found
  await admin.transactions.abort({ ...place, producerId: id, producerEpoch, coordinatorEpoch })
  return ''
}

interface Open extends TopicPartition {
  readonly producer: ActiveProducer
}

/** The partitions to look at: of a topic, or those that a broker leads. */
const searched = async (admin: Admin, values: JoptValues): Promise<TopicPartition[]> => {
  const [topic, partition, brokerId] = [values.one('topic'), values.integer('partition'), values.integer('broker-id')]
  if (topic === undefined && brokerId === undefined)
    throw new ToolFailure(
      'The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search',
    )
  if (topic === undefined && partition !== undefined) throw new ToolFailure('The --partition argument requires --topic')
  return (await admin.topics())
    .filter((one) => topic === undefined || one.topic === topic)
    .flatMap((one) => one.partitions.map((p) => ({ topic: one.topic, partition: p.partition, leader: p.leader })))
    .filter((one) => partition === undefined || one.partition === partition)
    .filter((one) => brokerId === undefined || one.leader === brokerId)
}

/** Open transactions that have been silent for longer than any may take. */
const silent = async (admin: Admin, places: readonly TopicPartition[], beforeMs: number): Promise<Open[]> => {
  const all: Open[] = []
  for (const place of places)
    for (const producer of await admin.transactions.producers(place))
      if (producer.currentTxnStartOffset >= 0 && producer.lastTimestamp < beforeMs) all.push({ ...place, producer })
  return all
}

/** Whether no coordinator knows that a partition is in its producer's transaction: then nobody will end it. */
const isHanging = async (admin: Admin, open: Open, known: readonly ListedTransaction[]): Promise<boolean> => {
  const listed = known.find(({ producerId }) => producerId === open.producer.producerId)
  if (listed === undefined) return true
  const { partitions } = await admin.transactions.describe(listed.transactionalId)
  return !partitions.some(({ topic, partition }) => topic === open.topic && partition === open.partition)
}

export const findHanging = async (admin: Admin, values: JoptValues): Promise<string> => {
  const nowMs = Date.now()
  const longestMs = (values.integer('max-transaction-timeout') ?? timeoutMinutesDefault) * minuteMs
  const open = await silent(admin, await searched(admin, values), nowMs - longestMs)
  const producerIds = open.map(({ producer }) => producer.producerId)
  const known = open.length === 0 ? [] : await admin.transactions.list({ producerIds })
  const rows: (string | number)[][] = []
  for (const { topic, partition, producer } of open) {
    if (!(await isHanging(admin, { topic, partition, producer }, known))) continue
    const { producerId, producerEpoch, coordinatorEpoch, currentTxnStartOffset, lastTimestamp } = producer
    const minutes = Math.floor((nowMs - lastTimestamp) / minuteMs)
    rows.push([topic, partition, producerId, producerEpoch, coordinatorEpoch, currentTxnStartOffset, lastTimestamp, minutes]) // prettier-ignore
  }
  return columns(hangingHeads, rows)
}
