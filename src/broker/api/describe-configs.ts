/**
 * DescribeConfigs: the settings in effect for topics, for this broker and its loggers, for groups and metrics subscriptions, and the defaults of all
 * brokers that were changed. 0 says only whether a value is the default, 1+ where it comes from and what it falls back to, 3+ type and documentation.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { describeConfigs as api } from '../../protocol/messages/describe-configs.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import { checkTopicName } from '../topics/topic-name.ts'
import {
  allBrokersTold,
  brokerConfigsTold,
  groupConfigsTold,
  logLevelsTold,
  metricsConfigsTold,
  type ToldConfig,
  topicConfigsTold,
} from './config-answers.ts'
import { checkBrokerId, resourceTypes } from './config-resources.ts'
import { defineHandler, type Services } from './handler.ts'
import { eachOnce } from './twice.ts'

type Request = RequestOf<typeof api>
type Asked = Request['resources'][number]
type Answered = ResponseInput<typeof api>['resources'][number]

const none: ReadonlyMap<string, string> = new Map()
const invalid = (says: string): KafkaFault => new KafkaFault('INVALID_REQUEST', says)

const topicSettings = (name: string, { topics, config }: Services): ToldConfig[] => {
  checkTopicName(name)
  const topic = topics.get(name)
  if (topic === undefined) throw new KafkaFault('UNKNOWN_TOPIC_OR_PARTITION')
  return topicConfigsTold(topic.configs, config)
}

const brokerSettings = (name: string, { brokerId, config }: Services): ToldConfig[] => {
  checkBrokerId(name, brokerId)
  return name === '' ? allBrokersTold(config) : brokerConfigsTold(config, brokerId)
}

const loggers = (name: string, { brokerId, logLevels }: Services): ToldConfig[] => {
  if (name === '') throw invalid('Broker id must not be empty')
  checkBrokerId(name, brokerId)
  return logLevelsTold(logLevels)
}

/** The settings of what is asked for. Throws KafkaFault. */
const settingsOf = ({ resourceType, resourceName: name }: Asked, broker: Services): ToldConfig[] => {
  const { changes } = broker.store
  if (resourceType === resourceTypes.topic) return topicSettings(name, broker)
  if (resourceType === resourceTypes.broker) return brokerSettings(name, broker)
  if (resourceType === resourceTypes.brokerLogger) return loggers(name, broker)
  if (resourceType === resourceTypes.group) {
    if (name === '') throw invalid('Group name must not be empty')
    return groupConfigsTold(changes.groups.get(name) ?? none, broker.config)
  }
  if (resourceType === resourceTypes.clientMetrics) {
    if (name === '') throw invalid('Client metrics subscription name must not be empty')
    return metricsConfigsTold(changes.metrics.get(name) ?? none)
  }
  throw invalid(`Unsupported resource type: ${resourceType}`)
}

const answerFor = (asked: Asked, request: Request, broker: Services): Answered => {
  const { resourceType, resourceName } = asked
  try {
    const settings = settingsOf(asked, broker)
    const names = asked.configNames === null ? undefined : new Set(asked.configNames)
    const wanted = names === undefined ? settings : settings.filter(({ name }) => names.has(name))
    return {
      errorCode: errorCodes.NONE,
      errorMessage: null,
      resourceType,
      resourceName,
      configs: wanted.map((setting) => ({
        ...setting,
        configSynonyms: request.includeSynonyms ? setting.configSynonyms : [],
        documentation: request.includeDocumentation ? setting.documentation : null,
      })),
    }
  } catch (thrown) {
    if (!(thrown instanceof KafkaFault)) throw thrown
    return { errorCode: thrown.code, errorMessage: thrown.message, resourceType, resourceName, configs: [] }
  }
}

const keyOf = ({ resourceType, resourceName }: Asked): string => `${resourceType} ${resourceName}`

export const describeConfigs = defineHandler({
  api,
  versions: [0, 4],
  handle: (request, { broker }) => ({
    throttleTimeMs: 0,
    resources: eachOnce(request.resources, keyOf).map((asked) => answerFor(asked, request, broker)),
  }),
})
