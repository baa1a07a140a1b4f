import { channelConformance } from '../../test/conformance/channel.ts'
import { brokerBench } from '../../test/fakes/broker.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { createTopic } from '../../test/fakes/kafka-client.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { partsOf } from './create-channel.ts'
import { KafkaChannel } from './kafka-channel.ts'
import { kafkaChannelSettings, type KafkaChannelValues } from './settings.ts'

channelConformance(
  'kafka',
  async ({ clock, defer }) => {
    const bench = await brokerBench()
    defer(() => bench[Symbol.asyncDispose]())
    await createTopic(bench, 'flume-channel')
    const values = valuesOf(kafkaChannelSettings, {
      'kafka.bootstrap.servers': `127.0.0.1:${bench.port}`,
      'kafka.consumer.fetch.max.wait.ms': '20',
    }) as unknown as KafkaChannelValues
    return new KafkaChannel({ ...partsOf(values, fakeContext()), clock })
  },
  { capacity: false, ordersLength: 3 },
)
