/** kafka-acls.sh: asks the cluster for its access rules. Our broker has none, and answers what Kafka answers without an authorizer; changing rules elsewhere is not there. */
import type { Log } from '../base/log.ts'
import { Cluster } from '../client/cluster.ts'
import { BrokerError } from '../client/errors.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { describeAcls } from '../protocol/messages/describe-acls.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { failureText } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-acls'

const flag = (option: string, doc: string): JoptOption => ({ names: [option], doc })
const valued = (option: string, doc: string): JoptOption => ({
  names: [option],
  value: 'String',
  repeatable: true,
  doc,
})

const actions = ['add', 'remove', 'list'] as const

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  { names: ['command-config'], value: 'String: config file', doc: 'A file of settings of the client.' },
  flag('add', 'Adds rules.'),
  flag('remove', 'Removes rules.'),
  flag('list', 'Lists rules.'),
  ...['topic', 'group', 'transactional-id', 'delegation-token', 'user-principal', 'resource-pattern-type'].map((option) => valued(option, 'What the rules are about.')), // prettier-ignore
  flag('cluster', 'The rules are about the cluster.'),
  ...['principal', 'allow-principal', 'deny-principal', 'allow-host', 'deny-host'].map((option) => valued(option, 'Whom they are for.')), // prettier-ignore
  valued('operation', 'What they allow or deny.'),
  ...['producer', 'consumer', 'idempotent'].map((option) => flag(option, 'All that such a client needs.')),
  flag('force', 'Does not ask.'),
]

/** A filter that every rule passes: 1 is any type, operation and permission, 1 also any kind of pattern. */
const anyRule = {
  resourceType: 1,
  resourceName: null,
  resourcePatternType: 1,
  principal: null,
  host: null,
  operation: 1,
  permissionType: 1,
}

const work = async (values: JoptValues, log: Log): Promise<number> => {
  if (actions.filter((action) => values.has(action)).length !== 1)
    throw new UsageError('Command must include exactly one action: --list, --add, --remove. ')
  using cluster = new Cluster(adminClientOf(bootstrapOf(values, name, log), 'admin', values, log))
  const connection = await cluster.any()
  const { errorCode, errorMessage } = await connection.request(describeAcls, anyRule)
  const said =
    errorCode === errorCodes.NONE
      ? 'this cluster has access rules, for which it takes the kafka-acls.sh of Apache Kafka'
      : failureText(new BrokerError('The access rules', errorCode, errorMessage))
  process.stdout.write(`Error while executing ACL command: ${said}\n`)
  return exitCodes.failed
}

export const command = kafkaTool({
  name,
  summary: 'ask for access rules, of which our broker has none',
  purpose: 'This tool helps to manage acls on kafka.',
  options,
  work,
})
