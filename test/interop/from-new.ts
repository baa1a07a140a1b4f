/** A topic that only a new client can have written: batches of format 2 in every compression that old ones know, with headers. */
import { Producer, stringSerializers } from '@platformatic/kafka'

const codecs = ['none', 'gzip', 'snappy', 'lz4'] as const
const perCodec = 100

/** Fills `from-new` with the values v0 to v399, in order. */
export const fillForOldReaders = async (bootstrap: string): Promise<void> => {
  const producer = new Producer({
    clientId: 'new',
    bootstrapBrokers: [bootstrap],
    serializers: stringSerializers,
    autocreateTopics: true,
  })
  for (const [i, compression] of codecs.entries()) {
    const messages = Array.from({ length: perCodec }, (_, n) => ({
      topic: 'from-new',
      key: 'k',
      value: `v${i * perCodec + n}`,
      headers: new Map([['colour', 'red']]),
    }))
    await producer.send({ messages, compression })
  }
  await producer.close()
}
