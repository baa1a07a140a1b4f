/** Which errors are the disk's. Node gives codes to its own complaints about arguments, too (`ERR_OUT_OF_RANGE`): those are faults of the program. */
import { reasonOf, systemCode } from '../../base/faults.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'

export const isDiskError = (thrown: unknown): boolean => /^E[A-Z0-9]+$/.test(systemCode(thrown) ?? '')

/** For catch blocks that go on without the disk: passes on everything that is no error of the system (ENOSPC, EIO, …). */
export const rethrowUnlessDisk = (thrown: unknown): void => {
  if (!isDiskError(thrown)) throw thrown
}

/** What `action` gives; an error of the disk becomes KAFKA_STORAGE_ERROR, which says that `failure`. */
export const orStorageError = <T>(failure: string, action: () => T): T => {
  try {
    return action()
  } catch (thrown) {
    rethrowUnlessDisk(thrown)
    throw new KafkaFault('KAFKA_STORAGE_ERROR', `${failure}: ${reasonOf(thrown)}`)
  }
}
