/** kafka-transactions.sh against our broker: the lines it prints, where, and its exit codes. */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchOf } from '../fakes/batches.ts'
import { BrokerPeer } from '../fakes/broker.ts'
import { readFrom, TestProducer } from '../fakes/transactions.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { sharedBroker } from '../support/broker.ts'
import { tool, type ToolResult } from '../support/tool.ts'

const { bootstrap } = sharedBroker(
  'transaction.partition.verification.enable=false\ntransaction.state.log.num.partitions=2\n',
)
let peer: BrokerPeer
let open: TestProducer

beforeAll(async () => {
  peer = await new Promise((resolve) => {
    const socket = connect(Number(bootstrap().split(':')[1]), '127.0.0.1', () => resolve(new BrokerPeer(socket)))
  })
  await peer.createTopic('t', 2)
  open = new TestProducer(peer, 'open-1')
  await open.init({ timeoutMs: 600_000 })
  await open.write('t', ['a'])
  const done = new TestProducer(peer, 'done-1')
  await done.init()
  await done.write('t', ['b'])
  await done.end('commit')
  await hang(4711)
})
afterAll(async () => {
  peer[Symbol.dispose]()
})

/** A producer that no coordinator knows begins a transaction in partition 1, as it may happen where partitions are not verified. */
const hang = async (producerId: number): Promise<void> => {
  const timestampMs = Date.now() - 3_600_000
  const records = batchOf(['lost'], { timestampMs, isTransactional: true, producerId, producerEpoch: 3, baseSequence: 0 }) // prettier-ignore
  const topics = [{ topic: 't', partitions: [{ partition: 1, records }] }]
  const { topics: answers } = await peer.call(produce, 9, { transactionalId: 'gone', acks: 1, timeoutMs: 1000, topics })
  expect(answers[0]?.partitions[0]?.errorCode).toBe(0)
}

const transactions = (...args: string[]): Promise<ToolResult> =>
  tool('kafka-transactions', ['--bootstrap-server', bootstrap(), ...args])

/** The cells of a table that was printed; every one is followed by a tab. */
const cells = (out: string): string[][] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').map((cell) => cell.trimEnd()))

describe('kafka-transactions.sh', () => {
  it('lists transactional ids', async () => {
    const { code, out, err } = await transactions('list')
    expect([code, err]).toEqual([0, ''])
    expect(out).toBe(
      [
        'TransactionalId\tCoordinator\tProducerId\tTransactionState\t',
        `done-1         \t0          \t1         \tCompleteCommit  \t`,
        `open-1         \t0          \t0         \tOngoing         \t`,
        '',
      ].join('\n'),
    )
    expect(cells((await transactions('list', '--transactional-id-pattern', 'open.*')).out)).toHaveLength(2)
    expect(cells((await transactions('list', '--duration-filter', '3600000')).out)).toHaveLength(1)
  })

  it('describes one', async () => {
    const [heads, row] = cells((await transactions('describe', '--transactional-id', 'open-1')).out)
    expect(heads?.slice(0, -1).join(' ')).toBe(
      'CoordinatorId TransactionalId ProducerId ProducerEpoch TransactionState TransactionTimeoutMs CurrentTransactionStartTimeMs TransactionDurationMs TopicPartitions',
    )
    expect(row?.slice(0, 6)).toEqual(['0', 'open-1', '0', '0', 'Ongoing', '600000'])
    expect(Math.abs(Date.now() - Number(row?.[6]))).toBeLessThan(600_000)
    expect(row?.[8]).toBe('t-0')
    const [, done] = cells((await transactions('describe', '--transactional-id', 'done-1')).out)
    expect(done?.[4]).toBe('CompleteCommit')
    expect(await transactions('describe', '--transactional-id', 'nobody')).toMatchObject({
      code: 1,
      out: '',
      err: 'Failed to describe transaction state of transactional-id `nobody`: DescribeTransactions request for transactionalId `nobody` failed because the ID could not be found.\n',
    })
  })

  it('describes the producers of a partition', async () => {
    const { out } = await transactions('describe-producers', '--topic', 't', '--partition', '1')
    const [heads, row] = cells(out)
    expect(heads?.slice(0, -1).join(' ')).toBe(
      'ProducerId ProducerEpoch LatestCoordinatorEpoch LastSequence LastTimestamp CurrentTransactionStartOffset',
    )
    expect([row?.slice(0, 4), row?.[5]]).toEqual([['4711', '3', '-1', '0'], '0'])
    const none = await transactions('describe-producers', '--topic', 'none', '--partition', '1')
    expect([none.code, none.err]).toEqual([
      1,
      expect.stringContaining('Failed to describe producers for partition none-1 on leader: '),
    ])
  })

  it('finds a transaction that nobody will end, and ends it', async () => {
    expect((await transactions('find-hanging')).err).toBe(
      'The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search\n',
    )
    const [, ...hanging] = cells((await transactions('find-hanging', '--broker-id', '0')).out)
    expect(hanging.map((row) => row.slice(0, 6))).toEqual([['t', '1', '4711', '3', '-1', '0']])
    expect(await readFrom(peer, 't', { partition: 1 })).toMatchObject({ lastStableOffset: 0 })
    const abort = (...which: string[]) => transactions('abort', '--topic', 't', '--partition', '1', ...which)
    expect((await abort('--start-offset', '7')).err).toBe(
      'Could not find any open transactions starting at offset 7 on partition t-1\n',
    )
    expect((await abort()).code).toBe(1)
    expect(await abort('--start-offset', '0')).toMatchObject({ code: 0, out: '', err: '' })
    expect(await readFrom(peer, 't', { partition: 1 })).toMatchObject({ values: [], lastStableOffset: 2 })
    expect(cells((await transactions('find-hanging', '--topic', 't')).out)).toHaveLength(1)
  })

  it('ends the transaction of an id, and shuts out its producer', async () => {
    const stuck = new TestProducer(peer, 'stuck-1')
    await stuck.init()
    await stuck.write('t', ['c'])
    expect((await transactions('forceTerminateTransaction')).err).toMatch(
      /^Missing required argument "\[transactionalId\]"\n/,
    )
    const ended = await transactions('forceTerminateTransaction', '--transactionalId', 'stuck-1')
    expect(ended).toMatchObject({ code: 0, out: '', err: '' })
    const [, now] = cells((await transactions('describe', '--transactional-id', 'stuck-1')).out)
    expect(now?.[4]).toMatch(/Abort|Empty/)
    expect(await stuck.end('commit')).not.toBe(0)
  })

  it('says what a wrong command should have been', async () => {
    const { code, out, err } = await transactions('describ')
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^invalid choice: 'describ' \(choose from list, describe, describe-producers, abort, find-hanging, forceTerminateTransaction\)\n/) // prettier-ignore
  })
})
