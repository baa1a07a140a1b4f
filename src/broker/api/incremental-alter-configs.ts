/**
 * IncrementalAlterConfigs: sets, removes, appends to and subtracts from single settings of topics, brokers, groups and metrics subscriptions, and sets the
 * level of this broker's loggers. What is changed holds when the answer comes, and after a restart (log levels do not, as in Kafka).
 */
import { KafkaFault } from '../../protocol/error-codes.ts'
import { incrementalAlterConfigs as api } from '../../protocol/messages/incremental-alter-configs.ts'
import type { RequestOf } from '../../protocol/table.ts'
import { type LogLevelName, logLevels, ROOT_LOGGER } from '../log-levels.ts'
import { changeEach } from './alter-configs.ts'
import { edited, operations } from './config-edits.ts'
import { checkBrokerId, resourceOf, resourceTypes } from './config-resources.ts'
import { defineHandler, type Services } from './handler.ts'

type Asked = RequestOf<typeof api>['resources'][number]
type Edit = Asked['configs'][number]

const operationNames = Object.keys(operations)

const isLevel = (word: string): word is LogLevelName => (logLevels as readonly string[]).includes(word)

const checkLevel = ({ name, op, value }: Edit, broker: Services): void => {
  if (op !== operations.set && op !== operations.delete)
    throw new KafkaFault(
      'INVALID_REQUEST',
      `${(operationNames[op] ?? String(op)).toUpperCase()} operation is not allowed for the BROKER_LOGGER resource`,
    )
  if (!broker.logLevels.names.includes(name)) throw new KafkaFault('INVALID_CONFIG', `Logger ${name} does not exist!`)
  if (op === operations.delete && name === ROOT_LOGGER)
    throw new KafkaFault('INVALID_REQUEST', 'Removing the log level of the root logger is not allowed')
  if (op === operations.set && !isLevel(value ?? ''))
    throw new KafkaFault(
      'INVALID_CONFIG',
      `Cannot set the log level of ${name} to ${value} as it is not a supported log level. Valid log levels are ${logLevels.toSorted().join(', ')}`,
    )
}

const changeLevels = ({ resourceName, configs }: Asked, validateOnly: boolean, broker: Services): void => {
  if (resourceName === '') throw new KafkaFault('INVALID_REQUEST', 'Node id must be an integer, but it is: ')
  checkBrokerId(resourceName, broker.brokerId)
  for (const edit of configs) checkLevel(edit, broker)
  if (validateOnly) return
  for (const { name, op, value } of configs) {
    if (op === operations.delete) broker.logLevels.unset(name)
    else if (isLevel(value ?? '')) broker.logLevels.set(name, value as LogLevelName)
  }
}

const change = async (asked: Asked, validateOnly: boolean, broker: Services): Promise<void> => {
  if (asked.resourceType === resourceTypes.brokerLogger) return changeLevels(asked, validateOnly, broker)
  const resource = resourceOf(asked.resourceType, asked.resourceName, broker)
  const next = edited(resource.current, asked.configs, resource.rowOf, resource.cannotList)
  await resource.change(next, asked.configs.map(({ name }) => name), validateOnly) // prettier-ignore
}

export const incrementalAlterConfigs = defineHandler({
  api,
  versions: [0, 1],
  handle: ({ resources, validateOnly }, { broker }) =>
    broker.store
      .inTurn(() => changeEach(resources, (asked) => change(asked, validateOnly, broker)))
      .then((answers) => ({ throttleTimeMs: 0, resources: answers })),
})
