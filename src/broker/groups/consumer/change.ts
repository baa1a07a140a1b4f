/**
 * A change of a group of the newer protocol on its way: the records that tell of it, and what it does to the group once they are stored. Nothing
 * is done to the group before, so that a change that cannot be stored has not happened.
 */
import type { StoredRecord } from '../../topics/internal-topic.ts'
import { type Assignment, isSame } from './assignment.ts'
import type { AssignorInput } from './assignor.ts'
import { assignors } from './assignors.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import type { ConsumerMember } from './consumer-member.ts'
import { currentRecord, groupRecord, memberRecord, memberTombstones, targetEpochRecord, targetRecord } from './consumer-records.ts' // prettier-ignore
import type { TopicView } from './topic-view.ts'

export class GroupChange {
  readonly #groupId: string
  readonly group: ConsumerGroup
  readonly #records: StoredRecord[] = []
  readonly #acts: (() => void)[] = []
  /** Members as they will be. */
  readonly #members = new Map<string, ConsumerMember>()
  readonly #gone = new Set<string>()
  readonly #targets = new Map<string, Assignment>()
  epoch: number
  assignmentEpoch: number

  constructor(groupId: string, group: ConsumerGroup) {
    this.#groupId = groupId
    this.group = group
    this.epoch = group.epoch
    this.assignmentEpoch = group.assignmentEpoch
  }

  get records(): readonly StoredRecord[] {
    return this.#records
  }

  /** Does to the group what the records tell. */
  apply(): void {
    for (const act of this.#acts) act()
  }

  /** A record of another kind, and what goes with it. */
  add(records: readonly StoredRecord[], act: () => void): void {
    this.#records.push(...records)
    this.#acts.push(act)
  }

  /** What a member said of itself has changed. */
  described(member: ConsumerMember): void {
    this.#members.set(member.id, member)
    this.add([memberRecord(this.#groupId, member)], () => this.group.put(member))
  }

  /** A member is a step further. */
  moved(member: ConsumerMember): void {
    this.#members.set(member.id, member)
    this.add([currentRecord(this.#groupId, member)], () => this.group.put(member))
  }

  removed(memberId: string): void {
    this.#gone.add(memberId)
    this.#members.delete(memberId)
    this.add(memberTombstones(this.#groupId, memberId), () => this.group.remove(memberId))
  }

  bumped(metadataHash: number): void {
    const epoch = ++this.epoch
    this.add([groupRecord(this.#groupId, epoch, metadataHash)], () => {
      this.group.epoch = epoch
      this.group.metadataHash = metadataHash
    })
  }

  /** A target of one member. */
  aimed(memberId: string, target: Assignment): void {
    this.#targets.set(memberId, target)
    this.add([targetRecord(this.#groupId, memberId, target)], () => this.group.targets.set(memberId, target))
  }

  targetOf(memberId: string): Assignment {
    return this.#targets.get(memberId) ?? this.group.targetOf(memberId)
  }

  /** Makes the targets of all members anew, as of this epoch. Gives how many members and partitions were weighed. */
  assign(assignor: string, topics: TopicView): { readonly members: number; readonly partitions: number } {
    const input = this.#input(topics)
    const made = assignors[assignor]?.(input) ?? new Map<string, Assignment>()
    for (const { id, target } of input.members) {
      const fresh = made.get(id) ?? new Map()
      if (!isSame(fresh, target)) this.aimed(id, fresh)
    }
    const epoch = (this.assignmentEpoch = this.epoch)
    this.add([targetEpochRecord(this.#groupId, epoch)], () => void (this.group.assignmentEpoch = epoch))
    const partitions = Array.from(input.partitions.values()).reduce((sum, count) => sum + count, 0)
    return { members: input.members.length, partitions }
  }

  #input(topics: TopicView): AssignorInput {
    const ids = new Map<string, string>()
    const partitions = new Map<string, number>()
    const idOf = (name: string): string => {
      const known = ids.get(name)
      if (known !== undefined) return known
      const topic = topics.get(name)
      ids.set(name, topic?.id ?? '')
      if (topic !== undefined) partitions.set(topic.id, topic.partitions)
      return topic?.id ?? ''
    }
    const members = [...this.#all()].map((member) => ({
      id: member.id,
      instanceId: member.instanceId,
      topicIds: this.group.topicsOf(member).map(idOf).filter((id) => id !== '').toSorted(), // prettier-ignore
      target: this.targetOf(member.id),
    }))
    return { members, partitions }
  }

  *#all(): Generator<ConsumerMember> {
    for (const member of this.group.members.values())
      if (!this.#members.has(member.id) && !this.#gone.has(member.id)) yield member
    yield* this.#members.values()
  }
}
