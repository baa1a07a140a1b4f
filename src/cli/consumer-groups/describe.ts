/** `--describe`: the offsets, the members or the state of groups. */
import type { CommittedOffset, GroupDescription, GroupMember } from '../../client/group-admin.ts'
import type { TopicPartition } from '../../client/assignors/assignor.ts'
import { places } from '../../client/offset-lookup.ts'
import { groupsAskedFor, type GroupsCall } from './call.ts'
import { type Column, fixed, growing, last, missing, sayError, tableText } from './table.ts'

const rebalancing: ReadonlySet<string> = new Set(['PreparingRebalance', 'CompletingRebalance', 'Assigning', 'Reconciling']) // prettier-ignore

/** Says what is not as usual with a group; gives whether there is something to show. */
const isShown = ({ groupId, state }: GroupDescription, rows: number): boolean => {
  if (state === 'Dead') sayError(`Consumer group '${groupId}' does not exist.`)
  else if (state === 'Empty') process.stderr.write(`\nConsumer group '${groupId}' has no active members.\n`)
  else if (rebalancing.has(state)) process.stderr.write(`\nWarning: Consumer group '${groupId}' is rebalancing.\n`)
  return state !== 'Dead' && rows > 0
}

/** An empty line stands before every table. */
const show = (columns: readonly Column[], rows: readonly (readonly string[])[]): void => {
  process.stdout.write(`\n${tableText(columns, rows)}`)
}

const offsetColumns = (verbose: boolean): Column[] => [
  growing('GROUP'),
  growing('TOPIC'),
  fixed('PARTITION', 10),
  ...(verbose ? [fixed('LEADER-EPOCH', 15)] : []),
  fixed('CURRENT-OFFSET', 15),
  fixed('LOG-END-OFFSET', 15),
  fixed('LAG', 15),
  growing('CONSUMER-ID'),
  growing('HOST'),
  last('CLIENT-ID'),
]

interface Row extends TopicPartition {
  readonly owner: Pick<GroupMember, 'memberId' | 'host' | 'clientId'>
  readonly committed: CommittedOffset | undefined
}

const nobody = { memberId: missing, host: missing, clientId: missing }
const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

/** Partitions with an owner first, by the owners with the most of them, then those that are only committed. */
const offsetRows = (group: GroupDescription, committed: readonly CommittedOffset[]): Row[] => {
  const byName = new Map(committed.filter(({ offset }) => offset >= 0).map((one) => [nameOf(one), one]))
  const rows = group.members
    .toSorted((a, b) => b.assigned.length - a.assigned.length)
    .flatMap((owner) => inOrder(owner.assigned).map((one) => ({ ...one, owner, committed: byName.get(nameOf(one)) })))
  const owned = new Set(rows.map(nameOf))
  const rest = inOrder(committed).filter((one) => !owned.has(nameOf(one)))
  return [...rows, ...rest.map((one) => ({ ...one, owner: nobody, committed: byName.get(nameOf(one)) }))]
}

const inOrder = <T extends TopicPartition>(partitions: readonly T[]): T[] =>
  partitions.toSorted((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))

const endOffsets = async ({ admin }: GroupsCall, rows: readonly Row[]): Promise<Map<string, number>> => {
  if (rows.length === 0) return new Map()
  await admin.topics()
  const answers = await admin.offsets(
    rows.map(({ topic, partition }) => ({ topic, partition, timestampMs: places.latest })),
  )
  return new Map(answers.filter(({ error }) => error === undefined).map((one) => [nameOf(one), one.offset]))
}

const describeOffsets = async (call: GroupsCall, groups: readonly GroupDescription[]): Promise<void> => {
  const verbose = call.values.has('verbose')
  for (const group of groups) {
    const rows = offsetRows(group, await call.admin.groups.committed(group.groupId))
    const ends = await endOffsets(call, rows)
    const cells = rows.map(({ topic, partition, owner, committed }) => {
      const end = ends.get(`${topic}-${partition}`)
      const lag = committed === undefined || end === undefined ? missing : String(end - committed.offset)
      const epoch = committed === undefined || committed.leaderEpoch < 0 ? missing : String(committed.leaderEpoch)
      const current = committed === undefined ? missing : String(committed.offset)
      const place = [group.groupId, topic, String(partition), ...(verbose ? [epoch] : [])]
      return [...place, current, end === undefined ? missing : String(end), lag, owner.memberId, owner.host, owner.clientId] // prettier-ignore
    })
    if (isShown(group, cells.length)) show(offsetColumns(verbose), cells)
  }
}

/** `t:0,1;u:2`. */
const partitionsText = (partitions: readonly TopicPartition[]): string => {
  if (partitions.length === 0) return missing
  return [...Map.groupBy(inOrder(partitions), ({ topic }) => topic)]
    .map(([topic, some]) => `${topic}:${some.map(({ partition }) => partition).join(',')}`)
    .join(';')
}

const memberColumns = (showsInstances: boolean, verbose: boolean): Column[] => [
  growing('GROUP'),
  growing('CONSUMER-ID'),
  ...(showsInstances ? [growing('GROUP-INSTANCE-ID', 17)] : []),
  growing('HOST'),
  growing('CLIENT-ID'),
  // Wider by the blank that Kafka's tool leaves for the columns of --verbose.
  fixed('#PARTITIONS', verbose ? 15 : 16),
  ...(verbose
    ? [
        fixed('CURRENT-EPOCH', 15),
        growing('CURRENT-ASSIGNMENT', 20),
        fixed('TARGET-EPOCH', 15),
        growing('TARGET-ASSIGNMENT', 20),
      ]
    : []),
]

const numberText = (value: number | undefined): string => (value === undefined ? missing : String(value))

const describeMembers = (call: GroupsCall, groups: readonly GroupDescription[]): void => {
  const verbose = call.values.has('verbose')
  for (const group of groups) {
    const showsInstances = group.members.some(({ instanceId }) => instanceId !== undefined)
    const cells = group.members.map((member) => [
      group.groupId,
      member.memberId,
      ...(showsInstances ? [member.instanceId ?? missing] : []),
      member.host,
      member.clientId,
      String(member.assigned.length),
      ...(verbose
        ? [
            numberText(member.epoch),
            partitionsText(member.assigned),
            numberText(member.target === undefined ? undefined : group.targetEpoch),
            partitionsText(member.target ?? []),
          ]
        : []),
    ])
    if (isShown(group, 1)) show(memberColumns(showsInstances, verbose), cells)
  }
}

const stateColumns = (verbose: boolean): Column[] => [
  growing('GROUP'),
  growing('COORDINATOR (ID)', 25),
  fixed('ASSIGNMENT-STRATEGY', 20),
  fixed('STATE', 20),
  ...(verbose ? [fixed('GROUP-EPOCH', 15), fixed('TARGET-ASSIGNMENT-EPOCH', 25)] : []),
  last('#MEMBERS'),
]

const describeStates = (call: GroupsCall, groups: readonly GroupDescription[]): void => {
  const verbose = call.values.has('verbose')
  for (const group of groups) {
    const { nodeId, host, port } = group.coordinator
    const epochs = verbose ? [numberText(group.epoch), numberText(group.targetEpoch)] : []
    const assignor = group.assignor === '' ? missing : group.assignor
    const cells = [group.groupId, `${host}:${port}  (${nodeId})`, assignor, group.state, ...epochs, String(group.members.length)] // prettier-ignore
    if (isShown(group, 1)) show(stateColumns(verbose), [cells])
  }
}

/** Everything is asked before anything is printed, as in Kafka: one group that is not there hides the others. */
export const describe = async (call: GroupsCall): Promise<void> => {
  const groups: GroupDescription[] = []
  for (const groupId of await groupsAskedFor(call)) groups.push(await call.admin.groups.describe(groupId))
  if (call.values.has('members')) describeMembers(call, groups)
  else if (call.values.has('state')) describeStates(call, groups)
  else await describeOffsets(call, groups)
}
