/**
 * Shares out evenly while moving as little as possible: members keep what they held, up to their share; the rest goes to those with the least. The
 * cooperative form gives away nothing that another member still holds: that member gives it up first, and the group shares out once more.
 */
import { inOrder, wantedTopics } from './assignor.ts'
import type { Assign, Assignments, Member, TopicPartition } from './assignor.ts'

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}-${partition}`

/** Who holds each partition now. Of several claims the one from the latest generation counts. */
const ownersOf = (members: readonly Member[]): Map<string, string> => {
  const owners = new Map<string, string>()
  for (const member of members.toSorted((a, b) => a.generation - b.generation))
    for (const partition of member.owned) owners.set(keyOf(partition), member.memberId)
  return owners
}

class Shares {
  readonly held: Map<string, TopicPartition[]>
  readonly #members: readonly Member[]

  constructor(members: readonly Member[]) {
    this.#members = inOrder(members)
    this.held = new Map(this.#members.map((member) => [member.memberId, []]))
  }

  give(memberId: string, partition: TopicPartition): void {
    this.held.get(memberId)?.push(partition)
  }

  count(memberId: string): number {
    return this.held.get(memberId)?.length ?? 0
  }

  /** The member with the least, of those that want the topic. */
  neediest(topic: string): Member | undefined {
    let found: Member | undefined
    for (const member of this.#members) {
      if (!member.topics.includes(topic)) continue
      if (found === undefined || this.count(member.memberId) < this.count(found.memberId)) found = member
    }
    return found
  }

  /** Moves one partition from a member to one with at least two fewer; false when there is none to move. */
  level(): boolean {
    for (const member of this.#members.toSorted((a, b) => this.count(b.memberId) - this.count(a.memberId))) {
      const held = this.held.get(member.memberId) ?? []
      for (let i = held.length - 1; i >= 0; i--) {
        const partition = held[i] as TopicPartition
        const taker = this.neediest(partition.topic)
        if (taker === undefined || held.length - this.count(taker.memberId) < 2) continue
        held.splice(i, 1)
        this.give(taker.memberId, partition)
        return true
      }
    }
    return false
  }
}

/** Keeps what may be kept, deals out the rest, and levels. */
export const sticky: Assign = (members, partitionsOf) => {
  const shares = new Shares(members)
  const owners = ownersOf(members)
  const wants = new Map(members.map((member) => [member.memberId, new Set(member.topics)]))
  const free: TopicPartition[] = []
  for (const topic of wantedTopics(members, partitionsOf)) {
    for (let partition = 0; partition < (partitionsOf.get(topic) ?? 0); partition++) {
      const owner = owners.get(keyOf({ topic, partition }))
      if (owner !== undefined && wants.get(owner)?.has(topic) === true) shares.give(owner, { topic, partition })
      else free.push({ topic, partition })
    }
  }
  for (const partition of free) shares.give(shares.neediest(partition.topic)?.memberId ?? '', partition)
  while (shares.level());
  return shares.held
}

/** As `sticky`, but a partition that changes hands is left out until its holder has given it up. */
export const cooperativeSticky: Assign = (members, partitionsOf): Assignments => {
  const owners = ownersOf(members)
  const wanted = sticky(members, partitionsOf)
  return new Map(
    [...wanted].map(([memberId, partitions]) => [
      memberId,
      partitions.filter((partition) => (owners.get(keyOf(partition)) ?? memberId) === memberId),
    ]),
  )
}
