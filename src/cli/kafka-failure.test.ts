import { describe, expect, it } from 'vitest'
import { Fault } from '../base/faults.ts'
import { BrokerError } from '../client/errors.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { exceptionOf, failureText, ToolFailure } from './kafka-failure.ts'

const errors = 'org.apache.kafka.common.errors'

describe('the exception that Kafka would show', () => {
  it.each([
    ['TOPIC_ALREADY_EXISTS', 'TopicExistsException'],
    ['INVALID_TOPIC_EXCEPTION', 'InvalidTopicException'],
    ['UNKNOWN_TOPIC_OR_PARTITION', 'UnknownTopicOrPartitionException'],
    ['INVALID_PARTITIONS', 'InvalidPartitionsException'],
    ['MESSAGE_TOO_LARGE', 'RecordTooLargeException'],
    ['INVALID_CONFIG', 'InvalidConfigurationException'],
    ['REQUEST_TIMED_OUT', 'TimeoutException'],
  ] as const)('%s: %s', (name, exception) => {
    expect(exceptionOf(new BrokerError('Topic t', errorCodes[name]))).toBe(`${errors}.${exception}`)
  })

  it('is a time-out where no broker answers', () => {
    expect(exceptionOf(new Fault('BROKER_UNREACHABLE', { addresses: 'h:1', problem: 'x' }))).toBe(
      `${errors}.TimeoutException`,
    )
  })

  it('is the one that the tool names', () => {
    expect(exceptionOf(new ToolFailure('No.', 'java.lang.NumberFormatException'))).toBe(
      'java.lang.NumberFormatException',
    )
  })
})

describe('the text of a failure', () => {
  it("has the broker's own words", () => {
    const exists = new BrokerError('Topic t', errorCodes.TOPIC_ALREADY_EXISTS, "Topic 't' already exists.")
    expect(failureText(exists)).toBe(`${errors}.TopicExistsException: Topic 't' already exists.`)
  })

  it('says what to do where we know it', () => {
    expect(failureText(new Fault('NO_SUCH_TOPIC', { topic: 't' }))).toBe(
      "java.lang.IllegalArgumentException: Topic 't' does not exist as expected. kafka-topics.sh --list shows those that exist.",
    )
  })
})
