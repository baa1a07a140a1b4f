/**
 * InitProducerId: gives an idempotent producer its id, with epoch 0, and a transactional one the next epoch of the id that belongs to its transactional
 * id, which shuts out whoever had the last one. 3+ may say what the producer was before: then it gets its epoch only if nobody came in between. 4+
 * knows PRODUCER_FENCED.
 */
import { reasonOf } from '../../base/faults.ts'
import { rethrowBroken } from '../../base/assert.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { initProducerId as api } from '../../protocol/messages/init-producer-id.ts'
import type { RequestOf } from '../../protocol/table.ts'
import type { Given } from '../transactions/coordinator.ts'
import { type Answer, defineHandler, type RequestContext } from './handler.ts'
import { codeFor } from './transaction-codes.ts'

type Request = RequestOf<typeof api>

const codes = { fencedSince: 4, abortableSince: 5 } as const
const NONE = -1

const answerOf = (given: Given, version: number): Answer<typeof api> =>
  typeof given === 'number'
    ? { throttleTimeMs: 0, errorCode: codeFor(given, version, codes), producerId: NONE, producerEpoch: NONE }
    : { throttleTimeMs: 0, errorCode: errorCodes.NONE, ...given }

/** An idempotent producer's. What it was before makes no difference. */
const fresh = ({ broker }: RequestContext): Given | Promise<Given> => {
  const id = broker.producerIds.next()
  return typeof id === 'number'
    ? { producerId: id, producerEpoch: 0 }
    : id.then((producerId) => ({ producerId, producerEpoch: 0 }))
}

const given = (request: Request, context: RequestContext): Given | Promise<Given> => {
  const { transactionalId, transactionTimeoutMs: timeoutMs, producerId, producerEpoch } = request
  if (transactionalId === '' || (producerId === NONE) !== (producerEpoch === NONE)) return errorCodes.INVALID_REQUEST
  if (transactionalId === null) return fresh(context)
  const expected = producerId === NONE ? undefined : { producerId, producerEpoch }
  return context.broker.transactions.initProducerId({ transactionalId, timeoutMs, expected })
}

export const initProducerId = defineHandler({
  api,
  versions: [0, 5],
  handle(request, context) {
    const { version, broker } = context
    const answered = given(request, context)
    if (!(answered instanceof Promise)) return answerOf(answered, version)
    return answered.then(
      (late) => answerOf(late, version),
      (thrown: unknown) => {
        rethrowBroken(thrown)
        broker.log.error(`No producer id can be given: ${reasonOf(thrown)}.`)
        return answerOf(errorCodes.COORDINATOR_NOT_AVAILABLE, version)
      },
    )
  },
})
