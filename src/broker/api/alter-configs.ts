/**
 * AlterConfigs: replaces all that a topic, this broker, the defaults of all brokers, a group or a metrics subscription overrides. Kept for clients before
 * IncrementalAlterConfigs. Each resource has its own error.
 */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { alterConfigs as api } from '../../protocol/messages/alter-configs.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import { resourceOf } from './config-resources.ts'
import { defineHandler, type Services } from './handler.ts'
import { namedTwice } from './twice.ts'

type Asked = RequestOf<typeof api>['resources'][number]
type Answered = ResponseInput<typeof api>['resources'][number]
type Named = Pick<Asked, 'resourceType' | 'resourceName'>

/** Changes every resource by itself, one after another, and gives what is answered about each. */
export const changeEach = async <R extends Named>(
  resources: readonly R[],
  change: (resource: R) => Promise<void>,
): Promise<Answered[]> => {
  const twice = namedTwice(resources.map((one) => `${one.resourceType} ${one.resourceName}`))
  const answers: Answered[] = []
  for (const resource of resources) {
    const { resourceType, resourceName } = resource
    const answer = { errorCode: errorCodes.NONE, errorMessage: null, resourceType, resourceName }
    try {
      if (twice.has(`${resourceType} ${resourceName}`))
        throw new KafkaFault('INVALID_REQUEST', 'Each resource must appear at most once.')
      await change(resource)
      answers.push(answer)
    } catch (thrown) {
      if (!(thrown instanceof KafkaFault)) throw thrown
      answers.push({ ...answer, errorCode: thrown.code, errorMessage: thrown.message })
    }
  }
  return answers
}

const replace = async ({ resourceType, resourceName, configs }: Asked, validateOnly: boolean, broker: Services) => {
  const unset = configs.filter((config) => config.value === null).map((config) => config.name)
  if (unset.length > 0) throw new KafkaFault('INVALID_REQUEST', `Null value not supported for : ${unset.join(', ')}`)
  if (namedTwice(configs.map((config) => config.name)).size > 0)
    throw new KafkaFault('INVALID_REQUEST', 'Error due to duplicate config keys')
  const resource = resourceOf(resourceType, resourceName, broker)
  const next = new Map(configs.map(({ name, value }) => [name, value ?? '']))
  const names = new Set([...resource.current.keys(), ...next.keys()])
  const changed = [...names].filter((name) => resource.current.get(name) !== next.get(name))
  await resource.change(next, changed, validateOnly)
}

export const alterConfigs = defineHandler({
  api,
  versions: [0, 2],
  handle: ({ resources, validateOnly }, { broker }) =>
    broker.store
      .inTurn(() => changeEach(resources, (asked) => replace(asked, validateOnly, broker)))
      .then((answers) => ({ throttleTimeMs: 0, resources: answers })),
})
