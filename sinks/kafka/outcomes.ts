/** What a write's outcomes mean: stored, to be written again, or events that can never be stored. */
import type { Log } from '../../src/base/log.ts'
import { tell } from '../../src/base/told.ts'
import type { Outcome } from '../../src/client/outcome.ts'
import { BrokerError } from '../../src/client/errors.ts'
import { Rejected } from '../../src/flow/sink.ts'
import type { BatchLimits } from './batch-limits.ts'
import type { EventRuns } from './partition-batches.ts'

/** A batch that was handed to the producer: what is needed of it afterwards. */
export interface SentBatch {
  readonly topic: string
  readonly events: EventRuns
  readonly bytes: number
}

const code = { messageTooLarge: 10, recordListTooLarge: 18, invalidTimestamp: 32, invalidRecord: 87 } as const
const sizeCodes: ReadonlySet<number> = new Set([code.messageTooLarge, code.recordListTooLarge])
const recordCodes: ReadonlySet<number> = new Set([code.invalidTimestamp, code.invalidRecord])

const allOf = (events: EventRuns): number[] => Array.from({ length: events.count }, (_, nth) => events.at(nth))

/** The events of a failed batch that the broker will never take; none if it may take them later, or in smaller batches. */
const hopeless = ({ events }: SentBatch, { error, badRecords = [] }: Outcome): number[] => {
  if (!(error instanceof BrokerError)) return []
  if (sizeCodes.has(error.errorCode)) return events.count === 1 ? allOf(events) : []
  if (!recordCodes.has(error.errorCode)) return []
  return badRecords.length > 0 ? badRecords.map(({ index }) => events.at(index)) : allOf(events)
}

/** A batch was too large: the next ones are made smaller, and that is all there is to say of it. */
const learn = (batch: SentBatch, { error }: Outcome, limits: BatchLimits, log: Log): void => {
  if (!(error instanceof BrokerError) || !sizeCodes.has(error.errorCode) || batch.events.count === 1) return
  tell(error)
  const limit = limits.refused(batch.topic, batch.bytes)
  if (limit === undefined) return
  log.warn(
    `Topic ${batch.topic} takes no batch of ${batch.bytes} bytes; batches of at most ${limit} bytes are made from now on.`,
  )
}

const isStored = ({ error }: Outcome): boolean => error === undefined

/** Returns when everything was stored; throws Rejected, or the first error, when not. */
export const judge = (
  sent: readonly SentBatch[],
  outcomes: readonly Outcome[],
  limits: BatchLimits,
  log: Log,
): void => {
  if (outcomes.every(isStored)) return
  let failure: Error | undefined
  let cause: Error | undefined
  let topic = ''
  const refused: number[] = []
  const stored: number[] = []
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i] as Outcome
    const batch = sent[i] as SentBatch
    if (isStored(outcome)) stored.push(...allOf(batch.events))
    const events = hopeless(batch, outcome)
    failure ??= outcome.error
    if (events.length > 0 && cause === undefined) {
      cause = outcome.error
      topic = batch.topic
    }
    refused.push(...events)
    learn(batch, outcome, limits, log)
  }
  if (cause === undefined) throw failure
  const hint = cause instanceof BrokerError ? ` ${cause.hint}` : ''
  refused.sort((a, b) => a - b)
  throw new Rejected(refused, `The broker refuses it for topic ${topic}: ${cause.message}.${hint}`, cause, stored)
}
