/** Sends events to an Avro source: that of another agent of ours, or of a Flume. */
import { checks } from '../../src/config/checks.ts'
import type { Finding, Values } from '../../src/config/setting.ts'
import { flag, integer, milliseconds, oneOf, port, seconds, text } from '../../src/config/setting-kinds.ts'
import { defineSink } from '../../src/flow/component.ts'

/** Flume takes its default for anything shorter. */
const timeoutMinMs = 1000
const timeoutDefaultMs = 20_000

const sslOnly = 'Not there yet.'

const settings = {
  hostname: text({ doc: 'Host of the Avro source.', required: true }),
  port: port({ doc: 'Port of the Avro source.', required: true }),
  'batch-size': integer({ doc: 'The most events sent in one call.', default: 100, min: 1 }),
  'connect-timeout': milliseconds({ doc: 'Limit for connecting.', default: timeoutDefaultMs }),
  'request-timeout': milliseconds({ doc: 'Limit for the answer to a call.', default: timeoutDefaultMs }),
  'reset-connection-interval': seconds({
    doc: 'Age at which a connection is replaced, for load balancers in between; 0 for never.',
    default: 0,
    min: 0,
  }),
  'compression-type': oneOf(['none', 'deflate'], {
    doc: 'Compression of both directions; the source must have the same.',
    default: 'none',
  }),
  'compression-level': integer({ doc: "zlib's level.", default: 6, min: 0, max: 9 }),
  maxIoWorkers: integer({ doc: 'Without effect: one thread serves all connections.' }),
  'client.type': text({ doc: 'Only default; several hosts are a sink group.', default: 'default' }),
  ssl: flag({ doc: sslOnly, default: false }),
  'trust-all-certs': flag({ doc: sslOnly, default: false }),
  truststore: text({ doc: sslOnly }),
  'truststore-password': text({ doc: sslOnly, secret: true }),
  'truststore-type': text({ doc: sslOnly }),
  'exclude-protocols': text({ doc: sslOnly }),
  'include-protocols': text({ doc: sslOnly }),
  'exclude-cipher-suites': text({ doc: sslOnly }),
  'include-cipher-suites': text({ doc: sslOnly }),
}

type AvroValues = Values<typeof settings>

const aboutTimeout =
  (setting: 'connect-timeout' | 'request-timeout') =>
  ({ [setting]: ms }: AvroValues): Finding[] => {
    const says = `${setting}: ${ms} is below ${timeoutMinMs} and becomes ${timeoutDefaultMs}`
    return ms < timeoutMinMs ? [{ level: 'warning', setting, says }] : []
  }

const aboutSecurity = ({ ssl }: AvroValues): Finding[] =>
  ssl ? [{ level: 'fault', setting: 'ssl', says: 'ssl: TLS is not there yet', hint: 'take it out' }] : []

const aboutClient = ({ 'client.type': type }: AvroValues): Finding[] => {
  if (type.toLowerCase() === 'default') return []
  const hint = 'use one avro sink for each host in a sink group of processor.type failover or load_balance'
  return [{ level: 'fault', setting: 'client.type', says: `client.type: ${type} is not there yet`, hint }]
}

const timeout = (ms: number): number => (ms < timeoutMinMs ? timeoutDefaultMs : ms)

export const avro = defineSink({
  type: 'avro',
  aliases: ['org.apache.flume.sink.AvroSink'],
  summary: "Sends events over Flume's Avro protocol.",
  settings,
  batchSetting: 'batch-size',
  check: checks(aboutTimeout('connect-timeout'), aboutTimeout('request-timeout'), aboutSecurity, aboutClient),
  create: async (values, context) => {
    const { AvroSink } = await import('./avro-sink.ts')
    return new AvroSink(
      {
        batchSize: values['batch-size'],
        resetIntervalMs: values['reset-connection-interval'] * 1000,
        client: {
          host: values.hostname,
          port: values.port,
          connectTimeoutMs: timeout(values['connect-timeout']),
          requestTimeoutMs: timeout(values['request-timeout']),
          deflateLevel: values['compression-type'] === 'deflate' ? values['compression-level'] : undefined,
          clock: context.clock,
        },
      },
      context,
    )
  },
})
