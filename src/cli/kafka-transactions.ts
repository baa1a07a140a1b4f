/** kafka-transactions.sh: lists and describes transactions, finds those that nobody will end, and ends them, or those of an id. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Admin } from '../client/admin.ts'
import type { TransactionFilter } from '../client/transaction-admin.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { saidOf, ToolFailure } from './kafka-failure.ts'
import { abort, describeProducers, findHanging } from './kafka-transactions-producers.ts'
import { kafkaTool } from './kafka-tool.ts'
import { columns } from './tab-columns.ts'

const name = 'kafka-transactions'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['command-config'], value: 'FILE', doc: 'A file of settings of the client.' },
  { names: ['transactional-id'], value: 'TRANSACTIONAL-ID', doc: 'describe: which one.' },
  { names: ['transactionalId'], value: 'TRANSACTIONALID', doc: 'forceTerminateTransaction: which one.' },
  { names: ['duration-filter'], value: 'DURATION-FILTER', doc: 'list: those open for longer than so many ms.' },
  { names: ['transactional-id-pattern'], value: 'PATTERN', doc: 'list: those whose id matches this expression.' },
  { names: ['topic'], value: 'TOPIC', doc: 'describe-producers, abort, find-hanging: the topic.' },
  { names: ['partition'], value: 'PARTITION', doc: 'describe-producers, abort, find-hanging: the partition.' },
  { names: ['broker-id'], value: 'BROKER-ID', doc: 'describe-producers: whom to ask; find-hanging: whose partitions.' },
  { names: ['start-offset'], value: 'START-OFFSET', doc: 'abort: where the transaction begins in the partition.' },
  { names: ['producer-id'], value: 'PRODUCER-ID', doc: 'abort: whose transaction, where the offset is not given.' },
  { names: ['producer-epoch'], value: 'PRODUCER-EPOCH', doc: 'abort: with the producer id.' },
  { names: ['coordinator-epoch'], value: 'COORDINATOR-EPOCH', doc: 'abort: with the producer id.' },
  { names: ['max-transaction-timeout'], value: 'MINUTES', doc: 'find-hanging: what is open for longer. Default: 15.' },
]

const listHeads = ['TransactionalId', 'Coordinator', 'ProducerId', 'TransactionState']
const describeHeads = [
  'CoordinatorId', 'TransactionalId', 'ProducerId', 'ProducerEpoch', 'TransactionState', 'TransactionTimeoutMs',
  'CurrentTransactionStartTimeMs', 'TransactionDurationMs', 'TopicPartitions',
] // prettier-ignore

const list = async (admin: Admin, values: JoptValues): Promise<string> => {
  const openForMs = values.long('duration-filter')
  const pattern = values.one('transactional-id-pattern')
  const filter: TransactionFilter = {
    ...(openForMs === undefined ? {} : { openForMs }),
    ...(pattern === undefined ? {} : { pattern }),
  }
  const found = await admin.transactions.list(filter)
  return columns(listHeads, found.map((one) => [one.transactionalId, one.coordinatorId, one.producerId, one.state])) // prettier-ignore
}

const describe = async (admin: Admin, values: JoptValues): Promise<string> => {
  const id = values.required('transactional-id')
  const { startMs, partitions, ...found } = await admin.transactions.describe(id)
  const isOpen = startMs >= 0
  const times = [isOpen ? startMs : 'None', isOpen ? Date.now() - startMs : 'None']
  const places = partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(',')
  const { coordinatorId, producerId, producerEpoch, state, timeoutMs } = found
  return columns(describeHeads, [[coordinatorId, id, producerId, producerEpoch, state, timeoutMs, ...times, places]])
}

const forceTerminate = async (admin: Admin, values: JoptValues): Promise<string> => {
  await admin.transactions.fence(values.required('transactionalId'))
  return ''
}

/** One of the tool's commands: what it prints, and how a failure of it is called. */
interface Action {
  readonly run: (admin: Admin, values: JoptValues) => Promise<string>
  readonly failed: (values: JoptValues) => string
}

const place = (values: JoptValues): string => `${values.one('topic')}-${values.one('partition')}`
const asked = (values: JoptValues): string => values.one('broker-id') ?? ''

const actions: Readonly<Record<string, Action>> = {
  list: { run: list, failed: () => 'Failed to list transactions' },
  describe: {
    run: describe,
    failed: (values) =>
      `Failed to describe transaction state of transactional-id \`${values.one('transactional-id')}\``,
  },
  'describe-producers': {
    run: describeProducers,
    failed: (values) =>
      `Failed to describe producers for partition ${place(values)} on ${asked(values) === '' ? 'leader' : `broker ${asked(values)}`}`,
  },
  abort: { run: abort, failed: (values) => `Failed to abort the transaction in partition ${place(values)}` },
  'find-hanging': { run: findHanging, failed: () => 'Failed to find hanging transactions' },
  forceTerminateTransaction: {
    run: forceTerminate,
    failed: (values) => `Failed to force terminate transactionalId \`${values.one('transactionalId')}\``,
  },
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const [word = ''] = values.words
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined
  if (action === undefined)
    throw new UsageError(
      `${word === '' ? 'A command must be given' : `invalid choice: '${word}'`} (choose from ${Object.keys(actions).join(', ')})`,
    )
  const bootstrap = bootstrapOf(values, name, log)
  try {
    using admin = new Admin(adminClientOf(bootstrap, name, values, log))
    process.stdout.write(await action.run(admin, values))
    return exitCodes.done
  } catch (thrown) {
    if (thrown instanceof ToolFailure) process.stderr.write(`${thrown.message}\n`)
    else if (thrown instanceof Fault)
      process.stderr.write(`${action.failed(values)}: ${saidOf(thrown).replace(/\.$/, '')}.\n`)
    else throw thrown
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name,
  summary: 'list, describe, find and abort transactions',
  purpose:
    'This tool is used to analyze the transactional state of producers in the cluster.\nUsage: kafka-transactions [options] COMMAND, which is one of list, describe, describe-producers, abort, find-hanging, forceTerminateTransaction.',
  options,
  work,
})
