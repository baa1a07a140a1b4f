/**
 * Names that Kafka's brokers know, of any release from 0.8 to 4.x, and that have no effect here yet. A file that sets them is accepted, and
 * start says which. A name may end in a star.
 */

/** Said on a line of their own, because people count on them. */
export const retentionNames: readonly string[] = [
  'log.retention.ms', 'log.retention.minutes', 'log.retention.hours', 'log.retention.bytes', 'log.retention.check.interval.ms',
  'log.cleanup.policy',
] // prettier-ignore

/** Whoever sets them expects to be protected, and is not. */
export const protectionNames: readonly string[] = [
  'authorizer.class.name',
  'super.users',
  'allow.everyone.if.no.acl.found',
]

/** For clusters; one broker alone has no use for them. */
export const clusterNames: readonly string[] = ['zookeeper.connect']

const plain = `
reserved.broker.max.id broker.id.generation.enable broker.session.timeout.ms broker.heartbeat.interval.ms
zookeeper.session.timeout.ms zookeeper.connection.timeout.ms zookeeper.sync.time.ms zookeeper.set.acl zookeeper.max.in.flight.requests
zookeeper.ssl.* zookeeper.clientCnxnSocket zookeeper.metadata.migration.enable
inter.broker.listener.name control.plane.listener.name num.network.threads num.io.threads background.threads
queued.max.requests queued.max.request.bytes request.timeout.ms socket.send.buffer.bytes socket.receive.buffer.bytes
socket.listen.backlog.size max.connection.creation.rate connection.failed.authentication.delay.ms
socket.connection.setup.timeout.ms socket.connection.setup.timeout.max.ms connections.max.reauth.ms
log.cleaner.* log.cleanup.interval.mins log.flush.start.offset.checkpoint.interval.ms log.preallocate num.recovery.threads.per.data.dir
log.message.format.version
log.dir.failure.timeout.ms log.initial.task.delay.ms
min.insync.replicas unclean.leader.election.enable unclean.leader.election.interval.ms replica.* num.replica.fetchers
num.replica.alter.log.dirs.threads fetch.purgatory.purge.interval.requests producer.purgatory.purge.interval.requests
delete.records.purgatory.purge.interval.requests auto.leader.rebalance.enable leader.imbalance.per.broker.percentage
leader.imbalance.check.interval.seconds controller.socket.timeout.ms controlled.shutdown.enable controlled.shutdown.max.retries
controlled.shutdown.retry.backoff.ms inter.broker.protocol.version security.inter.broker.protocol create.topic.policy.class.name
alter.config.policy.class.name follower.fetch.last.tiered.offset.enable
offsets.load.buffer.size offsets.topic.replication.factor offsets.commit.required.acks transactional.id.expiration.ms transaction.* transactional.* producer.id.expiration.ms
producer.id.expiration.check.interval.ms quota.producer.default quota.consumer.default quota.window.num quota.window.size.seconds
replication.quota.* alter.log.dirs.replication.quota.* controller.quota.* client.quota.callback.class
metric.reporters metrics.num.samples metrics.sample.window.ms metrics.recording.level kafka.metrics.* auto.include.jmx.reporter
telemetry.max.bytes early.start.listeners
principal.builder.class ssl.* sasl.* security.providers delegation.token.* password.encoder.* listener.name.*
process.roles controller.quorum.* metadata.* initial.broker.registration.timeout.ms node.id max.request.partition.size.limit
group.consumer.min.* group.consumer.max.session.timeout.ms group.consumer.max.heartbeat.interval.ms group.consumer.assignment.*
group.coordinator.* group.share.* share.coordinator.* group.streams.* unstable.api.versions.enable
unstable.feature.versions.enable eligible.leader.replicas.enable config.providers config.providers.*
remote.log.* remote.list.offsets.request.timeout.ms remote.fetch.max.wait.ms rsm.* rlmm.* tiered.storage.*
confluent.* cluster.id
`

export const withoutEffectNames: readonly string[] = plain.split(/\s+/).filter((name) => name !== '')

/** Whether `name` is one of `names`, stars included. */
export const isAmong = (name: string, names: readonly string[]): boolean =>
  names.some((known) => (known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : known === name))
