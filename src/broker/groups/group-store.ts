/**
 * The groups of this broker and their home in `__consumer_offsets`: found, made and forgotten here, stored and read back. What may be done with them
 * stands in the files around it.
 */
import { rethrowBroken } from '../../base/assert.ts'
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import { Malformed } from '../../protocol/malformed.ts'
import { markerOf } from '../log/producer-history.ts'
import type { InternalTopic, StoredRecord, StoredWhere } from '../topics/internal-topic.ts'
import type { PartitionCommit, PartitionName } from './committed-offset.ts'
import { groupTombstones, readConsumerRecord } from './consumer/consumer-records.ts'
import { replayConsumerRecord } from './consumer/replay.ts'
import { Group } from './group.ts'
import { groupKey, groupValue, offsetKey, readGroupValue, readKey, readOffsetValue } from './group-records.ts'

export interface GroupStoreOptions {
  readonly topic: InternalTopic
  readonly clock: Clock
  readonly log: Log
}

export class GroupStore {
  readonly topic: InternalTopic
  readonly clock: Clock
  readonly #log: Log
  readonly #groups = new Map<string, Group>()
  /** The groups that a producer's open transaction has committed offsets for. */
  readonly #unstable = new Map<number, Set<string>>()

  constructor({ topic, clock, log }: GroupStoreOptions) {
    this.topic = topic
    this.clock = clock
    this.#log = log
  }

  get(groupId: string): Group | undefined {
    return this.#groups.get(groupId)
  }

  list(): Group[] {
    return [...this.#groups.values()]
  }

  /** The group, made if there is none. Whoever makes one calls `dropIfUnused` in the end. */
  obtain(groupId: string): Group {
    const found = this.#groups.get(groupId)
    if (found !== undefined) return found
    const group = new Group(groupId, this.clock.now())
    this.#groups.set(groupId, group)
    return group
  }

  /** Forgets a group that there is nothing to remember of. */
  dropIfUnused(group: Group): void {
    if (group.isUnused) this.#groups.delete(group.id)
  }

  /** Stores records of one group, all or none; a promise where the flush policy asks for one. Throws KafkaFault. */
  append(group: Group, records: readonly StoredRecord[]): Promise<void> | undefined {
    return this.topic.append(group.id, records)
  }

  /** Stores what nobody waits for; a failure is said, and the next record of the group makes up for it. */
  appendQuietly(group: Group, records: readonly StoredRecord[]): boolean {
    const failed = (thrown: unknown): void => {
      this.#log.warn(`A change of group ${group.id} could not be stored: ${reasonOf(thrown)}.`)
    }
    try {
      this.append(group, records)?.catch(failed)
      return true
    } catch (thrown) {
      rethrowBroken(thrown)
      failed(thrown)
      return false
    }
  }

  /** Stores a classic group as it is now. Throws KafkaFault. */
  storeGroup(group: Group): Promise<void> | undefined {
    return this.append(group, [recordOf(group)])
  }

  storeQuietly(group: Group): void {
    this.appendQuietly(group, [recordOf(group)])
  }

  /** Forgets offsets, in the log and here. Gives whether it could be stored. */
  forgetOffsets(group: Group, partitions: readonly PartitionName[]): boolean {
    if (partitions.length === 0) return true
    if (!this.appendQuietly(group, tombstonesOf(group, partitions))) return false
    for (const { topic, partition } of partitions) group.committed.delete(topic, partition)
    return true
  }

  /** Forgets a group that has no members, with its offsets. Gives whether it could be stored. */
  forget(group: Group): boolean {
    const own = group.consumer === undefined ? [{ key: groupKey(group.id), value: null }] : groupTombstones(group.id)
    const records = [...tombstonesOf(group, group.committed.stored()), ...own]
    if (!this.appendQuietly(group, records)) return false
    group.enter('Dead', this.clock.now())
    this.#groups.delete(group.id)
    return true
  }

  /** What deletes the classic part of an empty group, if it was ever stored. */
  classicTombstones(group: Group): StoredRecord[] {
    return group.generation > 0 ? [{ key: groupKey(group.id), value: null }] : []
  }

  /** An empty group of the newer protocol goes over to the classic one. Throws KafkaFault. */
  becomeClassic(group: Group): void {
    this.append(group, groupTombstones(group.id))?.catch(() => undefined)
    group.consumer = undefined
  }

  /** Keeps offsets of a transaction that are in the log until `endTransaction` says how it ended. */
  holdBack(group: Group, producerId: number, offsets: readonly PartitionCommit[]): void {
    group.committed.unstable.add(producerId, offsets)
    const groups = this.#unstable.get(producerId)
    if (groups === undefined) this.#unstable.set(producerId, new Set([group.id]))
    else groups.add(group.id)
  }

  /** The marker of a producer's transaction stands in a partition: what it committed for the groups there comes to be, or not. */
  endTransaction(partition: number, producerId: number, isCommitted: boolean): void {
    const groups = this.#unstable.get(producerId) ?? []
    for (const id of groups) {
      if (this.topic.partitionOf(id) !== partition) continue
      this.#unstable.get(producerId)?.delete(id)
      const group = this.get(id)
      group?.committed.endTransaction(producerId, isCommitted)
      if (group !== undefined) this.dropIfUnused(group)
    }
    if (this.#unstable.get(producerId)?.size === 0) this.#unstable.delete(producerId)
  }

  /** Reads back what was stored. Throws KafkaFault. */
  load(): void {
    let unreadable = 0
    this.topic.replay({
      record: (record, where) => {
        try {
          this.#replayed(record, where)
        } catch (thrown) {
          if (!(thrown instanceof Malformed)) throw thrown
          unreadable++
        }
      },
      control: (bytes, { partition, batch }) => {
        const outcome = markerOf(batch, bytes)?.outcome
        if (outcome !== undefined) this.endTransaction(partition, batch.producerId, outcome === 'commit')
      },
    })
    if (unreadable > 0)
      this.#log.warn(`${unreadable} records of __consumer_offsets cannot be read and were passed over.`)
    for (const group of this.list()) {
      this.dropIfUnused(group)
      // half of what is stored: offsets that expired long ago, members that have left
      if (this.topic.isUnread(group.id)) this.#groups.delete(group.id)
    }
  }

  #replayed({ key, value }: StoredRecord, { batch }: StoredWhere): void {
    const about = readKey(key)
    if (about.kind === 'other') return
    const group = this.obtain(about.group)
    if (about.kind === 'consumer') {
      const told = readConsumerRecord(about.type, about.rest, value)
      if (told !== undefined) replayConsumerRecord(group, told)
      return
    }
    if (about.kind === 'group') {
      const fresh = new Group(about.group, this.clock.now(), group.committed)
      fresh.consumer = group.consumer
      if (value !== null) readGroupValue(value, fresh)
      this.#groups.set(about.group, fresh)
      return
    }
    const { topic, partition } = about
    if (value === null) group.committed.delete(topic, partition)
    else if (batch.isTransactional)
      this.holdBack(group, batch.producerId, [{ topic, partition, ...readOffsetValue(value) }]) // prettier-ignore
    else group.committed.set(topic, partition, readOffsetValue(value))
  }
}

const recordOf = (group: Group): StoredRecord => ({ key: groupKey(group.id), value: groupValue(group) })

const tombstonesOf = (group: Group, partitions: readonly PartitionName[]): StoredRecord[] =>
  partitions.map(({ topic, partition }) => ({ key: offsetKey(group.id, topic, partition), value: null }))
