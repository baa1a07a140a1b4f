/** ListTransactions: all transactional ids, or those in some states, of some producers, 1+ open for some time, 2+ whose id matches a pattern. */
import { errorCodes } from '../../protocol/error-codes.ts'
import { listTransactions as api } from '../../protocol/messages/list-transactions.ts'
import type { RequestOf } from '../../protocol/table.ts'
import { BadPattern, TopicPattern } from '../groups/consumer/topic-pattern.ts'
import { type Transaction, transactionStates } from '../transactions/transaction.ts'
import { defineHandler } from './handler.ts'

type Request = RequestOf<typeof api>

/** Kafka knows two more, in which no transaction can be seen. */
const known: ReadonlySet<string> = new Set([...transactionStates, 'Dead', 'PrepareEpochFence'])

const nothing = { throttleTimeMs: 0, errorCode: errorCodes.NONE, unknownStateFilters: [], transactionStates: [] }

/** Those whose whole id matches, all where there is no pattern; undefined for a pattern that is none. */
const withNames = (asked: readonly Transaction[], pattern: string): readonly Transaction[] | undefined => {
  if (pattern === '') return asked
  try {
    const names = new TopicPattern(pattern)
    return asked.filter(({ id }) => names.test(id))
  } catch (thrown) {
    if (thrown instanceof BadPattern) return undefined
    throw thrown
  }
}

const isAsked = ({ facts }: Transaction, request: Request, nowMs: number): boolean => {
  const { stateFilters, producerIdFilters, durationFilterMs } = request
  if (facts.producerEpoch < 0) return false
  if (producerIdFilters.length > 0 && !producerIdFilters.includes(facts.producerId)) return false
  if (stateFilters.length > 0 && !stateFilters.includes(facts.state)) return false
  return durationFilterMs < 0 || (facts.startMs >= 0 && nowMs - facts.startMs > durationFilterMs)
}

export const listTransactions = defineHandler({
  api,
  versions: [0, 2],
  handle(request, { broker }) {
    const unknownStateFilters = request.stateFilters.filter((state) => !known.has(state))
    const nowMs = broker.clock.now()
    const asked = [...broker.transactions.list()].filter((transaction) => isAsked(transaction, request, nowMs))
    const named = withNames(asked, request.transactionalIdPattern ?? '')
    if (named === undefined) return { ...nothing, errorCode: errorCodes.INVALID_REGULAR_EXPRESSION }
    const transactionStates = named.map(({ id, facts }) => ({ transactionalId: id, producerId: facts.producerId, transactionState: facts.state })) // prettier-ignore
    return { ...nothing, unknownStateFilters, transactionStates }
  },
})
