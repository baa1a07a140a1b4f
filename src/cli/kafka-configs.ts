/** kafka-configs.sh: describes and changes the settings of topics, brokers, loggers and groups, and the quotas of users, clients and addresses, in the words of Kafka's own tool. */
import { Fault } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { ConfigAdmin } from '../client/config-admin.ts'
import { exitCodes } from './command.ts'
import { type JoptOption, type JoptValues, UsageError } from './jopt.ts'
import { bootstrapOf, bootstrapOption, zookeeperOption } from './kafka-bootstrap.ts'
import { adminClientOf } from './kafka-client-properties.ts'
import { alter } from './kafka-configs-alter.ts'
import { describe } from './kafka-configs-describe.ts'
import { entitiesOf } from './kafka-configs-entity.ts'
import { failureText, ToolFailure } from './kafka-failure.ts'
import { kafkaTool } from './kafka-tool.ts'

const name = 'kafka-configs'

const options: readonly JoptOption[] = [
  bootstrapOption,
  zookeeperOption,
  {
    names: ['command-config'],
    value: 'String: command config property file',
    doc: 'A file of settings of the client.',
  },
  { names: ['describe'], doc: 'List the settings of the entity that are its own.' },
  { names: ['all'], doc: 'With --describe: all settings, defaults and those of files included.' },
  { names: ['alter'], doc: 'Change the settings of the entity.' },
  {
    names: ['add-config'],
    value: 'String',
    doc: "Settings to set: 'k1=v1,k2=[v1,v2],k3=v3'; square brackets hold values with commas.",
  },
  { names: ['add-config-file'], value: 'String', doc: 'A properties file of settings to set.' },
  { names: ['delete-config'], value: 'String', doc: "Settings to take away: 'k1,k2'." },
  {
    names: ['entity-type'],
    value: 'String',
    repeatable: true,
    doc: 'topics, clients, users, brokers, broker-loggers, ips, client-metrics or groups; users and clients may stand together.',
  },
  { names: ['entity-name'], value: 'String', repeatable: true, doc: 'The name of the entity: topic, client id, user, broker id, …' }, // prettier-ignore
  { names: ['entity-default'], repeatable: true, doc: 'The defaults of all clients, users, brokers or ips.' },
  { names: ['topic'], value: 'String', doc: "The topic's name." },
  { names: ['client'], value: 'String', doc: "The client's id." },
  { names: ['client-defaults'], doc: 'The defaults of all clients.' },
  { names: ['user'], value: 'String', doc: "The user's principal name." },
  { names: ['user-defaults'], doc: 'The defaults of all users.' },
  { names: ['broker'], value: 'String', doc: "The broker's id." },
  { names: ['broker-defaults'], doc: 'The defaults of all brokers.' },
  { names: ['broker-logger'], value: 'String', doc: "The broker's id, for the levels of its loggers." },
  { names: ['ip'], value: 'String', doc: 'The address.' },
  { names: ['ip-defaults'], doc: 'The defaults of all addresses.' },
  { names: ['client-metrics'], value: 'String', doc: 'The name of the subscription.' },
  { names: ['group'], value: 'String', doc: "The group's id." },
  { names: ['force'], doc: 'Accepted.' },
]

/** The words after the tool's name, near enough for whoever looks at the message. */
const argsText = (values: JoptValues): string =>
  values.sequence.map(([option, value]) => `--${option}${value === undefined ? '' : ` ${value}`}`).join(' ')

const work = async (values: JoptValues, log: Log): Promise<number> => {
  const actions = ['describe', 'alter'].filter((one) => values.has(one))
  if (actions.length !== 1) throw new UsageError('Command must include exactly one action: --describe, --alter')
  if (!values.has('bootstrap-server') && !values.has('zookeeper'))
    throw new UsageError('Either --bootstrap-server or --bootstrap-controller must be specified', false)
  const entities = entitiesOf(values)
  using admin = new ConfigAdmin(adminClientOf(bootstrapOf(values, name, log), name, values, log))
  try {
    if (values.has('alter')) await alter(admin, entities, values)
    else await describe(admin, entities, values.has('all'))
    return exitCodes.done
  } catch (thrown) {
    if (!(thrown instanceof Fault || thrown instanceof ToolFailure)) throw thrown
    const cause = thrown instanceof ToolFailure ? '' : 'java.util.concurrent.ExecutionException: '
    process.stderr.write(
      `Error while executing config command with args '${argsText(values)}'\n${cause}${failureText(thrown)}\n`,
    )
    return exitCodes.failed
  }
}

export const command = kafkaTool({
  name,
  summary: 'show and change settings and quotas',
  purpose:
    'This tool helps to manipulate and describe entity config for a topic, client, user, broker, ip, client-metrics or group',
  options,
  work,
})
