/** What a topic may be called: Kafka's rules, the clash of `.` and `_` in metric names included. */
import { KafkaFault } from '../../protocol/error-codes.ts'

const nameLengthMax = 249

const invalid = (problem: string): KafkaFault => new KafkaFault('INVALID_TOPIC_EXCEPTION', problem)

/** Throws INVALID_TOPIC_EXCEPTION. */
export const checkTopicName = (name: string): void => {
  if (name === '') throw invalid('Topic name is invalid: the empty string is not allowed')
  if (name === '.' || name === '..') throw invalid(`Topic name is invalid: '.' or '..' is not allowed`)
  if (name.length > nameLengthMax)
    throw invalid(
      `Topic name is invalid: the length of '${name}' is longer than the max allowed length ${nameLengthMax}`,
    )
  if (!/^[a-zA-Z0-9._-]+$/.test(name))
    throw invalid(
      `Topic name is invalid: '${name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`,
    )
}

/** Two names with the same key cannot exist side by side. */
export const collisionKey = (name: string): string => name.replaceAll('.', '_')

export const collides = (name: string, existing: string): KafkaFault =>
  invalid(`Topic '${name}' collides with existing topics: ${existing}`)

/** Topics of the broker's own. */
export const isInternal = (name: string): boolean => name === '__consumer_offsets' || name === '__transaction_state'
