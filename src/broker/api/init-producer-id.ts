/**
 * InitProducerId: gives an idempotent producer its id, with epoch 0. 3+ may name the id that the producer has, which makes no difference without
 * transactions, 4+ may answer 90. A transactional id is answered with UNSUPPORTED_VERSION: clients report that at once instead of trying again.
 */
import { reasonOf } from '../../base/faults.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { initProducerId as api } from '../../protocol/messages/init-producer-id.ts'
import { type Answer, defineHandler, type RequestContext } from './handler.ts'

const failed = (errorCode: number): Answer<typeof api> => ({
  throttleTimeMs: 0,
  errorCode,
  producerId: -1,
  producerEpoch: -1,
})
const given = (producerId: number): Answer<typeof api> => ({
  throttleTimeMs: 0,
  errorCode: errorCodes.NONE,
  producerId,
  producerEpoch: 0,
})

const fresh = ({ broker }: RequestContext): Answer<typeof api> | Promise<Answer<typeof api>> => {
  const id = broker.producerIds.next()
  if (typeof id === 'number') return given(id)
  return id.then(given, (thrown: unknown) => {
    broker.log.error(`No producer id can be given: ${reasonOf(thrown)}.`)
    return failed(errorCodes.COORDINATOR_NOT_AVAILABLE)
  })
}

export const initProducerId = defineHandler({
  api,
  versions: [0, 5],
  handle(request, context) {
    if (request.transactionalId === '') return failed(errorCodes.INVALID_REQUEST)
    if (request.transactionalId !== null) return failed(errorCodes.UNSUPPORTED_VERSION)
    return fresh(context)
  },
})
