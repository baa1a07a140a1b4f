/** `--reset-offsets`: works out where groups shall stand, shows it, and sets it when `--execute` is given. */
import type { TopicPartition } from '../../client/assignors/assignor.ts'
import { BrokerError } from '../../client/admin.ts'
import { errorCodes } from '../../protocol/error-codes.ts'
import { UsageError } from '../jopt.ts'
import { groupsAskedFor, type GroupsCall } from './call.ts'
import { csvText, fileOffsets } from './reset-file.ts'
import { nameOf, type ResetOffset, targetOffsets } from './reset-target.ts'
import { partitionsOfTopics } from './scope.ts'
import { fixed, growing, last, sayError, tableText } from './table.ts'

interface GroupReset {
  readonly groupId: string
  readonly offsets: readonly ResetOffset[]
}

/** Only groups without members are reset; one that is not there counts as such. */
const stateOf = async ({ admin }: GroupsCall, groupId: string): Promise<string> => {
  try {
    return (await admin.groups.describe(groupId)).state
  } catch (thrown) {
    if (thrown instanceof BrokerError && thrown.errorCode === errorCodes.GROUP_ID_NOT_FOUND) return 'Dead'
    throw thrown
  }
}

/** The partitions to reset and where the group stands in them now. */
const scopeOf = async (call: GroupsCall, committed: readonly ResetOffset[]): Promise<TopicPartition[]> => {
  if (call.values.has('all-topics')) {
    await call.admin.topics()
    return committed.map(({ topic, partition }) => ({ topic, partition }))
  }
  if (call.values.has('topic')) return partitionsOfTopics(call)
  throw new UsageError('One of the reset scopes should be defined: --all-topics, --topic.')
}

const planned = async (call: GroupsCall, groupId: string): Promise<readonly ResetOffset[]> => {
  const file = call.values.one('from-file')
  if (file !== undefined) return fileOffsets(call, file, groupId)
  const committed = await call.admin.groups.committed(groupId)
  const partitions = await scopeOf(call, committed)
  return targetOffsets(call, partitions, new Map(committed.map((one) => [nameOf(one), one.offset])))
}

const resetOne = async (call: GroupsCall, groupId: string): Promise<GroupReset> => {
  const state = await stateOf(call, groupId)
  if (state !== 'Empty' && state !== 'Dead') {
    sayError(`Assignments can only be reset if the group '${groupId}' is inactive, but the current state is ${state}.`)
    return { groupId, offsets: [] }
  }
  const offsets = await planned(call, groupId)
  if (call.values.has('execute') && offsets.length > 0)
    await call.admin.groups.commit(groupId, offsets.map((one) => ({ leaderEpoch: -1, ...one }))) // prettier-ignore
  return { groupId, offsets }
}

const print = (resets: readonly GroupReset[]): void => {
  const rows = resets.flatMap(({ groupId, offsets }) =>
    offsets.map(({ topic, partition, offset }) => [groupId, topic, String(partition), String(offset)]),
  )
  const columns = [growing('GROUP'), growing('TOPIC'), fixed('PARTITION', 10), last('NEW-OFFSET')]
  process.stdout.write(`\n${tableText(columns, rows)}`)
}

export const resetOffsets = async (call: GroupsCall): Promise<void> => {
  const resets: GroupReset[] = []
  for (const groupId of await groupsAskedFor(call)) resets.push(await resetOne(call, groupId))
  if (call.values.has('export')) process.stdout.write(`${csvText(resets)}\n`)
  else print(resets)
}
