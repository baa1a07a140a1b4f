/** DescribeClientQuotas: the quotas whose entities match all components of the filter; a strict one wants no other types beside. */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { describeClientQuotas as api } from '../../protocol/messages/describe-client-quotas.ts'
import type { RequestOf } from '../../protocol/table.ts'
import { entityTypes } from '../quotas/quota-rules.ts'
import type { Entity } from '../quotas/quota-table.ts'
import { defineHandler } from './handler.ts'
import { namedTwice } from './twice.ts'

type Component = RequestOf<typeof api>['components'][number]

const [EXACT, DEFAULT, ANY] = [0, 1, 2]

const invalid = (says: string): KafkaFault => new KafkaFault('INVALID_REQUEST', says)

/** Throws KafkaFault for a filter that means nothing. */
const check = (components: readonly Component[]): void => {
  for (const { entityType, matchType, match } of components) {
    if (entityType === '') throw invalid('Unexpected empty filter component entity type.')
    if (!(entityTypes as readonly string[]).includes(entityType))
      throw new KafkaFault('UNSUPPORTED_VERSION', `Unsupported entity type ${entityType}`)
    if (matchType !== EXACT && matchType !== DEFAULT && matchType !== ANY)
      throw invalid(`Unexpected match type: ${matchType}`)
    if (matchType === EXACT && match === null) throw invalid('Request specified EXACT with a null match string')
    if (matchType !== EXACT && match !== null)
      throw invalid(`Request specified ${matchType === DEFAULT ? 'DEFAULT' : 'SPECIFIED'} with a match string`)
  }
  for (const type of namedTwice(components.map(({ entityType }) => entityType)))
    throw invalid(`Entity type ${type} cannot appear more than once in the filter.`)
  if (components.length > 1 && components.some(({ entityType }) => entityType === 'ip'))
    throw invalid(
      'Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.',
    )
}

const fits = (entity: Entity, components: readonly Component[], strict: boolean): boolean => {
  if (strict && Object.keys(entity).length !== components.length) return false
  return components.every(({ entityType, matchType, match }) => {
    const name = entity[entityType]
    if (name === undefined) return false
    return matchType === ANY || name === (matchType === EXACT ? match : null)
  })
}

export const describeClientQuotas = defineHandler({
  api,
  versions: [0, 1],
  handle({ components, strict }, { broker }) {
    try {
      check(components)
      const found = broker.quotas.table.rows.filter(({ entity }) => fits(entity, components, strict))
      const entries = found.map(({ entity, values }) => ({
        entity: Object.entries(entity).map(([type, name]) => ({ type, name })),
        values: Object.entries(values).map(([key, value]) => ({ key, value })),
      }))
      return { throttleTimeMs: 0, errorCode: errorCodes.NONE, errorMessage: null, entries }
    } catch (thrown) {
      if (!(thrown instanceof KafkaFault)) throw thrown
      return { throttleTimeMs: 0, errorCode: thrown.code, errorMessage: thrown.message, entries: null }
    }
  },
})
