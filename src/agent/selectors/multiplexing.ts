/** Channels by the value of one header: `mapping.VALUE` names them, `default` serves every other value and a missing header. */
import { each, names, text } from '../../config/setting-kinds.ts'
import type { Values } from '../../config/setting.ts'
import type { Headers } from '../../flow/event.ts'
import type { Route, Selector } from '../../flow/selector.ts'
import { defineSelector, type NamedChannel } from './definition.ts'

const settings = {
  header: text({ doc: 'The header whose value decides.', default: 'flume.selector.header' }),
  'mapping.*': each(names({ doc: 'The channels for events whose header has this value.' })),
  default: names({ doc: 'The channels for every other event; without any, such events are dropped.', default: [] }),
  'optional.*': each(names({ doc: 'Channels that may refuse events of this value without consequence.' })),
}

type Settings = Values<typeof settings>

const named = (setting: string, channels: readonly string[]): NamedChannel[] =>
  channels.map((channel) => ({ setting, channel }))

const channelsNamed = (values: Settings): NamedChannel[] => [
  ...[...values['mapping.*']].flatMap(([value, channels]) => named(`mapping.${value}`, channels)),
  ...named('default', values.default),
  ...[...values['optional.*']].flatMap(([value, channels]) => named(`optional.${value}`, channels)),
]

/** One Route for each value that the settings know, so that events of one value share it. */
const routesOf = (values: Settings, channels: readonly string[]): Map<string, Route> => {
  const indexesOf = (list: readonly string[]): number[] => [...new Set(list)].map((name) => channels.indexOf(name))
  const routes = new Map<string, Route>()
  for (const value of [...values['mapping.*'].keys(), ...values['optional.*'].keys()]) {
    const required = indexesOf(values['mapping.*'].get(value) ?? values.default)
    const optional = indexesOf(values['optional.*'].get(value) ?? []).filter((index) => !required.includes(index))
    routes.set(value, { required, optional })
  }
  return routes
}

export const multiplexing = defineSelector({
  type: 'multiplexing',
  aliases: ['org.apache.flume.channel.MultiplexingChannelSelector'],
  summary: 'Channels by the value of a header.',
  settings,
  channelsNamed,
  create(values, channels): Selector {
    const { header } = values
    const routes = routesOf(values, channels)
    const otherwise: Route = { required: values.default.map((name) => channels.indexOf(name)), optional: [] }
    let lastHeaders: Headers | undefined
    let lastRoute = otherwise
    return {
      route({ headers }) {
        if (headers === lastHeaders) return lastRoute
        lastHeaders = headers
        lastRoute = routes.get(headers[header] ?? '') ?? otherwise
        return lastRoute
      },
    }
  },
})
