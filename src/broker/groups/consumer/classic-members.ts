/**
 * Members that still speak the classic protocol in a group of the newer one. Joining is their way to say what they read and what they have, a generation
 * is their epoch, and a heartbeat tells them to join again when there is a step to take. Nobody leads: the broker assigns.
 */
import { errorCodes, KafkaFault } from '../../../protocol/error-codes.ts'
import type { Group } from '../group.ts'
import type { JoinAsk } from '../join.ts'
import { type Joined, joinFailed, type Synced, syncFailed } from '../member.ts'
import type { MemberName } from '../membership.ts'
import { storageError } from '../storage-error.ts'
import type { SyncAsk } from '../sync.ts'
import { filtered, has } from './assignment.ts'
import { GroupChange } from './change.ts'
import { assignmentBytes, type ClassicSubscription, subscriptionOf } from './classic-bytes.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { type ConsumerMember, memberStates, newMember } from './consumer-member.ts'
import type { Engine } from './engine.ts'
import type { Found } from './member-lookup.ts'

const CONSUMER = 'consumer'

export class ClassicMembers {
  readonly #engine: Engine

  constructor(engine: Engine) {
    this.#engine = engine
  }

  join(group: Group, consumer: ConsumerGroup, ask: JoinAsk): Joined | Promise<Joined> {
    const failed = (thrown: unknown): Joined => joinFailed(errorOf(thrown), ask.memberId)
    try {
      const answer = this.#join(group, consumer, ask)
      return answer instanceof Promise ? answer.catch(failed) : answer
    } catch (thrown) {
      return failed(thrown)
    }
  }

  sync(group: Group, consumer: ConsumerGroup, ask: SyncAsk): Synced {
    const member = consumer.members.get(ask.memberId)
    const error = refusal(consumer, ask, ask.generation)
    if (error !== errorCodes.NONE || member?.classic === undefined) return syncFailed(error)
    const [protocol] = member.classic.protocols
    const otherType = ask.protocolType !== undefined && ask.protocolType !== CONSUMER
    const otherName = ask.protocolName !== undefined && ask.protocolName !== protocol?.name
    if (otherType || otherName) return syncFailed(errorCodes.INCONSISTENT_GROUP_PROTOCOL)
    this.#engine.heard(group, member)
    if (consumer.epoch > member.epoch && member.state !== memberStates.UNREVOKED) {
      this.#engine.watchRebalance(group, member, false)
      return syncFailed(errorCodes.REBALANCE_IN_PROGRESS)
    }
    this.#engine.forgive(group, member.id)
    const assignment = assignmentBytes(member.assigned, this.#engine.options.topics)
    return { error: errorCodes.NONE, protocolType: CONSUMER, protocolName: protocol?.name, assignment }
  }

  /** The error to answer with. */
  heartbeat(group: Group, consumer: ConsumerGroup, name: MemberName, generation: number): number {
    const member = consumer.members.get(name.memberId)
    const error = refusal(consumer, name, generation)
    if (error !== errorCodes.NONE || member === undefined) return error
    this.#engine.heard(group, member)
    if (!mustJoin(consumer, member)) return errorCodes.NONE
    this.#engine.watchRebalance(group, member, false)
    return errorCodes.REBALANCE_IN_PROGRESS
  }

  /** The error for that member. One of the newer protocol can be taken out by its instance id only. */
  leave(group: Group, consumer: ConsumerGroup, { memberId, instanceId }: MemberName): number {
    const byInstance = memberId === '' && instanceId !== undefined
    const id = byInstance ? (consumer.statics.get(instanceId) ?? '') : memberId
    const member = consumer.members.get(id)
    if (member === undefined || (!byInstance && member.classic === undefined)) return errorCodes.UNKNOWN_MEMBER_ID
    if (instanceId !== undefined && member.instanceId !== instanceId) return errorCodes.FENCED_INSTANCE_ID
    return this.#engine.remove(group, id) ? errorCodes.NONE : errorCodes.COORDINATOR_NOT_AVAILABLE
  }

  #join(group: Group, consumer: ConsumerGroup, ask: JoinAsk): Joined | Promise<Joined> {
    const { topics, newId } = this.#engine.options
    const subscription = subscriptionOf(ask.protocols, topics)
    const others = [...consumer.members.values()].filter(({ id, classic }) => id !== ask.memberId && classic !== undefined) // prettier-ignore
    const fits = ask.protocols.some(({ name }) => others.every(({ classic }) => classic?.protocols.some((one) => one.name === name))) // prettier-ignore
    if (ask.protocolType !== CONSUMER || subscription === undefined || !fits)
      return joinFailed(errorCodes.INCONSISTENT_GROUP_PROTOCOL, ask.memberId)
    this.#engine.refuseTooMany(consumer, ask.memberId, ask.instanceId)
    if (ask.memberId === '' && ask.instanceId === undefined && ask.takesIdFirst)
      return joinFailed(errorCodes.MEMBER_ID_REQUIRED, `${ask.clientId}-${newId()}`)
    const found = memberOf(consumer, ask, newId)
    const { before, replaced } = found
    const change = new GroupChange(group.id, consumer)
    const after = this.#engine.advance(consumer, change, { ...found, said: saying(before, ask, subscription), owned: subscription.owned }) // prettier-ignore
    return this.#engine.stored(group, change, joined(after), () => {
      if (replaced !== undefined) this.#engine.forget(group, replaced.id)
      this.#engine.heard(group, after)
      // It must sync now, in its rebalance timeout.
      this.#engine.watchRebalance(group, after, true)
    })
  }
}

/** What is about the request; the rest failed on disk. */
const toldAsIs: ReadonlySet<number> = new Set([errorCodes.GROUP_MAX_SIZE_REACHED, errorCodes.FENCED_INSTANCE_ID])

const errorOf = (thrown: unknown): number =>
  thrown instanceof KafkaFault && toldAsIs.has(thrown.code) ? thrown.code : storageError(thrown)

const joined = (member: ConsumerMember): Joined => ({
  error: errorCodes.NONE,
  memberId: member.id,
  generation: member.epoch,
  protocolType: CONSUMER,
  protocolName: member.classic?.protocols[0]?.name,
  leaderId: '',
  skipAssignment: false,
  members: [],
})

/** NONE, or why this is not a member of the classic protocol that may speak, in this generation. */
const refusal = (consumer: ConsumerGroup, { memberId, instanceId }: MemberName, generation: number): number => {
  const holder = instanceId === undefined ? memberId : consumer.statics.get(instanceId)
  if (holder === undefined) return errorCodes.UNKNOWN_MEMBER_ID
  if (holder !== memberId) return errorCodes.FENCED_INSTANCE_ID
  const member = consumer.members.get(memberId)
  if (member?.classic === undefined) return errorCodes.UNKNOWN_MEMBER_ID
  return member.epoch === generation ? errorCodes.NONE : errorCodes.ILLEGAL_GENERATION
}

/** There is a step to take: a newer epoch, something to give up, or something that has become free. */
const mustJoin = (consumer: ConsumerGroup, member: ConsumerMember): boolean => {
  if (member.epoch < consumer.epoch || member.state === memberStates.UNREVOKED) return true
  if (member.state !== memberStates.UNRELEASED) return false
  const wanted = filtered(consumer.targetOf(member.id), (topicId, partition) => !has(member.assigned, topicId, partition)) // prettier-ignore
  return filtered(wanted, (topicId, partition) => !consumer.isFree(topicId, partition)).size === 0
}

/** The member that joins: known, new, or a static one that comes back under another id. */
const memberOf = (consumer: ConsumerGroup, ask: JoinAsk, newId: () => string): Found => {
  const holder = consumer.members.get(consumer.statics.get(ask.instanceId ?? '') ?? '')
  const id = ask.memberId === '' ? `${ask.instanceId ?? ask.clientId}-${newId()}` : ask.memberId
  const known = consumer.members.get(id)
  if (ask.instanceId === undefined || holder === undefined)
    return { before: known ?? newMember(id, ask.instanceId), replaced: undefined }
  if (ask.memberId !== '' && holder.id !== ask.memberId) throw new KafkaFault('FENCED_INSTANCE_ID')
  if (holder.id === id) return { before: holder, replaced: undefined }
  return { before: { ...holder, id, state: memberStates.STABLE }, replaced: holder }
}

const saying = (before: ConsumerMember, ask: JoinAsk, { topics, rackId }: ClassicSubscription): ConsumerMember => ({
  ...before,
  rackId,
  clientId: ask.clientId,
  clientHost: ask.clientHost,
  rebalanceTimeoutMs: ask.rebalanceTimeoutMs,
  topics,
  pattern: undefined,
  assignor: undefined,
  classic: { sessionTimeoutMs: ask.sessionTimeoutMs, protocols: ask.protocols },
})
