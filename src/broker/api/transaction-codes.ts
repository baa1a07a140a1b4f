/** The errors of transactions as clients know them: two of them are younger than the APIs that give them. */
import { errorCodes } from '../../protocol/error-codes.ts'

export interface CodeVersions {
  /** The first version whose clients know PRODUCER_FENCED. */
  readonly fencedSince: number
  /** The first version whose clients know TRANSACTION_ABORTABLE. */
  readonly abortableSince: number
}

/** What a client of this version is told instead of a code that it does not know. */
export const codeFor = (code: number, version: number, { fencedSince, abortableSince }: CodeVersions): number => {
  if (code === errorCodes.PRODUCER_FENCED && version < fencedSince) return errorCodes.INVALID_PRODUCER_EPOCH
  if (code === errorCodes.TRANSACTION_ABORTABLE && version < abortableSince) return errorCodes.INVALID_TXN_STATE
  return code
}
