import { brokerBench } from '../../test/fakes/broker.ts'
import { createTopic, put } from '../../test/fakes/kafka-client.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { sourceConformance } from '../../test/conformance/source.ts'
import { createKafkaSource } from './create-source.ts'
import { kafkaSourceSettings } from './settings.ts'
import type { KafkaSourceValues } from './settings.ts'

sourceConformance('kafka', async ({ defer }) => {
  const bench = await brokerBench()
  defer(() => bench[Symbol.asyncDispose]())
  await createTopic(bench, 't')
  const values = valuesOf(kafkaSourceSettings, {
    'kafka.bootstrap.servers': `127.0.0.1:${bench.port}`,
    'kafka.topics': 't',
    'kafka.consumer.auto.offset.reset': 'earliest',
    'kafka.consumer.fetch.max.wait.ms': '20',
    batchSize: '10',
    batchDurationMillis: '5',
    commitInterval: '1',
    revokeTimeout: '50',
  }) as unknown as KafkaSourceValues
  return {
    create: (context) => createKafkaSource(values, context),
    feed: (bodies) => put(bench, 't', bodies),
    readsAgain: true,
    batchSize: 10,
  }
})
