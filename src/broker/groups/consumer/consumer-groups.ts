/** The newer protocol as the coordinator sees it: heartbeats, members of the classic protocol beside them, and groups that change from one to the other. */
import { reasonOf } from '../../../base/faults.ts'
import { rethrowBroken } from '../../../base/assert.ts'
import type { Log } from '../../../base/log.ts'
import type { Group } from '../group.ts'
import type { Rebalancer } from '../rebalance.ts'
import type { BeatAnswer, BeatAsk } from './beat.ts'
import type { GroupChange } from './change.ts'
import { ClassicMembers } from './classic-members.ts'
import type { ConsumerGroup } from './consumer-group.ts'
import { memberStates } from './consumer-member.ts'
import { clearClassic, downgrade, downgradeRecords, upgraded, upgradeRecords } from './conversion.ts'
import { Engine, type EngineOptions } from './engine.ts'
import { Heartbeats } from './heartbeats.ts'
import { digestOf } from './topic-view.ts'

export interface ConsumerGroupsOptions extends Omit<EngineOptions, 'onGone'> {
  readonly rebalancer: Rebalancer
  readonly log: Log
  /** group.consumer.migration.policy */
  readonly policy: 'bidirectional' | 'upgrade' | 'downgrade' | 'disabled'
  /** group.max.size, for groups that go back. */
  readonly classicSizeMax: number
}

export class ConsumerGroups implements Disposable {
  readonly classic: ClassicMembers
  readonly #options: ConsumerGroupsOptions
  readonly #engine: Engine
  readonly #heartbeats: Heartbeats

  constructor(options: ConsumerGroupsOptions) {
    this.#options = options
    this.#engine = new Engine({ ...options, onGone: (group) => this.#downgradeIfLast(group) })
    this.#heartbeats = new Heartbeats(this.#engine, (group, begin) => this.#upgrade(group, begin))
    this.classic = new ClassicMembers(this.#engine)
  }

  /** Throws or rejects with KafkaFault. */
  beat(ask: BeatAsk): BeatAnswer | Promise<BeatAnswer> {
    return this.#heartbeats.beat(ask)
  }

  /** A group that was read back: members get their session time to be heard of. */
  loaded(group: Group): void {
    for (const member of group.consumer?.members.values() ?? []) {
      this.#engine.heard(group, member)
      if (member.state === memberStates.UNREVOKED) this.#engine.watchRebalance(group, member, true)
    }
  }

  [Symbol.dispose](): void {
    this.#engine[Symbol.dispose]()
  }

  /** A classic group with members goes over; undefined where it may not or cannot. */
  #upgrade(group: Group, begin: (consumer: ConsumerGroup) => GroupChange): GroupChange | undefined {
    const { policy, topics, groupSizeMax, rebalancer } = this.#options
    const mayNot = policy === 'disabled' || policy === 'downgrade' || group.members.size > groupSizeMax
    const consumer = mayNot || group.state === 'Dead' ? undefined : upgraded(group, topics)
    if (consumer === undefined) return undefined
    consumer.metadataHash = digestOf(consumer, topics)
    const change = begin(consumer)
    change.add(upgradeRecords(group.id, consumer), () => {
      clearClassic(group, (member) => rebalancer.forget(member))
      group.enter('Empty', this.#options.clock.now())
      for (const member of consumer.members.values()) this.#engine.heard(group, member)
    })
    return change
  }

  /** The last member of the newer protocol has gone: those of the classic one go back to theirs. */
  #downgradeIfLast(group: Group): void {
    const { consumer } = group
    const { policy, classicSizeMax, topics, clock, store, rebalancer } = this.#options
    if (consumer === undefined || consumer.natives > 0 || consumer.members.size === 0) return
    if (policy === 'disabled' || policy === 'upgrade' || consumer.members.size > classicSizeMax) return
    downgrade(group, consumer, topics, clock.now())
    try {
      store
        .append(group, downgradeRecords(group, consumer))
        ?.catch((thrown: unknown) => this.#sayUnstored(group, thrown))
    } catch (thrown) {
      rethrowBroken(thrown)
      this.#sayUnstored(group, thrown)
    }
    for (const member of group.members.values()) {
      this.#engine.forget(group, member.id)
      rebalancer.heard(group, member)
    }
    rebalancer.begin(group, 'its last member of the newer protocol has gone')
  }

  /** The next generation of the group is stored whole, and makes up for it. */
  #sayUnstored(group: Group, thrown: unknown): void {
    this.#options.log.warn(`A change of group ${group.id} could not be stored: ${reasonOf(thrown)}.`)
  }
}
