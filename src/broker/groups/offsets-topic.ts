/** `__consumer_offsets`: the topic in which groups are kept. It comes into being with the first group. */
import { InternalTopic, type InternalTopicOptions } from '../topics/internal-topic.ts'

export const OFFSETS_TOPIC = '__consumer_offsets'

/** `partitions` is offsets.topic.num.partitions, and so on. */
export const offsetsTopic = (options: Omit<InternalTopicOptions, 'name'>): InternalTopic =>
  new InternalTopic({ ...options, name: OFFSETS_TOPIC })
