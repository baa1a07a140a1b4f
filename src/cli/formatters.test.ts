import { expect, it } from 'vitest'
import { groupKey, offsetKey, offsetValue } from '../broker/groups/group-records.ts'
import { transactionKey } from '../broker/transactions/transaction-records.ts'
import { FetchedRecords } from '../client/fetched-records.ts'
import { RecordBatchWriter } from '../protocol/record-batch-writer.ts'
import { formatterNamed, printerOf } from './formatters.ts'

type Given = readonly [key: Buffer | null, value: Buffer | null]

const printed = (className: string, given: readonly Given[]): string => {
  const formatter = formatterNamed(className)
  if (formatter === undefined) throw new Error(`${className} is none`)
  const writer = new RecordBatchWriter({ bytesMax: 65_536 })
  for (const [key, value] of given) writer.add(1000, key, value, null)
  const records = new FetchedRecords({ topic: 't', partition: 0, fromOffset: 0, records: writer.finish({}), aborted: [], checkCrc: true }) // prettier-ignore
  const parts: Buffer[] = []
  const printer = printerOf(formatter, { properties: new Map(), keyDeserializer: undefined, valueDeserializer: undefined, write: (bytes) => void parts.push(bytes) }) // prettier-ignore
  while (records.next()) printer.print(records)
  printer.flush()
  return Buffer.concat(parts).toString()
}

const string = (text: string): Buffer => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)])
const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex')
const committed = offsetValue({ offset: 5, leaderEpoch: -1, metadata: 'm', commitMs: 7, expireMs: undefined })
/** Of version 3, with one member. */
const group = Buffer.concat([
  bytes('0003'), string('consumer'), bytes('00000001'), string('range'), string('c-1'), bytes('0000000000000009'),
  bytes('00000001'), string('c-1'), bytes('ffff'), string('c'), string('/127.0.0.1'), bytes('000493e0'), bytes('0000afc8'),
  bytes('00000003000161'), bytes('00000002ffff'),
]) // prettier-ignore
const open = bytes('00000000000000000007000100 00ea60 01 00000001 000174 00000001 00000003 0000000000000005 0000000000000004'.replaceAll(' ', '')) // prettier-ignore
const offsetsTopic: readonly Given[] = [
  [groupKey('g'), group],
  [offsetKey('g', 't', 1), committed],
  [null, Buffer.from('no key')],
  [Buffer.from([0, 3, 0, 1, 0x67]), Buffer.from([0, 0, 0, 0, 0, 1, 0])],
  [offsetKey('g', 't', 1), null],
  [groupKey('g'), null],
]

it.each([
  'org.apache.kafka.tools.consumer.OffsetsMessageFormatter',
  'OffsetsMessageFormatter',
  'kafka.server.OffsetManager$OffsetsMessageFormatter',
  'kafka.coordinator.GroupMetadataManager$OffsetsMessageFormatter',
  'kafka.coordinator.group.GroupMetadataManager$OffsetsMessageFormatter',
])('%s shows committed offsets, and nothing else that stands beside them', (className) => {
  expect(printed(className, offsetsTopic)).toBe(
    '{"key":{"type":1,"data":{"group":"g","topic":"t","partition":1}},"value":{"version":3,"data":{"offset":5,"leaderEpoch":-1,"metadata":"m","commitTimestamp":7}}}\n' +
      '{"key":{"type":1,"data":{"group":"g","topic":"t","partition":1}},"value":null}\n',
  )
})

it.each([
  'org.apache.kafka.tools.consumer.GroupMetadataMessageFormatter',
  'kafka.coordinator.group.GroupMetadataManager$GroupMetadataMessageFormatter',
])('%s shows groups, what members sent in base64', (className) => {
  expect(printed(className, offsetsTopic)).toBe(
    '{"key":{"type":2,"data":{"group":"g"}},"value":{"version":3,"data":{"protocolType":"consumer","generation":1,"protocol":"range","leader":"c-1","currentStateTimestamp":9,' +
      '"members":[{"memberId":"c-1","groupInstanceId":null,"clientId":"c","clientHost":"/127.0.0.1","rebalanceTimeout":300000,"sessionTimeout":45000,"subscription":"AAFh","assignment":"//8="}]}}}\n' +
      '{"key":{"type":2,"data":{"group":"g"}},"value":null}\n',
  )
})

it.each([
  'org.apache.kafka.tools.consumer.TransactionLogMessageFormatter',
  'kafka.coordinator.transaction.TransactionLog$TransactionLogMessageFormatter',
])('%s shows transactions', (className) => {
  expect(printed(className, [[transactionKey('tx'), open], [transactionKey('tx'), null]])).toBe(
    '{"key":{"type":0,"data":{"transactionalId":"tx"}},"value":{"version":0,"data":{"producerId":7,"producerEpoch":1,"transactionTimeoutMs":60000,"transactionStatus":1,' +
      '"transactionPartitions":[{"topic":"t","partitionIds":[3]}],"transactionLastUpdateTimestampMs":5,"transactionStartTimestampMs":4}}}\n' +
      '{"key":{"type":0,"data":{"transactionalId":"tx"}},"value":null}\n',
  ) // prettier-ignore
})

it.each([
  ['kafka.tools.DefaultMessageFormatter', 'v\n'],
  ['kafka.tools.LoggingMessageFormatter', 'v\n'],
  ['org.apache.kafka.tools.consumer.NoOpMessageFormatter', ''],
])('%s prints %j', (className, text) => {
  expect(printed(className, [[Buffer.from('k'), Buffer.from('v')]])).toBe(text)
})

it('a record that is not one of its topic is an error that names its offset', () => {
  const bad: Given = [offsetKey('g', 't', 1), committed.subarray(0, 9)]
  expect(() => printed('OffsetsMessageFormatter', [bad])).toThrow(/^Could not read record at offset 0 due to: /)
  expect(printed('OffsetsMessageFormatter', [[Buffer.from('k'), Buffer.from('v')]])).toBe('')
})

it.each([
  'com.example.OffsetsMessageFormatter',
  'kafka.tools.Nope',
  'kafka.tools.ChecksumMessageFormatter',
  'constructor',
])('%s is none', (name) => {
  expect(formatterNamed(name)).toBeUndefined()
})
