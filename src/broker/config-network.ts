/** Settings of server.properties about who this broker is, where it listens and what connections may do. */
import { bytes, commaList, flag, idle, INT_MAX, integer, milliseconds, oneOf, port, text } from './config-kinds.ts'
import { reasons } from './config-reasons.ts'

const int = { max: INT_MAX } as const
const protocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const

const identity = {
  'broker.id': integer({
    ...int,
    default: -1,
    doc: 'The number of this broker in its cluster, `node.id` in newer files; -1 takes the one that the log folder has, or 1001.',
  }),
  'broker.id.generation.enable': flag({ default: true, doc: 'Whether broker.id may be -1.' }),
  'reserved.broker.max.id': integer({
    ...int,
    min: 0,
    default: 1000,
    doc: 'The largest broker.id that a file may name; numbers that are made up lie above.',
  }),
  'broker.rack': text({ doc: 'The rack that this broker says it stands in.' }),
} as const

const listeners = {
  listeners: text({ type: 'list', default: 'PLAINTEXT://:9092', doc: 'Where to listen: NAME://host:port, by commas.' }),
  'advertised.listeners': text({
    type: 'list',
    doc: 'What clients are told to connect to, for each listener; the listener itself if left out.',
  }),
  'listener.security.protocol.map': text({
    default: 'SASL_SSL:SASL_SSL,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT',
    doc: 'What each listener name speaks: NAME:PROTOCOL, by commas.',
  }),
  'controller.listener.names': text({
    type: 'list',
    doc: 'Listeners that only KRaft controllers use; they are left out here.',
  }),
  'host.name': text({ doc: 'The host to listen on, where listeners is not set.' }),
  port: port({ default: 9092, doc: 'The port to listen on, where listeners is not set.' }),
  'advertised.host.name': text({ doc: 'The host that clients are told, where advertised.listeners is not set.' }),
  'advertised.port': port({ doc: 'The port that clients are told, where advertised.listeners is not set.' }),
  'inter.broker.listener.name': text({
    doc: 'Must be a listener that is advertised; there is no other broker to use it.',
  }),
  'security.inter.broker.protocol': oneOf(protocols, {
    default: 'PLAINTEXT',
    doc: 'Must be what an advertised listener speaks; not beside inter.broker.listener.name.',
  }),
} as const

const connections = {
  'socket.request.max.bytes': bytes({
    ...int,
    min: 1,
    default: 104_857_600,
    doc: 'A larger request closes its connection.',
  }),
  'socket.listen.backlog.size': integer({
    ...int,
    min: 1,
    default: 50,
    doc: 'Connections that may wait to be accepted; the system may allow fewer.',
  }),
  'max.connections': integer({
    ...int,
    min: 0,
    default: INT_MAX,
    changes: 'all',
    doc: 'Connections that may be open at once.',
  }),
  'max.connections.per.ip': integer({
    ...int,
    min: 0,
    default: INT_MAX,
    changes: 'all',
    doc: 'Connections that one address may have open.',
  }),
  'max.connections.per.ip.overrides': text({
    default: '',
    changes: 'all',
    doc: 'host:count pairs, by commas, that differ from max.connections.per.ip.',
  }),
  'max.connection.creation.rate': integer({
    ...int,
    min: 0,
    default: INT_MAX,
    changes: 'all',
    doc: 'Connections accepted a second; more of them wait.',
  }),
  'connections.max.idle.ms': milliseconds({
    default: 600_000,
    doc: 'A connection that says nothing for that long is closed.',
  }),
} as const

const withoutEffect = {
  ...idle(reasons.threads, {
    'num.network.threads': integer({ ...int, min: 1, default: 3, changes: 'all' }),
    'num.io.threads': integer({ ...int, min: 1, default: 8, changes: 'all' }),
    'background.threads': integer({ ...int, min: 1, default: 10, changes: 'all' }),
    'num.recovery.threads.per.data.dir': integer({ ...int, min: 1, default: 2, changes: 'all' }),
    'num.replica.alter.log.dirs.threads': integer(int),
  }),
  ...idle(reasons.queue, {
    'queued.max.requests': integer({ ...int, min: 1, default: 500 }),
    'queued.max.request.bytes': bytes({ default: -1 }),
  }),
  ...idle(reasons.sockets, {
    'socket.send.buffer.bytes': bytes({ ...int, default: 102_400 }),
    'socket.receive.buffer.bytes': bytes({ ...int, default: 102_400 }),
  }),
  ...idle(reasons.zookeeper, {
    'zookeeper.connect': text({}),
    'zookeeper.session.timeout.ms': milliseconds({ ...int, default: 18_000 }),
    'zookeeper.connection.timeout.ms': milliseconds(int),
    'zookeeper.sync.time.ms': milliseconds({ ...int, default: 2000 }),
    'zookeeper.set.acl': flag({ default: false }),
    'zookeeper.max.in.flight.requests': integer({ ...int, min: 1, default: 10 }),
    'zookeeper.clientCnxnSocket': text({}),
  }),
  ...idle(reasons.alone, {
    'control.plane.listener.name': text({}),
    'request.timeout.ms': milliseconds({ ...int, default: 30_000 }),
    'socket.connection.setup.timeout.ms': milliseconds({ default: 10_000 }),
    'socket.connection.setup.timeout.max.ms': milliseconds({ default: 30_000 }),
  }),
  ...idle(reasons.kraft, {
    'process.roles': commaList({ words: ['broker', 'controller'] }),
    'broker.heartbeat.interval.ms': milliseconds({ ...int, default: 2000 }),
    'broker.session.timeout.ms': milliseconds({ ...int, default: 9000 }),
    'initial.broker.registration.timeout.ms': milliseconds({ ...int, default: 60_000 }),
    'early.start.listeners': commaList({}),
  }),
} as const

export const networkSettings = { ...identity, ...listeners, ...connections, ...withoutEffect } as const
