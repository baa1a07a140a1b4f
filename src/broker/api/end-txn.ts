/**
 * EndTxn: commits or aborts a transaction. The answer says that it is decided; the markers are in their partitions by then, unless one cannot be
 * written or has to be synced first. 2+ knows PRODUCER_FENCED, 4+ TRANSACTION_ABORTABLE. 5 would give the producer a new epoch with each end, and is not
 * served: clients use it only together with a feature that this broker does not tell of.
 */
import { endTxn as api } from '../../protocol/messages/end-txn.ts'
import { defineHandler } from './handler.ts'
import { codeFor } from './transaction-codes.ts'

const codes = { fencedSince: 2, abortableSince: 4 } as const

export const endTxn = defineHandler({
  api,
  versions: [0, 4],
  async handle(request, { broker, version }) {
    const error = await broker.transactions.end(request, request.commit ? 'commit' : 'abort')
    return { throttleTimeMs: 0, errorCode: codeFor(error, version, codes) }
  },
})
