/**
 * The channel that is in memory while the sinks keep up, and goes to disk when they do not: the speed of the one, the patience of the other. What is in
 * memory at a crash is delivered again by sources that can read again, as with the memory channel.
 */
import { checks } from '../../src/config/checks.ts'
import type { Finding, Values } from '../../src/config/setting.ts'
import { bytes, integer, seconds } from '../../src/config/setting-kinds.ts'
import { defineChannel } from '../../src/flow/component.ts'
import { checkDisk, diskOptions, foldersOwned, settings as fileSettings } from '../file/file.ts'
import { bytesMaxOf } from '../memory/byte-budget.ts'

const { capacity: _, 'keep-alive': __, ...diskSettings } = fileSettings

const settings = {
  memoryCapacity: integer({ doc: 'The most events in memory; 0 for none: only the disk.', default: 10_000, min: 0 }),
  overflowCapacity: integer({
    doc: 'The most events on disk; 0 for none: only memory, and no folder is touched.',
    default: 100_000_000,
    min: 0,
  }),
  overflowTimeout: seconds({
    doc: 'How long a put waits for room in memory, before it and those behind it go to the disk.',
    default: 3,
    min: 0,
  }),
  overflowDeactivationThreshold: integer({
    doc: 'Per cent of memory that must be free, before puts go there again.',
    default: 5,
    min: 0,
    max: 100,
  }),
  byteCapacity: bytes({
    doc: 'Bytes that events in memory may hold, headers included, in steps of avgEventSize an event; 0 for no limit.',
    min: 0,
    defaultText: "80 % of -Xmx in JAVA_OPTS, else of a quarter of the machine's memory",
  }),
  byteCapacityBufferPercentage: integer({ doc: 'Share of byteCapacity kept back.', default: 20, min: 0, max: 99 }),
  avgEventSize: bytes({
    doc: 'An event in memory is charged in steps of so many bytes, at least one.',
    default: 500,
    min: 1,
  }),
  'keep-alive': seconds({
    doc: 'How long a put waits for room where memory and disk are full, and a take for events.',
    default: 3,
    min: 0,
  }),
  capacity: integer({ doc: 'Accepted; memoryCapacity and overflowCapacity say it.' }),
  ...diskSettings,
}

type SpillableValues = Values<typeof settings>

const checkRoom = ({ memoryCapacity, overflowCapacity }: SpillableValues): Finding[] => {
  if (memoryCapacity !== 0 || overflowCapacity !== 0) return []
  const says = 'memoryCapacity and overflowCapacity are both 0, so it can hold nothing'
  return [{ level: 'fault', setting: 'overflowCapacity', says, hint: 'Raise one of them.' }]
}

const checkOverflow = (values: SpillableValues): Finding[] => (values.overflowCapacity === 0 ? [] : checkDisk(values))

export const spillable = defineChannel({
  type: 'spillablememory',
  aliases: ['org.apache.flume.channel.SpillableMemoryChannel'],
  summary: 'Holds events in memory, and on disk what memory has no room for.',
  settings,
  check: checks(checkRoom, checkOverflow),
  pathsOwned: (values) => (values.overflowCapacity === 0 ? [] : foldersOwned(values)),
  async create(values, context) {
    const { SpillableChannel } = await import('./spillable-channel.ts')
    return new SpillableChannel(
      {
        name: context.name,
        transactionCapacity: values.transactionCapacity,
        memory: {
          events: values.memoryCapacity,
          bytes: bytesMaxOf(values.byteCapacity, values.byteCapacityBufferPercentage),
          slotBytes: values.avgEventSize,
        },
        overflowCapacity: values.overflowCapacity,
        disk: diskOptions(context.name, values),
        overflowTimeoutMs: values.overflowTimeout * 1000,
        keepAliveMs: values['keep-alive'] * 1000,
        memoryAgainPercent: values.overflowDeactivationThreshold,
      },
      context,
    )
  },
})
