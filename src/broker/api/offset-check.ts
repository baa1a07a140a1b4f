/** What an offset must satisfy to be committed, inside a transaction or not. */
import { errorCodes } from '../../protocol/error-codes.ts'
import type { Services } from './handler.ts'

export interface OffsetAsked {
  readonly partition: number
  readonly metadata: string | null
}

/** NONE, or why it may not be committed. */
export const offsetError = (topic: string, asked: OffsetAsked, { topics, config }: Services): number => {
  if (topics.get(topic)?.partitions[asked.partition] === undefined) return errorCodes.UNKNOWN_TOPIC_OR_PARTITION
  const bytes = Buffer.byteLength(asked.metadata ?? '')
  return bytes > config.settings['offset.metadata.max.bytes'] ? errorCodes.OFFSET_METADATA_TOO_LARGE : errorCodes.NONE
}
