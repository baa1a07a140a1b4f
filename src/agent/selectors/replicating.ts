/** Every event to every channel of its source: the default selector. */
import { names } from '../../config/setting-kinds.ts'
import type { Route } from '../../flow/selector.ts'
import { defineSelector } from './definition.ts'

export const replicating = defineSelector({
  type: 'replicating',
  aliases: ['org.apache.flume.channel.ReplicatingChannelSelector'],
  summary: 'Every event to every channel.',
  settings: {
    optional: names({ doc: 'Channels that may refuse an event without consequence.', default: [] }),
  },
  channelsNamed: ({ optional }) => optional.map((channel) => ({ setting: 'optional', channel })),
  create({ optional }, channels) {
    const indexes = [...channels.keys()]
    const isOptional = (index: number): boolean => optional.includes(channels[index] ?? '')
    const always: Route = {
      required: indexes.filter((index) => !isOptional(index)),
      optional: indexes.filter(isOptional),
    }
    return { always, route: () => always }
  },
})
