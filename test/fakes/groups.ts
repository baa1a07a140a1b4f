/** A group coordinator on the fake disk and clock, and members that remember who they are. */
import { brokerConfig } from '../../src/broker/config.ts'
import { GroupCoordinator } from '../../src/broker/groups/coordinator.ts'
import type { PartitionCommit } from '../../src/broker/groups/committed-offset.ts'
import type { Group } from '../../src/broker/groups/group.ts'
import type { JoinAsk } from '../../src/broker/groups/join.ts'
import type { Joined, Synced } from '../../src/broker/groups/member.ts'
import type { TopicStore } from '../../src/broker/topics/topic-store.ts'
import type { FakeClock } from './clock.ts'
import { seededRandom } from './random.ts'
import { storeBench, type StoreBench } from './topic-store.ts'

export class TestMember {
  id = ''
  generation = -1
  readonly #groups: GroupCoordinator
  readonly #usual: Partial<JoinAsk>

  constructor(groups: GroupCoordinator, usual: Partial<JoinAsk>) {
    this.#groups = groups
    this.#usual = usual
  }

  ask(more: Partial<JoinAsk> = {}): JoinAsk {
    return {
      groupId: 'g',
      memberId: this.id,
      instanceId: undefined,
      clientId: 'client',
      clientHost: '/127.0.0.1',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.from('topics') }],
      takesIdFirst: false,
      canSkipAssignment: false,
      ...this.#usual,
      ...more,
    }
  }

  async join(more: Partial<JoinAsk> = {}): Promise<Joined> {
    const joined = await this.#groups.join(this.ask(more))
    if (joined.error === 0) {
      this.id = joined.memberId
      this.generation = joined.generation
    }
    return joined
  }

  async sync(assignments: Readonly<Record<string, string | Buffer>> = {}): Promise<Synced> {
    return this.#groups.sync({
      groupId: 'g',
      memberId: this.id,
      instanceId: this.#usual.instanceId,
      generation: this.generation,
      protocolType: undefined,
      protocolName: undefined,
      assignments: new Map(Object.entries(assignments).map(([id, given]) => [id, Buffer.from(given)])),
    })
  }

  heartbeat(): number {
    return this.#groups.heartbeat('g', { memberId: this.id, instanceId: this.#usual.instanceId }, this.generation)
  }

  leave(): number {
    return this.#groups.leave('g', { memberId: this.id, instanceId: this.#usual.instanceId }, 'test')
  }

  /** Commits one offset; gives the error. */
  async commit(offset: number, topic = 't', times: Partial<PartitionCommit> = {}): Promise<number> {
    const usual = { topic, partition: 0, offset, leaderEpoch: 0, metadata: 'm', commitMs: 5, expireMs: undefined }
    const committed = { ...usual, ...times }
    const who = { memberId: this.id, instanceId: this.#usual.instanceId, generation: this.generation }
    return this.#groups.commit({ groupId: 'g', version: 8, ...who, offsets: [committed] })
  }
}

export interface GroupBench {
  readonly groups: GroupCoordinator
  readonly topics: TopicStore
  readonly clock: FakeClock
  readonly store: StoreBench
  readonly member: (usual?: Partial<JoinAsk>) => TestMember
  /** The group `g`. */
  readonly group: () => Group | undefined
  /** Brings a member into a group of its own, with an assignment. */
  readonly stable: (member: TestMember, ask?: Partial<JoinAsk>, assignment?: string) => Promise<void>
  /** The broker was killed; another one starts on the same disk. */
  readonly afterCrash: () => Promise<GroupBench>
}

export interface GroupBenchOptions {
  readonly delayMs?: number
  readonly sizeMax?: number
  /** Settings of server.properties. */
  readonly more?: Readonly<Record<string, string>>
}

export const groupBench = async (options: GroupBenchOptions = {}, store = storeBench()): Promise<GroupBench> => {
  const { delayMs = 3000, sizeMax = 1000, more = {} } = options
  const topics = await store.start({ given: new Map(Object.entries(more)) })
  const { settings } = brokerConfig({
    'group.initial.rebalance.delay.ms': String(delayMs),
    'group.max.size': String(sizeMax),
    'offsets.topic.num.partitions': '4',
    ...more,
  })
  const { clock, said } = store
  const groups = new GroupCoordinator({ settings, topics, clock, random: seededRandom(5), log: said })
  groups.load()
  return {
    groups,
    topics,
    clock,
    store,
    member: (usual = {}) => new TestMember(groups, usual),
    group: () => groups.get('g'),
    async stable(member, ask = {}, assignment = '') {
      await member.join(ask)
      await member.sync({ [member.id]: assignment })
    },
    afterCrash() {
      groups[Symbol.dispose]()
      store.disk.restart('process')
      return groupBench(options, store)
    },
  }
}
