/**
 * The channel that holds events in memory: the fastest one, and empty after a crash. What sources that can read again deliver is safe all the
 * same, since their positions wait for the receipts, which settle when the sinks have stored the events.
 */
import type { Finding, Values } from '../../src/config/setting.ts'
import { bytes, integer, seconds } from '../../src/config/setting-kinds.ts'
import { defineChannel } from '../../src/flow/component.ts'
import { bytesMaxOf } from './byte-budget.ts'
import { MemoryChannel } from './memory-channel.ts'

const settings = {
  capacity: integer({ doc: 'The most events it holds.', default: 100, min: 1, belowMin: 100, max: 2_147_483_647 }),
  transactionCapacity: integer({
    doc: 'The most events of one put or take.',
    default: 100,
    min: 1,
    belowMin: 100,
    max: 2_147_483_647,
  }),
  'keep-alive': seconds({ doc: 'How long a put waits for room, and a take for events.', default: 3, min: 0 }),
  byteCapacity: bytes({
    doc: 'Bytes that events may hold, headers included, in steps of 100 an event; 0 for no limit.',
    min: 0,
    defaultText: "80 % of -Xmx in JAVA_OPTS, else of a quarter of the machine's memory",
  }),
  byteCapacityBufferPercentage: integer({ doc: 'Share of byteCapacity kept back.', default: 20, min: 0, max: 99 }),
}

const check = (values: Values<typeof settings>): Finding[] => {
  const { capacity, transactionCapacity } = values
  if (transactionCapacity <= capacity) return []
  const says = `transactionCapacity ${transactionCapacity} is above capacity ${capacity}`
  return [{ level: 'fault', setting: 'transactionCapacity', says, hint: 'Raise capacity: it holds several batches.' }]
}

export const memory = defineChannel({
  type: 'memory',
  aliases: ['org.apache.flume.channel.MemoryChannel'],
  summary: 'Holds events in memory; a crash loses what sources cannot read again.',
  settings,
  check,
  create: (values, context) =>
    new MemoryChannel(
      {
        name: context.name,
        capacity: values.capacity,
        transactionCapacity: values.transactionCapacity,
        keepAliveMs: values['keep-alive'] * 1000,
        bytesMax: bytesMaxOf(values.byteCapacity, values.byteCapacityBufferPercentage),
      },
      context.clock,
    ),
})
