/** ListConfigResources: what has settings that can be asked for. Groups and metrics subscriptions are listed when they have some of their own; 0 knew only the latter. */
import { errorCodes } from '../../protocol/error-codes.ts'
import { listConfigResources as api } from '../../protocol/messages/list-config-resources.ts'
import { resourceTypes } from './config-resources.ts'
import { defineHandler, type Services } from './handler.ts'

const { topic, broker: brokerType, brokerLogger, clientMetrics, group } = resourceTypes
const supported: readonly number[] = Object.values(resourceTypes)

const named = (type: number, broker: Services): readonly string[] => {
  if (type === topic) return broker.topics.list().map(({ name }) => name)
  if (type === brokerType || type === brokerLogger) return [String(broker.brokerId)]
  if (type === group) return [...broker.store.changes.groups.keys()]
  return [...broker.store.changes.metrics.keys()]
}

export const listConfigResources = defineHandler({
  api,
  versions: [0, 1],
  handle({ resourceTypes: asked }, { broker, version }) {
    if (asked.some((type) => !supported.includes(type)))
      return { throttleTimeMs: 0, errorCode: errorCodes.UNSUPPORTED_VERSION, configResources: [] }
    const types = version === 0 ? [clientMetrics] : asked.length === 0 ? supported : new Set(asked)
    return {
      throttleTimeMs: 0,
      errorCode: errorCodes.NONE,
      configResources: [...types].flatMap((type) => named(type, broker).map((name) => ({ name, type }))),
    }
  },
})
