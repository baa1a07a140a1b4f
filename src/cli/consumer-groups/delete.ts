/** `--delete` and `--delete-offsets`. */
import { Fault } from '../../base/faults.ts'
import type { TopicPartition } from '../../client/assignors/assignor.ts'
import { BrokerError } from '../../client/admin.ts'
import { exceptionOf, saidOf } from '../kafka-failure.ts'
import { groupsAskedFor, type GroupsCall } from './call.ts'
import { partitionsOfTopics } from './scope.ts'
import { fixed, growing, last, sayError, tableText } from './table.ts'

const quoted = (groups: readonly string[]): string => groups.map((group) => `'${group}'`).join(', ')

/** Groups without members are deleted; what became of the others is said. */
export const deleteGroups = async (call: GroupsCall): Promise<void> => {
  const deleted: string[] = []
  const failures: string[] = []
  for (const groupId of await groupsAskedFor(call)) {
    try {
      await call.admin.groups.delete(groupId)
      deleted.push(groupId)
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
      failures.push(`* Group '${groupId}' could not be deleted due to: ${exceptionOf(thrown)}: ${saidOf(thrown)}\n`)
    }
  }
  if (failures.length === 0) {
    process.stdout.write(`Deletion of requested consumer groups (${quoted(deleted)}) was successful.\n`)
    return
  }
  sayError('Deletion of some consumer groups failed:')
  process.stdout.write(failures.join(''))
  if (deleted.length > 0)
    process.stdout.write(`\nThese consumer groups were deleted successfully: ${quoted(deleted)}\n`)
}

const outcome = (what: string, errorCode: number): string => {
  if (errorCode === 0) return 'Successful'
  const error = new BrokerError(what, errorCode)
  return `Error: ${exceptionOf(error)}: ${saidOf(error)}`
}

/** Which error each partition met; where the group itself is refused, all of them that one. */
const deleted = async (
  call: GroupsCall,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<{ readonly groupError: BrokerError | undefined; readonly errors: readonly number[] }> => {
  try {
    const answers = await call.admin.groups.deleteOffsets(groupId, partitions)
    const byName = new Map(answers.map((one) => [`${one.topic}-${one.partition}`, one.errorCode]))
    const errors = partitions.map(({ topic, partition }) => byName.get(`${topic}-${partition}`) ?? 0)
    return { groupError: undefined, errors }
  } catch (thrown) {
    if (!(thrown instanceof BrokerError)) throw thrown
    return { groupError: thrown, errors: partitions.map(() => thrown.errorCode) }
  }
}

export const deleteOffsets = async (call: GroupsCall): Promise<void> => {
  const groupId = call.values.one('group') ?? ''
  const partitions = await partitionsOfTopics(call)
  const { groupError, errors } = await deleted(call, groupId, partitions)
  if (groupError !== undefined) sayError(saidOf(groupError))
  else if (errors.some((error) => error !== 0))
    sayError('Encountered some partition-level error, see the follow-up details.')
  else process.stdout.write(`Request succeeded for deleting offsets from group ${groupId}.\n`)
  const rows = partitions.map(({ topic, partition }, i) => [
    topic,
    String(partition),
    outcome(`${topic}-${partition}`, errors[i] ?? 0).padEnd(15),
  ])
  process.stdout.write(`\n${tableText([growing('TOPIC'), fixed('PARTITION', 10), last('STATUS         ')], rows)}`)
}
