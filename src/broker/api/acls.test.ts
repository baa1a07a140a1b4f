import { expect, test } from 'vitest'
import { brokerBench } from '../../../test/fakes/broker.ts'
import { createAcls } from '../../protocol/messages/create-acls.ts'
import { deleteAcls } from '../../protocol/messages/delete-acls.ts'
import { describeAcls } from '../../protocol/messages/describe-acls.ts'
import { updateFeatures } from '../../protocol/messages/update-features.ts'

const rule = {
  resourceType: 2,
  resourceName: 't',
  principal: 'User:someone',
  host: '*',
  operation: 3,
  permissionType: 3,
}
const disabled = { errorCode: 54, errorMessage: 'No Authorizer is configured.' }

test.each([0, 1, 2, 3])('rules for access (version %d) are refused, as Kafka does without an authorizer', async (v) => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  expect(await peer.call(describeAcls, v, rule)).toMatchObject({ ...disabled, resources: [] })
  expect((await peer.call(createAcls, v, { creations: [rule, rule] })).results).toMatchObject([disabled, disabled])
  expect((await peer.call(deleteAcls, v, { filters: [rule] })).results).toMatchObject([{ ...disabled, matchingAcls: [] }]) // prettier-ignore
})

test('features that are not there cannot be set', async () => {
  await using bench = await brokerBench()
  const peer = await bench.peer()
  const asked = { timeoutMs: 1000, featureUpdates: [{ feature: 'metadata.version', maxVersionLevel: 20 }] }
  const { errorCode, results } = await peer.call(updateFeatures, 1, asked)
  expect(errorCode).toBe(0)
  expect(results[0]).toMatchObject({ errorCode: 95, errorMessage: expect.stringContaining('does not support this') })
  expect(await peer.call(updateFeatures, 0, { timeoutMs: 1, featureUpdates: [] })).toMatchObject({ results: [] })
})
