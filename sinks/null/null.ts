/** Takes events and forgets them: for measuring what comes before it, and for flows whose events nobody wants. */
import { integer } from '../../src/config/setting-kinds.ts'
import { defineSink } from '../../src/flow/component.ts'
import { NullSink } from './null-sink.ts'

export const nullSink = defineSink({
  type: 'null',
  aliases: ['org.apache.flume.sink.NullSink'],
  summary: 'Takes events and forgets them.',
  batchSetting: 'batchSize',
  settings: {
    batchSize: integer({ doc: 'Events a write.', default: 100, min: 1 }),
    logEveryNEvents: integer({ doc: 'Says how many it took, each time that many more came.', default: 10_000, min: 1 }),
  },
  create: ({ batchSize, logEveryNEvents }, { name, log }) => new NullSink(name, batchSize, logEveryNEvents, log),
})
