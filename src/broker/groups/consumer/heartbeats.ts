/**
 * ConsumerGroupHeartbeat, the one call of the newer group protocol: members come, say what they read and what they have, are told what they may have,
 * and go. A heartbeat that brings nothing new costs a look at the member and a deadline; the topics are looked at once a second for each group.
 */
import { KafkaFault } from '../../../protocol/error-codes.ts'
import type { Group } from '../group.ts'
import { isSame, nothing } from './assignment.ts'
import { type BeatAnswer, type BeatAsk, checkBeat } from './beat.ts'
import { GroupChange } from './change.ts'
import { ConsumerGroup } from './consumer-group.ts'
import { AWAY, type ConsumerMember, LEAVING, memberStates } from './consumer-member.ts'
import { type Engine, readsOther } from './engine.ts'
import { memberFor } from './member-lookup.ts'

/** Takes a classic group over, members and all; undefined where it may not be. */
export type Upgrade = (group: Group, change: (consumer: ConsumerGroup) => GroupChange) => GroupChange | undefined

export class Heartbeats {
  readonly #engine: Engine
  readonly #upgrade: Upgrade

  constructor(engine: Engine, upgrade: Upgrade) {
    this.#engine = engine
    this.#upgrade = upgrade
  }

  /** Answers one heartbeat, later where the flush policy says so. Throws or rejects with KafkaFault. */
  beat(ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    checkBeat(ask, this.#engine.options.assignors)
    return ask.memberEpoch < 0 ? this.#leave(ask) : this.#stay(ask)
  }

  #stay(ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    const { store } = this.#engine.options
    const { group, change } = this.#placeFor(ask)
    try {
      return this.#advance(group, change, ask)
    } finally {
      store.dropIfUnused(group)
    }
  }

  /** The group, and the change that it begins with: none, or that it goes over to this protocol. */
  #placeFor({ groupId, memberEpoch }: BeatAsk): { readonly group: Group; readonly change: GroupChange } {
    const { store } = this.#engine.options
    const found = store.get(groupId)
    if (found === undefined && memberEpoch > 0)
      throw new KafkaFault('GROUP_ID_NOT_FOUND', `Group ${groupId} not found.`)
    if (found?.consumer !== undefined) return { group: found, change: new GroupChange(groupId, found.consumer) }
    const group = found ?? store.obtain(groupId)
    const change = memberEpoch > 0 ? undefined : this.#taken(group)
    if (change === undefined) throw new KafkaFault('GROUP_ID_NOT_FOUND', `Group ${groupId} is not a consumer group.`)
    return { group, change }
  }

  #taken(group: Group): GroupChange | undefined {
    const { store } = this.#engine.options
    const begin = (consumer: ConsumerGroup): GroupChange => {
      const change = new GroupChange(group.id, consumer)
      change.add(store.classicTombstones(group), () => group.becomeConsumer(consumer))
      return change
    }
    return group.isWithoutMembers ? begin(new ConsumerGroup()) : this.#upgrade(group, begin)
  }

  #advance(group: Group, change: GroupChange, ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    const { group: consumer } = change
    const engine = this.#engine
    engine.refuseTooMany(consumer, ask.memberId, ask.instanceId ?? undefined)
    const found = memberFor(consumer, ask, engine.options.newId)
    const { before, replaced } = found
    const after = engine.advance(consumer, change, { ...found, said: updated(before, ask), owned: ask.owned ?? undefined }) // prettier-ignore
    const isFull = ask.memberEpoch === 0 || (ask.rebalanceTimeoutMs !== -1 && ask.owned !== null && (ask.topics !== null || ask.pattern !== null)) // prettier-ignore
    const isTold = isFull || !isSame(after.assigned, before.assigned)
    const answer = { memberId: after.id, memberEpoch: after.epoch, assignment: isTold ? after.assigned : undefined }
    return engine.stored(group, change, answer, () => {
      if (replaced !== undefined) engine.forget(group, replaced.id)
      engine.heard(group, after)
      engine.watchRevoking(group, after, after.epoch !== before.epoch)
    })
  }

  #leave(ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    const engine = this.#engine
    const group = engine.options.store.get(ask.groupId)
    if (group === undefined) throw new KafkaFault('GROUP_ID_NOT_FOUND', `Group ${ask.groupId} not found.`)
    if (group.consumer === undefined)
      throw new KafkaFault('GROUP_ID_NOT_FOUND', `Group ${ask.groupId} is not a consumer group.`)
    const { before } = memberFor(group.consumer, ask, engine.options.newId)
    const change = new GroupChange(group.id, group.consumer)
    const answer = { memberId: before.id, memberEpoch: ask.memberEpoch, assignment: undefined }
    if (ask.memberEpoch === AWAY) {
      change.moved({ ...before, epoch: AWAY, state: memberStates.STABLE, revoking: nothing })
      return engine.stored(group, change, answer, () => engine.forgive(group, before.id))
    }
    change.removed(before.id)
    change.bumped(group.consumer.metadataHash ?? 0)
    return engine.stored(group, change, { ...answer, memberEpoch: LEAVING }, () => engine.gone(group, before.id))
  }
}

/** The member with what it says; the same one where it says nothing new. */
const updated = (member: ConsumerMember, ask: BeatAsk): ConsumerMember => {
  const said: ConsumerMember = {
    ...member,
    rackId: ask.rackId ?? member.rackId,
    rebalanceTimeoutMs: ask.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : ask.rebalanceTimeoutMs,
    topics: ask.topics === null ? member.topics : [...new Set(ask.topics)].toSorted(),
    pattern: ask.pattern ?? member.pattern,
    assignor: ask.assignor ?? member.assignor,
    clientId: ask.clientId,
    clientHost: ask.clientHost,
    classic: undefined,
  }
  const same =
    said.rackId === member.rackId &&
    said.rebalanceTimeoutMs === member.rebalanceTimeoutMs &&
    said.clientId === member.clientId &&
    said.clientHost === member.clientHost &&
    member.classic === undefined &&
    !readsOther(member, said)
  return same ? member : said
}
