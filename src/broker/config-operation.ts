/** Settings of server.properties about transactions, quotas, metrics and what only clusters use. */
import { bytes, className, commaList, flag, idle, INT_MAX, integer, LONG_MAX, milliseconds, oneOf, text } from './config-kinds.ts' // prettier-ignore
import { reasons } from './config-reasons.ts'

const int = { max: INT_MAX } as const
const short = { max: 32_767 } as const
const all = { changes: 'all' } as const

const quotas = {
  'quota.producer.default': bytes({
    min: 1,
    default: LONG_MAX,
    doc: 'Bytes a second that each client id may send, where no quota says otherwise.',
  }),
  'quota.consumer.default': bytes({
    min: 1,
    default: LONG_MAX,
    doc: 'Bytes a second that each client id may get, where no quota says otherwise.',
  }),
  'quota.window.num': integer({ ...int, min: 1, default: 11, doc: 'Samples that a rate is taken over.' }),
  'quota.window.size.seconds': integer({ ...int, min: 1, default: 1, doc: 'How long a sample is.' }),
  'controller.quota.window.num': integer({
    ...int,
    min: 1,
    default: 11,
    doc: 'The same for controller_mutation_rate.',
  }),
  'controller.quota.window.size.seconds': integer({
    ...int,
    min: 1,
    default: 1,
    doc: 'The same for controller_mutation_rate.',
  }),
} as const

const transactions = {
  'transaction.max.timeout.ms': milliseconds({
    ...int,
    min: 1,
    default: 900_000,
    doc: 'The longest time-out that a transactional producer may ask for.',
  }),
  'transactional.id.expiration.ms': milliseconds({
    ...int,
    min: 1,
    default: 604_800_000,
    doc: 'A transactional id that was not used for so long is forgotten.',
  }),
  'transaction.state.log.num.partitions': integer({
    ...int,
    min: 1,
    default: 50,
    doc: 'Partitions of __transaction_state; never to be changed later.',
  }),
  'transaction.state.log.segment.bytes': bytes({
    ...int,
    min: 1,
    default: 104_857_600,
    doc: 'Segment size of __transaction_state.',
  }),
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': milliseconds({
    ...int,
    min: 1,
    default: 10_000,
    doc: 'How often to look for transactions whose time is over.',
  }),
  'transaction.remove.expired.transaction.cleanup.interval.ms': milliseconds({
    ...int,
    min: 1,
    default: 3_600_000,
    doc: 'How often to look for transactional ids that are to be forgotten.',
  }),
  'transaction.partition.verification.enable': flag({
    ...all,
    default: true,
    doc: 'Whether records of a transaction are refused where the transaction does not have the partition.',
  }),
  'producer.id.expiration.ms': milliseconds({
    ...int,
    ...all,
    min: 1,
    default: 86_400_000,
    doc: 'An idempotent producer that was silent for so long is forgotten.',
  }),
  'producer.id.expiration.check.interval.ms': milliseconds({
    ...int,
    min: 1,
    default: 600_000,
    doc: 'How often to look for such producers.',
  }),
} as const

const alone = idle(reasons.alone, {
  'offsets.topic.replication.factor': integer({ ...short, min: 1, default: 3 }),
  'offsets.commit.required.acks': integer({ ...short, default: -1 }),
  'transaction.state.log.replication.factor': integer({ ...short, min: 1, default: 3 }),
  'transaction.state.log.min.isr': integer({ ...int, min: 1, default: 2 }),
  'unclean.leader.election.enable': flag({ ...all, default: false }),
  'unclean.leader.election.interval.ms': milliseconds({ min: 1, default: 300_000 }),
  'replica.lag.time.max.ms': milliseconds({ default: 30_000 }),
  'replica.lag.max.messages': integer({ default: 4000 }),
  'replica.socket.timeout.ms': milliseconds({ ...int, default: 30_000 }),
  'replica.socket.receive.buffer.bytes': bytes({ ...int, default: 65_536 }),
  'replica.fetch.max.bytes': bytes({ ...int, min: 0, default: 1_048_576 }),
  'replica.fetch.wait.max.ms': milliseconds({ ...int, default: 500 }),
  'replica.fetch.min.bytes': bytes({ ...int, default: 1 }),
  'replica.fetch.backoff.ms': milliseconds({ ...int, min: 0, default: 1000 }),
  'replica.fetch.response.max.bytes': bytes({ ...int, min: 0, default: 10_485_760 }),
  'num.replica.fetchers': integer({ ...int, ...all, min: 1, default: 1 }),
  'replica.high.watermark.checkpoint.interval.ms': milliseconds({ default: 5000 }),
  'replica.selector.class': text({}),
  'auto.leader.rebalance.enable': flag({ default: true }),
  'leader.imbalance.per.broker.percentage': integer({ ...int, default: 10 }),
  'leader.imbalance.check.interval.seconds': integer({ min: 1, default: 300 }),
  'controller.socket.timeout.ms': milliseconds({ ...int, default: 30_000 }),
  'controlled.shutdown.enable': flag({ default: true }),
  'controlled.shutdown.max.retries': integer({ ...int, default: 3 }),
  'controlled.shutdown.retry.backoff.ms': milliseconds({ default: 5000 }),
  'log.dir.failure.timeout.ms': milliseconds({ min: 1, default: 30_000 }),
  'replication.quota.window.num': integer({ ...int, min: 1, default: 11 }),
  'replication.quota.window.size.seconds': integer({ ...int, min: 1, default: 1 }),
  'alter.log.dirs.replication.quota.window.num': integer({ ...int, min: 1, default: 11 }),
  'alter.log.dirs.replication.quota.window.size.seconds': integer({ ...int, min: 1, default: 1 }),
  'leader.replication.throttled.rate': bytes({ ...all, min: 0, default: LONG_MAX }),
  'follower.replication.throttled.rate': bytes({ ...all, min: 0, default: LONG_MAX }),
  'replica.alter.log.dirs.io.max.bytes.per.second': bytes({ ...all, min: 0, default: LONG_MAX }),
})

const withoutEffect = {
  ...idle(reasons.format, { 'inter.broker.protocol.version': text({ default: '3.9-IV0' }) }),
  ...idle(reasons.memory, {
    'offsets.load.buffer.size': bytes({ ...int, min: 1, default: 5_242_880 }),
    'transaction.state.log.load.buffer.size': bytes({ ...int, min: 1, default: 5_242_880 }),
    'fetch.purgatory.purge.interval.requests': integer({ ...int, default: 1000 }),
    'producer.purgatory.purge.interval.requests': integer({ ...int, default: 1000 }),
    'delete.records.purgatory.purge.interval.requests': integer({ ...int, default: 1 }),
  }),
  ...idle(reasons.java, {
    'metric.reporters': commaList({ ...all, default: [] }),
    'auto.include.jmx.reporter': flag({ default: true }),
    'kafka.metrics.reporters': commaList({ default: [] }),
    'kafka.metrics.polling.interval.secs': integer({ ...int, min: 1, default: 10 }),
    'metrics.num.samples': integer({ ...int, min: 1, default: 2 }),
    'metrics.sample.window.ms': milliseconds({ min: 1, default: 30_000 }),
    'metrics.recording.level': oneOf(['INFO', 'DEBUG', 'TRACE'], { default: 'INFO', anyCase: true }),
    'client.quota.callback.class': className({}),
    'create.topic.policy.class.name': className({}),
    'alter.config.policy.class.name': className({}),
    'config.providers': commaList({ ...all, default: [] }),
  }),
  ...idle(reasons.telemetry, { 'telemetry.max.bytes': bytes({ ...int, min: 1, default: 1_048_576 }) }),
} as const

export const operationSettings = { ...quotas, ...transactions, ...alone, ...withoutEffect } as const
