/** `kafka.topic` with Flume's escapes: a topic by header, by date or by host, for events that name none themselves. */
import type { Headers } from '../../src/flow/event.ts'
import { Template, timestampHeader, timestampOf } from '../../src/formats/escapes.ts'
import { hostNames } from '../../src/formats/host-names.ts'
import type { RouteRules, Unroutable } from './record-route.ts'

/** The topic for headers that name none. Throws an Error for a host word that is none. */
export const topicNaming = async (topic: string): Promise<RouteRules['topic']> => {
  if (!topic.includes('%')) return () => topic
  const names = topic.includes('%[') ? await hostNames() : undefined
  const template = new Template(topic, names === undefined ? {} : { host: () => names })
  return (headers) => (template.needsTime ? dated(template, headers) : template.render(headers, 0))
}

const dated = (template: Template, headers: Headers): string | Unroutable => {
  const timeMs = timestampOf(headers)
  if (timeMs !== undefined && !Number.isNaN(timeMs)) return template.render(headers, timeMs)
  const has = timeMs === undefined ? 'none' : `'${headers[timestampHeader]}'`
  return { reason: `kafka.topic needs the time of header ${timestampHeader}, and there is ${has}` }
}
