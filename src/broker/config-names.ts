/**
 * Names that Kafka's brokers know, of any release from 0.8 to 4.x, beside those of the table: nothing here could use them. A file that sets them is
 * accepted, and start says why they do nothing. A name may end in a star.
 */
import { reasons } from './config-reasons.ts'

const names: Readonly<Partial<Record<keyof typeof reasons, string>>> = {
  zookeeper: 'zookeeper.*',
  kraft: 'controller.* metadata.* cluster.id unstable.* eligible.leader.replicas.enable add.partitions.to.txn.*',
  tiered: 'remote.* rsm.* rlmm.* tiered.storage.* follower.fetch.last.tiered.offset.enable',
  security: 'ssl.* sasl.* delegation.token.*',
  listener: 'listener.name.*',
  threads: 'group.coordinator.*',
  java: 'config.providers.* confluent.*',
  alone: 'cordoned.log.dirs',
  fixed: 'group.consumer.*',
  share: 'group.share.* share.* group.streams.* transaction.two.phase.*',
}

const known: readonly (readonly [name: string, reason: string])[] = Object.entries(names).flatMap(([reason, list]) =>
  list.split(' ').map((name) => [name, reasons[reason as keyof typeof reasons]] as const),
)

/** Why a name that the table does not have does nothing here; undefined for one that Kafka does not have either. */
export const reasonFor = (name: string): string | undefined =>
  known.find(([one]) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name))?.[1]
