/** What clients are told when a group or its offsets could not be stored. */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'

/** The error for clients when a group could not be stored: what they can do about it is to come again. */
export const storageError = (thrown: unknown): number => {
  if (!(thrown instanceof KafkaFault)) throw thrown
  const tooLarge = thrown.code === errorCodes.MESSAGE_TOO_LARGE || thrown.code === errorCodes.RECORD_LIST_TOO_LARGE
  return tooLarge ? errorCodes.UNKNOWN_SERVER_ERROR : errorCodes.COORDINATOR_NOT_AVAILABLE
}
