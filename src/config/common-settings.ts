/** The settings that every source, sink, channel and sink group has, whatever its type: the engine reads them, no component does. */
import { integer, names, oneOf, path, text } from './setting-kinds.ts'
import type { SettingsTable } from './setting.ts'

export const sourceSettings = {
  type: text({
    doc: 'The kind of source: a short name, a class name of Flume, or the path of a module.',
    required: true,
  }),
  channels: names({ doc: 'The channels that its events go to.', required: true }),
  'selector.type': text({ doc: 'How channels are picked for an event.', default: 'replicating' }),
  'selector.*': text({ doc: "The selector's own settings." }),
  interceptors: names({ doc: 'What changes or drops events on their way, in this order.', default: [] }),
  'interceptors.*': text({ doc: 'The settings of each interceptor, `interceptors.NAME.type` and so on.' }),
  aheadMax: integer({
    doc: 'How many events a source that can read again may be ahead of what is stored.',
    min: 1,
    defaultText: '5000 behind a memory channel, ten batches up to 10000 behind a durable one; at least two batches',
    ours: true,
  }),
} as const satisfies SettingsTable

export const channelSettings = {
  type: text({
    doc: 'The kind of channel: a short name, a class name of Flume, or the path of a module.',
    required: true,
  }),
} as const satisfies SettingsTable

export const sinkSettings = {
  type: text({
    doc: 'The kind of sink: a short name, a class name of Flume, or the path of a module.',
    required: true,
  }),
  channel: text({ doc: 'The channel that it takes events from.', required: true }),
  onReject: oneOf(['block', 'quarantine'], {
    doc: 'What becomes of events that can never be stored: they block the sink, or they go into a folder of their own and are counted.',
    default: 'block',
    ours: true,
  }),
  rejectDirectory: path({
    doc: 'The folder for quarantined events.',
    defaultText: 'a folder below the working folder, named in the log',
    ours: true,
  }),
} as const satisfies SettingsTable

export const groupSettings = {
  sinks: names({ doc: 'The sinks of the group.', required: true }),
  'processor.type': text({ doc: 'How a sink is picked.', default: 'default' }),
  'processor.*': text({ doc: "The processor's own settings." }),
} as const satisfies SettingsTable
