/** Events with their headers in an Avro container file, which Hadoop's and Avro's own tools read. */
import { bytes, oneOf } from '../../config/setting-kinds.ts'
import { defineSerializer } from '../../flow/component.ts'
import { codecNames, codecs } from './codecs.ts'
import { AvroContainer } from './container.ts'

const syncBytes = 16

export const avroEvent = defineSerializer({
  type: 'avro_event',
  aliases: ['org.apache.flume.serialization.FlumeEventAvroEventSerializer$Builder'],
  summary: 'Headers and bodies in an Avro container file.',
  settings: {
    syncIntervalBytes: bytes({
      doc: 'Size of a block, uncompressed; each batch ends one, too.',
      default: 2_048_000,
      min: 32,
    }),
    compressionCodec: oneOf(codecNames, { doc: 'Compression of the blocks.', default: 'null' }),
  },
  create: async ({ syncIntervalBytes, compressionCodec }, { random }) =>
    new AvroContainer({
      codec: compressionCodec,
      compress: await codecs[compressionCodec](),
      blockBytes: syncIntervalBytes,
      sync: random.bytes(syncBytes),
    }),
})
