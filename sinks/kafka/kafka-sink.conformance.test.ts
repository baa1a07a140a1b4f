import { brokerBench } from '../../test/fakes/broker.ts'
import { createTopic, storedIn } from '../../test/fakes/kafka-client.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { sinkConformance } from '../../test/conformance/sink.ts'
import { createKafkaSink } from './create-sink.ts'
import { kafkaSinkSettings } from './settings.ts'
import type { KafkaSinkValues } from './settings.ts'

sinkConformance('kafka', async ({ defer }) => {
  let bench = await brokerBench({ 'message.max.bytes': '3000000' })
  defer(() => bench[Symbol.asyncDispose]())
  await createTopic(bench, 't')
  const { port } = bench
  const values = valuesOf(kafkaSinkSettings, {
    'kafka.bootstrap.servers': `127.0.0.1:${port}`,
    'kafka.topic': 't',
    'kafka.producer.max.request.size': '2500000',
    'kafka.producer.delivery.timeout.ms': '50',
    'kafka.producer.retry.backoff.ms': '2',
    'kafka.producer.retry.backoff.max.ms': '5',
  }) as unknown as KafkaSinkValues
  return {
    create: (context) => createKafkaSink(values, context),
    stored: async () => (await storedIn(port, 't')).map(({ value }) => value),
    break: () => bench[Symbol.asyncDispose](),
    async mend() {
      bench = await bench.again({ listeners: `PLAINTEXT://127.0.0.1:${port}` })
    },
  }
})
