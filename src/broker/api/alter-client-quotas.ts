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

const change = async ({ entity: parts, ops }: Asked, validateOnly: boolean, broker: Services): Promise<void> => {
  const { table } = broker.quotas
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
  if (table.rows.length >= ENTITIES_MAX && Object.keys(before).length === 0)
    throw new KafkaFault('INVALID_REQUEST', `More than ${ENTITIES_MAX} entities have quotas`)
  if (validateOnly) return
  const keep = (next: Readonly<Record<string, number>>): void => {
    table.set(entity, next)
    broker.store.changes.quotas = table.rows
  }
  keep(values)
  try {
    await broker.store.save()
  } catch (thrown) {
    keep(before)
    throw thrown
  }
}

const keyOf = ({ entity }: Asked): string =>
  JSON.stringify(entity.map(({ type, name }) => [type, name]).toSorted(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1)))

const changeAll = async (entries: readonly Asked[], validateOnly: boolean, broker: Services): Promise<Answered[]> => {
  const twice = namedTwice(entries.map(keyOf))
  const answers: Answered[] = []
  for (const entry of entries) {
    const answer = { errorCode: errorCodes.NONE, errorMessage: null, entity: entry.entity }
    try {
      if (twice.has(keyOf(entry)))
        throw new KafkaFault('INVALID_REQUEST', `Ignoring duplicate entity ${entityText(entry.entity)}`)
      await change(entry, validateOnly, broker)
      answers.push(answer)
    } catch (thrown) {
      if (!(thrown instanceof KafkaFault)) throw thrown
      answers.push({ ...answer, errorCode: thrown.code, errorMessage: thrown.message })
    }
  }
  return answers
}

export const alterClientQuotas = defineHandler({
  api,
  versions: [0, 1],
  handle: ({ entries, validateOnly }, { broker }) =>
    broker.store
      .inTurn(() => changeAll(entries, validateOnly, broker))
      .then((answers) => ({ throttleTimeMs: 0, entries: answers })),
})
