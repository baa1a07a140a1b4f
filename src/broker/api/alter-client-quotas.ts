/** AlterClientQuotas: sets and removes quotas of users, client ids and addresses. They hold when the answer comes, and after a restart. */
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import { alterClientQuotas as api } from '../../protocol/messages/alter-client-quotas.ts'
import type { RequestOf, ResponseInput } from '../../protocol/table.ts'
import { checkQuota, entityOf, entityText } from '../quotas/quota-rules.ts'
import { defineHandler, type Services } from './handler.ts'
import { namedTwice } from './twice.ts'

type Asked = RequestOf<typeof api>['entries'][number]
type Answered = ResponseInput<typeof api>['entries'][number]

/** Entities that may have quotas. */
const ENTITIES_MAX = 100_000

/** Checks one entry, and does what it says unless only the check is wanted; gives what undoes it. Throws KafkaFault. */
const change = (
  { entity: parts, ops }: Asked,
  validateOnly: boolean,
  { quotas: { table } }: Services,
): (() => void) => {
  const entity = entityOf(parts)
  const before = table.get(entity)
  const values: Record<string, number> = { ...before }
  for (const { key, value, remove } of ops) {
    checkQuota(entity, key, remove ? undefined : value)
    if (remove) delete values[key]
    else values[key] = value
  }
  if (namedTwice(ops.map(({ key }) => key)).size > 0)
    throw new KafkaFault('INVALID_REQUEST', `Ignoring duplicate entity ${entityText(parts)}`)
  if (table.size >= ENTITIES_MAX && Object.keys(before).length === 0)
    throw new KafkaFault('INVALID_REQUEST', `More than ${ENTITIES_MAX} entities have quotas`)
  if (!validateOnly) table.set(entity, values)
  return () => table.set(entity, before)
}

const keyOf = ({ entity }: Asked): string =>
  JSON.stringify(entity.map(({ type, name }) => [type, name]).toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1)))

const failed = ({ entity }: Asked, { code, message }: KafkaFault): Answered => ({ errorCode: code, errorMessage: message, entity }) // prettier-ignore

/** Keeps all changes of the request at once; where that fails none of them has happened. */
const changeAll = async (entries: readonly Asked[], validateOnly: boolean, broker: Services): Promise<Answered[]> => {
  const twice = namedTwice(entries.map(keyOf))
  const undo: (() => void)[] = []
  const answers = entries.map((entry): Answered => {
    try {
      if (twice.has(keyOf(entry)))
        throw new KafkaFault('INVALID_REQUEST', `Ignoring duplicate entity ${entityText(entry.entity)}`)
      undo.push(change(entry, validateOnly, broker))
      return { errorCode: errorCodes.NONE, errorMessage: null, entity: entry.entity }
    } catch (thrown) {
      if (thrown instanceof KafkaFault) return failed(entry, thrown)
      throw thrown
    }
  })
  if (validateOnly || undo.length === 0) return answers
  const { store, quotas } = broker
  try {
    store.changes.quotas = quotas.table.rows
    await store.save()
    return answers
  } catch (thrown) {
    for (const one of undo) one()
    store.changes.quotas = quotas.table.rows
    if (!(thrown instanceof KafkaFault)) throw thrown
    const { code: errorCode, message: errorMessage } = thrown
    return answers.map((answer) => (answer.errorCode === errorCodes.NONE ? { ...answer, errorCode, errorMessage } : answer)) // prettier-ignore
  }
}

export const alterClientQuotas = defineHandler({
  api,
  versions: [0, 1],
  handle: ({ entries, validateOnly }, { broker }) =>
    broker.store
      .inTurn(() => changeAll(entries, validateOnly, broker))
      .then((answers) => ({ throttleTimeMs: 0, entries: answers })),
})
