/**
 * What can go wrong with a broker, as Faults: the network's own troubles, and the error codes that brokers answer with. Whoever retries asks
 * `isRetriable`; whoever reports prints the Fault's sentence and hint.
 */
import { Fault } from '../base/faults.ts'
import { errorMessage, errorName, isRetriable as isRetriableCode } from '../protocol/error-codes.ts'

const advice: Readonly<Record<number, string>> = {
  3: 'Check the name of the topic; kafka-topics.sh --list shows those that exist.',
  10: 'Raise message.max.bytes on the broker or max.message.bytes on the topic, or send smaller records.',
  17: 'Topic names have 1 to 249 of the characters a-z A-Z 0-9 . _ and -.',
  19: 'Fewer replicas are in sync than min.insync.replicas asks for.',
  23: 'All members of a group must have an assignor in common: look at partition.assignment.strategy.',
  24: 'Give the group a name.',
  26: 'session.timeout.ms must lie between group.min.session.timeout.ms and group.max.session.timeout.ms of the broker.',
  29: 'The broker does not let this client at the topic.',
  30: 'The broker does not let this client at the group.',
  31: 'The broker does not let this client do that.',
  37: 'A topic needs at least one partition.',
  38: 'The replication factor must be between 1 and the number of brokers.',
  56: 'The disk of the broker failed or is full; its log says more.',
  82: 'Another member uses the same group.instance.id.',
  87: "Where the topic's cleanup.policy has compact, its records need a key, which the Kafka sink takes from the header key; kafka-configs.sh --alter --topic NAME --add-config cleanup.policy=delete takes compact away.",
}
const generalAdvice = "Look at the broker's log."

/** A broker answered with an error code. */
export class BrokerError extends Fault {
  readonly errorCode: number
  readonly errorName: string
  /** The broker's own words, or Kafka's for the code. */
  readonly says: string
  readonly retriable: boolean

  /** `what` is what the error is about: `Topic weblog`, `weblog-0`, `Group g`. `message` is the broker's own text, if it sent one. */
  constructor(what: string, errorCode: number, message?: string | null) {
    const name = errorName(errorCode)
    const said = message === undefined || message === null || message === '' ? errorMessage(errorCode) : message
    super('BROKER_ERROR', {
      what,
      error: `${said} (${name})`,
      advice: advice[errorCode] ?? generalAdvice,
    })
    this.errorCode = errorCode
    this.errorName = name
    this.says = said
    this.retriable = isRetriableCode(errorCode)
  }
}

const networkTroubles: ReadonlySet<string> = new Set(['CONNECTION_LOST', 'REQUEST_TIMED_OUT', 'BROKER_UNREACHABLE'])

/** Whether the connection, and not the broker's judgement, is what failed. */
export const isNetworkTrouble = (thrown: unknown): boolean =>
  thrown instanceof Fault && networkTroubles.has(thrown.code)

/** Whether the same request may succeed later. */
export const isRetriable = (thrown: unknown): boolean =>
  thrown instanceof BrokerError ? thrown.retriable : isNetworkTrouble(thrown)

/** Throws what `errorCode` means, unless it is 0. */
export const refuseError = (what: string, errorCode: number, message?: string | null): void => {
  if (errorCode !== 0) throw new BrokerError(what, errorCode, message)
}

/** Records that a broker sent and that cannot be read. */
export class BadRecords extends Fault {
  constructor(topic: string, partition: number, offset: number, cause: Error) {
    super('BAD_RECORDS', { topic, partition, offset, problem: cause.message }, cause)
  }
}
