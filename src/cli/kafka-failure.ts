/**
 * What a Kafka tool says when something fails: the sentence that Kafka's own tool would print, behind the name of the Java exception that people
 * search for and scripts match.
 */
import { Fault, reasonOf } from '../base/faults.ts'
import { BrokerError } from '../client/errors.ts'

/** A failure that the tool itself finds, under the class that Kafka's tool would throw. */
export class ToolFailure extends Error {
  readonly exception: string

  constructor(message: string, exception = 'java.lang.IllegalArgumentException') {
    super(message)
    this.exception = exception
  }
}

/** Error codes whose exception has a name of its own; the others are named like their code. */
const ownNames: Readonly<Record<string, string>> = {
  UNKNOWN_SERVER_ERROR: 'UnknownServer',
  CORRUPT_MESSAGE: 'CorruptRecord',
  REQUEST_TIMED_OUT: 'Timeout',
  MESSAGE_TOO_LARGE: 'RecordTooLarge',
  NETWORK_EXCEPTION: 'Network',
  INVALID_TOPIC_EXCEPTION: 'InvalidTopic',
  RECORD_LIST_TOO_LARGE: 'RecordBatchTooLarge',
  TOPIC_AUTHORIZATION_FAILED: 'TopicAuthorization',
  GROUP_AUTHORIZATION_FAILED: 'GroupAuthorization',
  CLUSTER_AUTHORIZATION_FAILED: 'ClusterAuthorization',
  TOPIC_ALREADY_EXISTS: 'TopicExists',
  INVALID_CONFIG: 'InvalidConfiguration',
  KAFKA_STORAGE_ERROR: 'KafkaStorage',
  NON_EMPTY_GROUP: 'GroupNotEmpty',
}

const likeItsCode = (errorName: string): string =>
  errorName
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')

/** Faults that Kafka's clients know as the end of their patience. */
const timeouts: ReadonlySet<string> = new Set([
  'BROKER_UNREACHABLE',
  'CONNECTION_LOST',
  'DELIVERY_TIMED_OUT',
  'NO_SUCH_BROKER',
  'REQUEST_TIMED_OUT',
  'TOPIC_MISSING',
])

/** The full name of the exception that Kafka's tools would show for this. */
export const exceptionOf = (thrown: unknown): string => {
  if (thrown instanceof ToolFailure) return thrown.exception
  if (thrown instanceof BrokerError) {
    return `org.apache.kafka.common.errors.${ownNames[thrown.errorName] ?? likeItsCode(thrown.errorName)}Exception`
  }
  if (!(thrown instanceof Fault)) return 'java.lang.RuntimeException'
  if (timeouts.has(thrown.code)) return 'org.apache.kafka.common.errors.TimeoutException'
  return thrown.code === 'NO_SUCH_TOPIC'
    ? 'java.lang.IllegalArgumentException'
    : 'org.apache.kafka.common.KafkaException'
}

/** The sentence alone: the broker's own words where it sent some. */
export const saidOf = (thrown: unknown): string => (thrown instanceof BrokerError ? thrown.says : reasonOf(thrown))

/** `org.apache.kafka.common.errors.TopicExistsException: Topic 'test' already exists.`, and what to do where we know it. */
export const failureText = (thrown: unknown): string => {
  const said = `${exceptionOf(thrown)}: ${saidOf(thrown)}`
  const advises = thrown instanceof Fault && !(thrown instanceof BrokerError)
  return advises ? `${said}. ${thrown.hint}` : said
}
