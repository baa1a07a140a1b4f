/**
 * Settings of server.properties about security, which is not there yet: known, so that a file of a secured broker is understood and said to protect
 * nothing. Secrets among them are never shown.
 */
import { className, commaList, double, flag, idle, INT_MAX, integer, milliseconds, oneOf, password, text } from './config-kinds.ts' // prettier-ignore
import { reasons } from './config-reasons.ts'

const int = { max: INT_MAX } as const
const one = { changes: 'broker' } as const

const tls = {
  'ssl.protocol': text({ ...one, default: 'TLSv1.3' }),
  'ssl.provider': text(one),
  'ssl.enabled.protocols': commaList({ ...one, default: ['TLSv1.2', 'TLSv1.3'] }),
  'ssl.cipher.suites': commaList({ ...one, default: [] }),
  'ssl.client.auth': oneOf(['required', 'requested', 'none'], { ...one, default: 'none' }),
  'ssl.keystore.type': text({ ...one, default: 'JKS' }),
  'ssl.keystore.location': text(one),
  'ssl.keystore.password': password(one),
  'ssl.keystore.key': password(one),
  'ssl.keystore.certificate.chain': password(one),
  'ssl.key.password': password(one),
  'ssl.truststore.type': text({ ...one, default: 'JKS' }),
  'ssl.truststore.location': text(one),
  'ssl.truststore.password': password(one),
  'ssl.truststore.certificates': password(one),
  'ssl.keymanager.algorithm': text({ ...one, default: 'SunX509' }),
  'ssl.trustmanager.algorithm': text({ ...one, default: 'PKIX' }),
  'ssl.endpoint.identification.algorithm': text({ ...one, default: 'https' }),
  'ssl.secure.random.implementation': text(one),
  'ssl.engine.factory.class': className(one),
  'ssl.principal.mapping.rules': text({ default: 'DEFAULT' }),
  'ssl.allow.dn.changes': flag({ default: false }),
  'ssl.allow.san.changes': flag({ default: false }),
} as const

const sasl = {
  'sasl.enabled.mechanisms': commaList({ ...one, default: ['GSSAPI'] }),
  'sasl.mechanism.inter.broker.protocol': text({ ...one, default: 'GSSAPI' }),
  'sasl.mechanism.controller.protocol': text({ default: 'GSSAPI' }),
  'sasl.jaas.config': password(one),
  'sasl.kerberos.service.name': text(one),
  'sasl.kerberos.kinit.cmd': text({ ...one, default: '/usr/bin/kinit' }),
  'sasl.kerberos.ticket.renew.window.factor': double({ ...one, default: 0.8 }),
  'sasl.kerberos.ticket.renew.jitter': double({ ...one, default: 0.05 }),
  'sasl.kerberos.min.time.before.relogin': milliseconds({ ...one, default: 60_000 }),
  'sasl.kerberos.principal.to.local.rules': commaList({ ...one, default: ['DEFAULT'] }),
  'sasl.login.class': className({}),
  'sasl.login.callback.handler.class': className({}),
  'sasl.client.callback.handler.class': className({}),
  'sasl.server.callback.handler.class': className({}),
  'sasl.server.max.receive.size': integer({ ...int, default: 524_288 }),
} as const

const rest = {
  'principal.builder.class': className({
    ...one,
    default: 'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder',
  }),
  'security.providers': text({}),
  'connections.max.reauth.ms': milliseconds({ default: 0 }),
  'connection.failed.authentication.delay.ms': milliseconds({ ...int, min: 0, default: 100 }),
  'delegation.token.secret.key': password({}),
  'delegation.token.max.lifetime.ms': milliseconds({ min: 1, default: 604_800_000 }),
  'delegation.token.expiry.time.ms': milliseconds({ min: 1, default: 86_400_000 }),
  'delegation.token.expiry.check.interval.ms': milliseconds({ min: 1, default: 3_600_000 }),
  'password.encoder.secret': password({}),
  'password.encoder.old.secret': password({}),
  'password.encoder.cipher.algorithm': text({ default: 'AES/CBC/PKCS5Padding' }),
  'password.encoder.key.length': integer({ ...int, min: 8, default: 128 }),
  'password.encoder.iterations': integer({ ...int, min: 1024, default: 4096 }),
} as const

/** Whoever sets them expects to be protected, and is not: said as a warning. */
const authorization = {
  'authorizer.class.name': text({ default: '' }),
  'super.users': text({}),
  'allow.everyone.if.no.acl.found': flag({ default: false }),
} as const

export const securitySettings = idle(reasons.security, { ...tls, ...sasl, ...rest, ...authorization })
