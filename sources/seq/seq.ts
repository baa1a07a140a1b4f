/** Makes events that count up from 0: for trying a flow out without any input. */
import { integer } from '../../src/config/setting-kinds.ts'
import { defineSource } from '../../src/flow/component.ts'
import { SeqSource } from './seq-source.ts'

export const seq = defineSource({
  type: 'seq',
  aliases: ['org.apache.flume.source.SequenceGeneratorSource'],
  summary: 'Makes events that count up from 0.',
  batchSetting: 'batchSize',
  settings: {
    batchSize: integer({ doc: 'Events a batch.', default: 1, min: 1 }),
    totalEvents: integer({
      doc: 'How many it makes in all.',
      default: Number.MAX_SAFE_INTEGER,
      defaultText: '2^63 - 1',
      min: 1,
    }),
  },
  headersSet: () => [],
  create: ({ batchSize, totalEvents }, context) => new SeqSource(batchSize, totalEvents, context),
})
