/** Where `--to-earliest`, `--to-datetime` and their like put a group, partition by partition, never outside of what the partition has. */
import type { TopicPartition } from '../../client/assignors/assignor.ts'
import { places } from '../../client/offset-lookup.ts'
import { UsageError } from '../jopt.ts'
import { ToolFailure } from '../kafka-failure.ts'
import type { GroupsCall } from './call.ts'
import { dateTimeMs, durationMs } from './reset-times.ts'

export interface ResetOffset extends TopicPartition {
  readonly offset: number
}

export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

type Offsets = ReadonlyMap<string, number>

const inOrder = (partitions: readonly TopicPartition[]): TopicPartition[] =>
  partitions.toSorted((a, b) => (a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1))

/** What stands at a time or place, by partition; -1 where nothing is as late. Throws what a partition is refused with. */
const lookUp = async (
  { admin }: GroupsCall,
  partitions: readonly TopicPartition[],
  timestampMs: number,
): Promise<Offsets> => {
  if (partitions.length === 0) return new Map()
  const answers = await admin.offsets(partitions.map(({ topic, partition }) => ({ topic, partition, timestampMs })))
  for (const { error } of answers) if (error !== undefined) throw error
  return new Map(answers.map((one) => [nameOf(one), one.offset]))
}

/** Offsets that a person asked for, moved into the range of their partition with a warning. */
export const withinRange = async (call: GroupsCall, wanted: readonly ResetOffset[]): Promise<ResetOffset[]> => {
  const earliest = await lookUp(call, wanted, places.earliest)
  const latest = await lookUp(call, wanted, places.latest)
  return wanted.map((one) => {
    const [low, high] = [earliest.get(nameOf(one)) ?? 0, latest.get(nameOf(one)) ?? 0]
    const offset = Math.min(Math.max(one.offset, low), high)
    const side = one.offset < low ? 'lower than earliest' : 'higher than latest'
    if (offset !== one.offset)
      call.log.warn(
        `New offset (${one.offset}) is ${side} offset for topic partition ${nameOf(one)}. Value will be set to ${offset}`,
      )
    return { ...one, offset }
  })
}

const atTime = async (
  call: GroupsCall,
  partitions: readonly TopicPartition[],
  timeMs: number,
): Promise<ResetOffset[]> => {
  const found = await lookUp(call, partitions, timeMs)
  const latest = await lookUp(call, partitions, places.latest)
  return partitions.map(({ topic, partition }) => {
    const name = nameOf({ topic, partition })
    const offset = found.get(name) ?? -1
    if (offset >= 0) return { topic, partition, offset }
    process.stdout.write(
      `\nWarn: Partition ${partition} from topic ${topic} is empty. Falling back to latest known offset.\n`,
    )
    return { topic, partition, offset: latest.get(name) ?? 0 }
  })
}

const shifted = (partitions: readonly TopicPartition[], committed: Offsets, by: number): ResetOffset[] =>
  partitions.map((one) => {
    const current = committed.get(nameOf(one))
    if (current === undefined)
      throw new UsageError(
        `Cannot shift offset for partition ${nameOf(one)} since there is no current committed offset`,
      )
    return { ...one, offset: current + by }
  })

const current = async (
  call: GroupsCall,
  partitions: readonly TopicPartition[],
  committed: Offsets,
): Promise<ResetOffset[]> => {
  const missing = partitions.filter((one) => !committed.has(nameOf(one)))
  const latest = await lookUp(call, missing, places.latest)
  return partitions.map((one) => ({ ...one, offset: committed.get(nameOf(one)) ?? latest.get(nameOf(one)) ?? 0 }))
}

const atPlace = async (
  call: GroupsCall,
  partitions: readonly TopicPartition[],
  place: number,
): Promise<ResetOffset[]> => {
  const found = await lookUp(call, partitions, place)
  return partitions.map((one) => ({ ...one, offset: found.get(nameOf(one)) ?? 0 }))
}

/** The new offsets in the order of partitions. Throws a UsageError, ToolFailure or BrokerError. */
export const targetOffsets = async (
  call: GroupsCall,
  scope: readonly TopicPartition[],
  committed: Offsets,
): Promise<ResetOffset[]> => {
  const { values } = call
  const partitions = inOrder(scope)
  const [offset, shift] = [values.long('to-offset'), values.long('shift-by')]
  const [dateTime, duration] = [values.one('to-datetime'), values.one('by-duration')]
  if (values.has('to-earliest')) return atPlace(call, partitions, places.earliest)
  if (values.has('to-latest')) return atPlace(call, partitions, places.latest)
  if (values.has('to-current')) return current(call, partitions, committed)
  if (offset !== undefined) return withinRange(call, partitions.map((one) => ({ ...one, offset }))) // prettier-ignore
  if (shift !== undefined) return withinRange(call, shifted(partitions, committed, shift))
  if (dateTime !== undefined) return atTime(call, partitions, dateTimeMs(dateTime))
  if (duration !== undefined) return atTime(call, partitions, Date.now() - durationMs(duration))
  throw new ToolFailure('No reset specification')
}
