/** Members of the newer group protocol that behave as clients do: they give up what they are not given any more, and say so with the next heartbeat. */
import { assignmentOf, type Assignment, listOf, nothing } from '../../src/broker/groups/consumer/assignment.ts'
import type { BeatAnswer, BeatAsk } from '../../src/broker/groups/consumer/beat.ts'
import type { ConsumerGroup } from '../../src/broker/groups/consumer/consumer-group.ts'
import { KafkaFault } from '../../src/protocol/error-codes.ts'
import type { GroupBench } from './groups.ts'

export class ConsumerPeer {
  readonly bench: GroupBench
  readonly instanceId: string | null
  id: string
  epoch = 0
  owned: Assignment = nothing
  readonly #topics: readonly string[]
  readonly #more: Partial<BeatAsk>

  constructor(bench: GroupBench, id: string, topics: readonly string[], more: Partial<BeatAsk> = {}) {
    this.bench = bench
    this.id = id
    this.#topics = topics
    this.#more = more
    this.instanceId = more.instanceId ?? null
  }

  async send(more: Partial<BeatAsk> = {}): Promise<BeatAnswer> {
    return this.bench.groups.consumerHeartbeat({
      groupId: 'g',
      memberId: this.id,
      memberEpoch: this.epoch,
      instanceId: this.instanceId,
      rackId: null,
      rebalanceTimeoutMs: -1,
      topics: null,
      pattern: null,
      assignor: null,
      owned: null,
      clientId: 'client',
      clientHost: '/127.0.0.1',
      version: 1,
      ...more,
    })
  }

  /** Sends a heartbeat and does as it is told; gives the answer. */
  async beat(more: Partial<BeatAsk> = {}): Promise<BeatAnswer> {
    const joining = { rebalanceTimeoutMs: 60_000, topics: this.#topics, owned: nothing, ...this.#more }
    const answer = await this.send(this.epoch === 0 ? { ...joining, ...more } : { owned: this.owned, ...more })
    this.epoch = answer.memberEpoch
    this.id = answer.memberId
    if (answer.assignment !== undefined) this.owned = answer.assignment
    return answer
  }

  async leave(epoch = -1): Promise<BeatAnswer> {
    return this.send({ memberEpoch: epoch })
  }

  /** What it has, by topic names: `t:0,1`. */
  get has(): string {
    return listOf(this.owned)
      .map(({ topicId, partitions }) => `${this.bench.topics.byId(topicId)?.name ?? '?'}:${partitions.join(',')}`)
      .toSorted()
      .join(' ')
  }
}

/** The code of the KafkaFault that this rejects with. */
export const faultOf = async (answer: Promise<unknown>): Promise<number> => {
  try {
    await answer
  } catch (thrown) {
    if (thrown instanceof KafkaFault) return thrown.code
    throw thrown
  }
  return 0
}

/** Lets everybody send heartbeats until nothing changes any more. */
export const settle = async (...peers: readonly ConsumerPeer[]): Promise<void> => {
  const look = (): string => peers.map(({ has, epoch }) => `${epoch} ${has}`).join('|')
  for (let before = '', rounds = 0; before !== look() || rounds < 2; rounds++) {
    if (rounds > 50) throw new Error(`The group does not come to rest: ${look()}`)
    before = look()
    for (const peer of peers) await peer.beat()
  }
}

/** The group `g` as the newer protocol has it. */
export const consumerGroup = (bench: GroupBench): ConsumerGroup => {
  const consumer = bench.group()?.consumer
  if (consumer === undefined) throw new Error('There is no consumer group g')
  return consumer
}

/** No partition is with two members at once, as they see it themselves. */
export const sharedPartitions = (peers: readonly ConsumerPeer[]): string[] => {
  const seen = new Set<string>()
  const twice: string[] = []
  for (const { owned } of peers)
    for (const { topicId, partitions } of listOf(owned))
      for (const partition of partitions) {
        const name = `${topicId}-${partition}`
        if (seen.has(name)) twice.push(name)
        seen.add(name)
      }
  return twice
}

export { assignmentOf }
