/** ListPartitionReassignments: with one broker no partition ever moves, so the list is empty, whatever is asked for. */
import { errorCodes } from '../../protocol/error-codes.ts'
import { listPartitionReassignments as api } from '../../protocol/messages/list-partition-reassignments.ts'
import { defineHandler } from './handler.ts'

export const listPartitionReassignments = defineHandler({
  api,
  versions: [0, 0],
  handle: () => ({ throttleTimeMs: 0, errorCode: errorCodes.NONE, errorMessage: null, topics: [] }),
})
