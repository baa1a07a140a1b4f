/** The settings of server.properties about groups and what they commit: rows of the table in config-table.ts. */
import { bytes, commaList, idle, integer, milliseconds, oneOf } from '../config-kinds.ts'
import { reasons } from '../config-reasons.ts'

const int = { max: 2_147_483_647 } as const
const LONG_MAX = Number.MAX_SAFE_INTEGER

const classic = {
  'group.min.session.timeout.ms': milliseconds({
    ...int,
    default: 6000,
    doc: 'The shortest session timeout a member may ask for.',
  }),
  'group.max.session.timeout.ms': milliseconds({
    ...int,
    default: 1_800_000,
    doc: 'The longest session timeout a member may ask for.',
  }),
  'group.initial.rebalance.delay.ms': milliseconds({
    ...int,
    min: 0,
    default: 3000,
    doc: 'How long an empty group waits for more members.',
  }),
  'group.max.size': integer({ ...int, min: 1, default: int.max, doc: 'The most members a group may have.' }),
} as const

const offsets = {
  'offset.metadata.max.bytes': bytes({
    ...int,
    min: 0,
    default: 4096,
    doc: 'The longest text beside a committed offset.',
  }),
  'offsets.topic.num.partitions': integer({
    ...int,
    min: 1,
    default: 50,
    doc: 'Partitions of __consumer_offsets; never to be changed later.',
  }),
  'offsets.topic.segment.bytes': bytes({
    ...int,
    min: 1,
    default: 104_857_600,
    doc: 'Segment size of __consumer_offsets.',
  }),
  'offsets.topic.compression.codec': integer({
    min: 0,
    max: 4,
    default: 0,
    doc: 'How its records are compressed: 0 not, 1 gzip, 2 snappy, 3 lz4, 4 zstd.',
  }),
  'offsets.retention.minutes': integer({
    ...int,
    min: 1,
    default: 10_080,
    doc: 'Offsets are forgotten so long after their group became empty, or after they were committed where it has no members of its own.',
  }),
  'offsets.retention.check.interval.ms': milliseconds({
    min: 1,
    max: LONG_MAX,
    default: 600_000,
    doc: 'How often to look for such offsets.',
  }),
  'offsets.commit.timeout.ms': milliseconds({
    ...int,
    min: 1,
    default: 5000,
    doc: 'How long a commit may wait to be on disk before it is answered with an error.',
  }),
} as const

const consumer = {
  'group.coordinator.rebalance.protocols': commaList({
    default: ['classic', 'consumer'],
    doc: 'The group protocols that are served: classic, consumer, or both.',
  }),
  'group.consumer.session.timeout.ms': milliseconds({
    ...int,
    min: 1,
    default: 45_000,
    doc: 'A member of the newer protocol that is silent for so long is taken out.',
  }),
  'group.consumer.heartbeat.interval.ms': milliseconds({
    ...int,
    min: 1,
    default: 5000,
    doc: 'How often members of the newer protocol are told to be heard of.',
  }),
  'group.consumer.max.size': integer({
    ...int,
    min: 1,
    default: int.max,
    doc: 'The most members a group of the newer protocol may have.',
  }),
  'group.consumer.assignors': commaList({
    default: ['uniform', 'range'],
    doc: 'The assignors that members of the newer protocol may ask for; the first is used where nobody asks.',
  }),
  ...idle(reasons.watched, {
    'group.consumer.regex.refresh.interval.ms': milliseconds({ ...int, min: 10_000, default: 600_000 }),
  }),
  'group.consumer.migration.policy': oneOf(['bidirectional', 'upgrade', 'downgrade', 'disabled'], {
    anyCase: true,
    default: 'bidirectional',
    doc: 'Whether a group with members goes over to the newer protocol when a member of it comes, and back when the last one goes.',
  }),
} as const

export const groupSettings = { ...classic, ...offsets, ...consumer } as const
