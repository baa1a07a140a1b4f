/** kafka-topics.sh: creates, lists, describes, grows and deletes topics, in the words of Kafka's own tool. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { Admin } from '../client/admin.ts'
import { ConfigAdmin } from '../client/config-admin.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, thrownInMain, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { failureText, saidOf, ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'
import { alterTopic, createTopic, deleteTopics, type TopicCall } from './kafka-topics-changes.ts'
import { describeFilters, describeTopics, listTopics } from './kafka-topics-describe.ts'

const name = 'kafka-topics'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['command-config'], value: 'String: config file', doc: 'A file of settings of the client.' },
  { names: ['create'], doc: 'Create a topic.' },
  { names: ['alter'], doc: 'Raise the number of partitions.' },
  { names: ['describe'], doc: 'Describe topics and their partitions.' },
  { names: ['list'], doc: 'List the topics.' },
  { names: ['delete'], doc: 'Delete topics.' },
  { names: ['topic'], value: 'String: topic', doc: 'The topic; for all but create a regular expression.' },
  { names: ['topic-id'], value: 'String: topic-id', doc: 'The topic to describe, by its id.' },
  { names: ['partitions'], value: 'Integer: # of partitions', doc: 'How many partitions the topic gets.' },
  { names: ['replication-factor'], value: 'Integer: replication factor', doc: 'How many brokers keep each partition.' },
  {
    names: ['replica-assignment'],
    value: 'String: b:b,b:b',
    doc: 'The brokers of each partition, instead of the two.',
  },
  {
    names: ['config'],
    value: 'String: name=value',
    repeatable: true,
    doc: 'A setting of the topic; repeatable. With --alter only beside --zookeeper; kafka-configs.sh changes settings.',
  },
  {
    names: ['delete-config'],
    value: 'String: name',
    repeatable: true,
    doc: 'With --alter and --zookeeper: a setting to take away.',
  },
  { names: ['if-exists'], doc: 'Do nothing when the topic is missing.' },
  { names: ['if-not-exists'], doc: 'Do nothing when the topic is there.' },
  { names: ['exclude-internal'], doc: 'Leave internal topics out.' },
  { names: ['under-replicated-partitions'], doc: 'Describe only partitions that lack a replica.' },
  { names: ['unavailable-partitions'], doc: 'Describe only partitions without a leader.' },
  { names: ['under-min-isr-partitions'], doc: 'Describe only partitions below min.insync.replicas.' },
  { names: ['at-min-isr-partitions'], doc: 'Describe only partitions exactly at min.insync.replicas.' },
  { names: ['topics-with-overrides'], doc: 'Describe only topics with settings of their own.' },
  { names: ['partition-size-limit-per-response'], value: 'Integer', doc: 'Accepted.' },
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
  'if-exists': ['alter', 'delete', 'describe'],
  'if-not-exists': ['create'],
  'exclude-internal': ['list', 'describe'],
  ...Object.fromEntries(describeFilters.map((filter) => [filter, ['describe']])),
}

const actionOf = (values: JoptValues): string => {
  const [action, ...more] = Object.keys(actions).filter((one) => values.has(one))
  if (action === undefined || more.length > 0) {
    throw new UsageError('Command must include exactly one action: --list, --describe, --create, --alter or --delete')
  }
  return action
}

const checkOptions = (values: JoptValues, action: string): void => {
  if (values.has('config') && action === 'alter' && !values.has('zookeeper')) {
    throw new UsageError(
      'Option combination "[[bootstrap-server], [config]]" can\'t be used with option "[alter]" (To alter topic configurations, the kafka-configs tool can be used.)',
    )
  }
  for (const [option, fitting] of Object.entries(misplaced)) {
    if (values.has(option) && !fitting.includes(action))
      throw new UsageError(`Option "[${option}]" can't be used with option "[${action}]"`)
  }
  for (const other of action === 'create' ? ['partitions', 'replication-factor'] : []) {
    if (values.has('replica-assignment') && values.has(other))
      throw new UsageError(`Option "[replica-assignment]" can't be used with option "[${other}]"`)
  }
  if (action !== 'list' && action !== 'describe') values.required('topic')
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const action = actionOf(values)
  if (!values.has('bootstrap-server') && !values.has('zookeeper'))
    throw thrownInMain('java.lang.IllegalArgumentException', '--bootstrap-server must be specified')
  checkOptions(values, action)
  const client = adminClientOf(bootstrapOf(values, name, log), name, values, log)
  using admin = new Admin(client)
  using configs = new ConfigAdmin(client)
  try {
    await actions[action]?.({ values, admin, configs })
    return exitCodes.done
  } catch (thrown) {
    if (!(thrown instanceof Fault || thrown instanceof ToolFailure)) throw thrown
    process.stdout.write(`Error while executing topic command : ${saidOf(thrown)}\n`)
    log.named('org.apache.kafka.tools.TopicCommand').error(failureText(thrown))
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
