/** Takes events from Flume's Avro sinks, its `avro-client`, its client library and its log4j appenders, as from agents of ours. */
import { checks } from '../../src/config/checks.ts'
import type { Finding, Values } from '../../src/config/setting.ts'
import { bytes, flag, integer, oneOf, port, row, text } from '../../src/config/setting-kinds.ts'
import { defineSource } from '../../src/flow/component.ts'
import { type IpRule, parseIpRules } from './ip-filter.ts'

/** What Flume's own servers compress with. */
const deflateLevel = 6

const sslOnly = 'Not there yet.'

const settings = {
  bind: text({ doc: 'Address to listen on; 127.0.0.1 when it is missing.' }),
  port: port({ doc: 'Port to listen on; 0 lets the system choose.', required: true }),
  threads: integer({ doc: 'Without effect: one thread serves all connections.' }),
  'compression-type': oneOf(['none', 'deflate'], {
    doc: 'Compression of both directions; clients must have the same.',
    default: 'none',
  }),
  ipFilter: flag({ doc: 'Whether ipFilterRules decide who may connect.', default: false }),
  ipFilterRules: row<readonly IpRule[], { doc: string; default: readonly IpRule[]; defaultText: string }>(
    'rules, by commas',
    parseIpRules,
    {
      doc: "Rules <'allow' or 'deny'>:<'ip' or 'name'>:<pattern>; the first that fits decides, and where none does the peer is let in.",
      default: [],
      defaultText: '',
    },
  ),
  'max-frame-size': bytes({
    doc: 'Largest call; a client that sends a larger one is closed.',
    default: 100 * 1024 * 1024,
    min: 1024,
    max: 1_073_741_824,
    ours: true,
  }),
  'max-connections': integer({
    doc: 'Connections open at once; more are turned away.',
    default: 1000,
    min: 1,
    ours: true,
  }),
  ssl: flag({ doc: sslOnly, default: false }),
  keystore: text({ doc: sslOnly }),
  'keystore-password': text({ doc: sslOnly, secret: true }),
  'keystore-type': text({ doc: sslOnly }),
  'exclude-protocols': text({ doc: sslOnly }),
  'include-protocols': text({ doc: sslOnly }),
  'exclude-cipher-suites': text({ doc: sslOnly }),
  'include-cipher-suites': text({ doc: sslOnly }),
}

type AvroValues = Values<typeof settings>

const aboutAddress = ({ bind }: AvroValues): Finding[] => {
  const says = 'bind is missing: the source listens on 127.0.0.1'
  return bind === undefined ? [{ level: 'warning', setting: 'bind', says, hint: 'set bind' }] : []
}

const aboutSecurity = ({ ssl }: AvroValues): Finding[] =>
  ssl ? [{ level: 'fault', setting: 'ssl', says: 'ssl: TLS is not there yet', hint: 'take it out' }] : []

const aboutRules = ({ ipFilter, ipFilterRules }: AvroValues): Finding[] => {
  if (!ipFilter || ipFilterRules.length > 0) return []
  const says = 'ipFilter is configured with true but ipFilterRules is not defined'
  return [{ level: 'fault', setting: 'ipFilter', says, hint: 'set ipFilterRules' }]
}

const address = ({ bind, port: at }: AvroValues) => ({ host: bind ?? '127.0.0.1', port: at })

export const avro = defineSource({
  type: 'avro',
  aliases: ['org.apache.flume.source.AvroSource'],
  summary: "Takes events over Flume's Avro protocol.",
  settings,
  check: checks(aboutAddress, aboutSecurity, aboutRules),
  listensOn: (values) => ({ setting: 'port', ...address(values) }),
  create: async (values, context) => {
    const { AvroSource } = await import('./avro-source.ts')
    return new AvroSource(
      {
        ...address(values),
        wire: {
          deflateLevel: values['compression-type'] === 'deflate' ? deflateLevel : undefined,
          frameBytesMax: values['max-frame-size'],
        },
        ipRules: values.ipFilter ? values.ipFilterRules : [],
        maxConnections: values['max-connections'],
      },
      context,
    )
  },
})
