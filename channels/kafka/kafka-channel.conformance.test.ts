import { channelConformance } from '../../test/conformance/channel.ts'
import { brokerBench, type BrokerBench } from '../../test/fakes/broker.ts'
import { fakeContext } from '../../test/fakes/context.ts'
import { createTopic } from '../../test/fakes/kafka-client.ts'
import { valuesOf } from '../../test/fakes/values.ts'
import { partsOf } from './create-channel.ts'
import { KafkaChannel } from './kafka-channel.ts'
import { kafkaChannelSettings, type KafkaChannelValues } from './settings.ts'

/** Events of 20 MB need these, in the topic and in the channel. */
const bytesMax = String(32 * 1024 * 1024)
let bench: BrokerBench

channelConformance(
  'kafka',
  async ({ clock, defer, again }) => {
    if (again !== true) {
      const made = await brokerBench({ 'message.max.bytes': bytesMax, 'socket.request.max.bytes': bytesMax })
      defer(() => made[Symbol.asyncDispose]())
      await createTopic(made, 'flume-channel')
      bench = made
    }
    const values = valuesOf(kafkaChannelSettings, {
      'kafka.bootstrap.servers': `127.0.0.1:${bench.port}`,
      'kafka.producer.max.request.size': bytesMax,
      'kafka.consumer.fetch.max.wait.ms': '20',
    }) as unknown as KafkaChannelValues
    return new KafkaChannel({ ...partsOf(values, fakeContext()), clock })
  },
  { capacity: false, reopens: true, ordersLength: 6 },
)
