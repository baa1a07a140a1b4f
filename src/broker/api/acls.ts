/**
 * DescribeAcls, CreateAcls and DeleteAcls: there is no authorizer, so nothing is allowed or denied by rules, and each of them says so as Kafka does
 * without one. One file, because they have one answer.
 */
import { errorCodes } from '../../protocol/error-codes.ts'
import { createAcls as createApi } from '../../protocol/messages/create-acls.ts'
import { deleteAcls as deleteApi } from '../../protocol/messages/delete-acls.ts'
import { describeAcls as describeApi } from '../../protocol/messages/describe-acls.ts'
import { defineHandler } from './handler.ts'

const disabled = { errorCode: errorCodes.SECURITY_DISABLED, errorMessage: 'No Authorizer is configured.' }

export const describeAcls = defineHandler({
  api: describeApi,
  versions: [0, 3],
  handle: () => ({ throttleTimeMs: 0, ...disabled, resources: [] }),
})

export const createAcls = defineHandler({
  api: createApi,
  versions: [0, 3],
  handle: ({ creations }) => ({ throttleTimeMs: 0, results: creations.map(() => disabled) }),
})

export const deleteAcls = defineHandler({
  api: deleteApi,
  versions: [0, 3],
  handle: ({ filters }) => ({ throttleTimeMs: 0, results: filters.map(() => ({ ...disabled, matchingAcls: [] })) }),
})
