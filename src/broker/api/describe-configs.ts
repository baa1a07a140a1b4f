/**
 * DescribeConfigs: the settings in effect for topics and for this broker. 0 says only whether a value is the default, 1+ where it comes from and what
 * it falls back to, 3+ type and documentation. Settings cannot be changed while running yet, so there are no dynamic ones.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { describeConfigs as api } from '../../protocol/messages/describe-configs.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import { brokerConfigsTold, topicConfigsTold, type ToldConfig } from './config-answers.ts'
import { defineHandler, type Services } from './handler.ts'

type Request = RequestOf<typeof api>
type Asked = Request['resources'][number]
type Answered = ResponseInput<typeof api>['resources'][number]

const TOPIC = 2
const BROKER = 4

const failed = ({ resourceType, resourceName }: Asked, errorCode: number, errorMessage: string): Answered => ({
  errorCode,
  errorMessage,
  resourceType,
  resourceName,
  configs: [],
})

/** The settings of what is asked for, or the error and its message. */
const settingsOf = ({ resourceType, resourceName }: Asked, broker: Services): ToldConfig[] | [number, string] => {
  if (resourceType === TOPIC) {
    const topic = broker.topics.get(resourceName)
    return topic === undefined
      ? [errorCodes.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic ${resourceName}`]
      : topicConfigsTold(topic.configs, broker.config)
  }
  if (resourceType !== BROKER) return [errorCodes.INVALID_REQUEST, `Unsupported resource type ${resourceType}`]
  if (resourceName === '') return []
  return resourceName === String(broker.brokerId)
    ? brokerConfigsTold(broker.config)
    : [errorCodes.INVALID_REQUEST, `Unexpected broker id, expected ${broker.brokerId} or empty string, but received ${resourceName}`] // prettier-ignore
}

const isError = (settings: ToldConfig[] | [number, string]): settings is [number, string] =>
  typeof settings[0] === 'number'

const answerFor = (asked: Asked, request: Request, broker: Services): Answered => {
  const settings = settingsOf(asked, broker)
  if (isError(settings)) return failed(asked, ...settings)
  const names = asked.configNames === null ? undefined : new Set(asked.configNames)
  const wanted = names === undefined ? settings : settings.filter(({ name }) => names.has(name))
  return {
    errorCode: errorCodes.NONE,
    errorMessage: null,
    resourceType: asked.resourceType,
    resourceName: asked.resourceName,
    configs: wanted.map((setting) => ({
      ...setting,
      configSynonyms: request.includeSynonyms ? setting.configSynonyms : [],
      documentation: request.includeDocumentation ? setting.documentation : null,
    })),
  }
}

export const describeConfigs = defineHandler({
  api,
  versions: [0, 4],
  handle: (request, { broker }) => ({
    throttleTimeMs: 0,
    resources: request.resources.map((asked) => answerFor(asked, request, broker)),
  }),
})
