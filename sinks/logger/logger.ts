/** Prints each event to the agent's log at INFO, in the line that Flume users know: for looking at a flow, not for carrying one. */
import { integer } from '../../src/config/setting-kinds.ts'
import { defineSink } from '../../src/flow/component.ts'
import { LoggerSink } from './logger-sink.ts'

export const logger = defineSink({
  type: 'logger',
  aliases: ['org.apache.flume.sink.LoggerSink'],
  summary: "Prints each event to the agent's log at INFO.",
  settings: {
    maxBytesToLog: integer({ doc: 'Bytes of the body that are printed.', default: 16, min: 0 }),
  },
  create: ({ maxBytesToLog }, { log }) => new LoggerSink(maxBytesToLog, log),
})
