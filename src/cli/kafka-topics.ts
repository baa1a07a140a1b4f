/** kafka-topics.sh: creates, lists, describes, grows and deletes topics, in the words of Kafka's own tool. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Admin, BrokerError } from '../client/admin.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, clientOf, zookeeperOption } from './kafka-bootstrap.ts'
import { kafkaTool } from './kafka-tool.ts'
import { alterTopic, createTopic, deleteTopics, type TopicCall } from './kafka-topics-changes.ts'
import { describeTopics, listTopics } from './kafka-topics-describe.ts'

const name = 'kafka-topics'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['command-config'], value: 'String: config file', doc: 'Settings of the client; accepted.' },
  { names: ['create'], doc: 'Create a topic.' },
  { names: ['alter'], doc: 'Raise the number of partitions.' },
  { names: ['describe'], doc: 'Describe topics and their partitions.' },
  { names: ['list'], doc: 'List the topics.' },
  { names: ['delete'], doc: 'Delete topics.' },
  { names: ['topic'], value: 'String: topic', doc: 'The topic; for all but create a regular expression.' },
  { names: ['partitions'], value: 'Integer: # of partitions', doc: 'How many partitions the topic gets.' },
  { names: ['replication-factor'], value: 'Integer: replication factor', doc: 'How many brokers keep each partition.' },
  {
    names: ['replica-assignment'],
    value: 'String: b:b,b:b',
    doc: 'The brokers of each partition, instead of the two.',
  },
  { names: ['config'], value: 'String: name=value', repeatable: true, doc: 'A setting of the topic; repeatable.' },
  { names: ['delete-config'], value: 'String: name', repeatable: true, doc: 'Accepted; use kafka-configs.sh.' },
  { names: ['if-exists'], doc: 'Do nothing when the topic is missing.' },
  { names: ['if-not-exists'], doc: 'Do nothing when the topic is there.' },
  { names: ['exclude-internal'], doc: 'Leave internal topics out.' },
  { names: ['under-replicated-partitions'], doc: 'Describe only partitions that lack a replica.' },
  { names: ['unavailable-partitions'], doc: 'Describe only partitions without a leader.' },
  { names: ['topics-with-overrides'], doc: 'Describe only topics with settings of their own.' },
  { names: ['disable-rack-aware'], doc: 'Accepted: racks are not looked at.' },
  { names: ['force'], doc: 'Accepted.' },
]

const actions: Readonly<Record<string, (call: TopicCall) => Promise<void>>> = {
  list: listTopics,
  describe: describeTopics,
  create: createTopic,
  alter: alterTopic,
  delete: deleteTopics,
}

/** What may stand beside which action, where Kafka's tool minds. */
const misplaced: Readonly<Record<string, readonly string[]>> = {
  'replication-factor': ['create'],
  partitions: ['create', 'alter'],
  'replica-assignment': ['create', 'alter'],
  config: ['create', 'alter'],
  'if-not-exists': ['create'],
  'under-replicated-partitions': ['describe'],
  'unavailable-partitions': ['describe'],
  'topics-with-overrides': ['describe'],
}

const actionOf = (values: JoptValues): string => {
  const [action, ...more] = Object.keys(actions).filter((one) => values.has(one))
  if (action === undefined || more.length > 0) {
    throw new UsageError('Command must include exactly one action: --list, --describe, --create, --alter or --delete')
  }
  for (const [option, fitting] of Object.entries(misplaced)) {
    if (values.has(option) && !fitting.includes(action))
      throw new UsageError(`Option "[${option}]" can't be used with option "[${action}]"`)
  }
  if (action !== 'list' && action !== 'describe') values.required('topic')
  return action
}

/** The class that Kafka logs an error under, from the broker's name for it: TOPIC_ALREADY_EXISTS. */
const exceptionOf = (thrown: BrokerError): string => {
  const words = thrown.errorName.toLowerCase().split('_')
  return `org.apache.kafka.common.errors.${words.map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join('')}Exception`
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const action = actionOf(values)
  using admin = new Admin(clientOf(bootstrapOf(values, name, log), name, log))
  try {
    await actions[action]?.({ values, admin })
    return exitCodes.done
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const message = thrown instanceof BrokerError ? thrown.says : thrown.message
    process.stdout.write(`Error while executing topic command : ${message}\n`)
    const said = thrown instanceof BrokerError ? `${exceptionOf(thrown)}: ${message}` : `${message} ${thrown.hint}`
    log.named('org.apache.kafka.tools.TopicCommand').error(said)
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name,
  summary: 'create, list, describe, delete topics',
  purpose: 'This tool helps to create, delete, describe, or change a topic.',
  options,
  work,
})
