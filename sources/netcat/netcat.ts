/**
 * Lines over TCP, as `nc host port` sends them: each line is one event, and each event is answered with OK unless that is turned off. Without
 * answers the connection itself is the brake: when the channel is full the socket is not read.
 */
import type { Finding, Values } from '../../src/config/setting.ts'
import { flag, integer, port, row, text } from '../../src/config/setting-kinds.ts'
import { defineSource } from '../../src/flow/component.ts'
import { type Charset, charsetOf } from '../../src/formats/charset.ts'

const parseCharset = (name: string): Charset => {
  const found = charsetOf(name)
  if (found === undefined) throw new Error(`no character set is named '${name}'`)
  return found
}

/** Batches are answered as a whole, so that fewer lines share a refusal. */
const batchWithAcks = 100
const batchWithoutAcks = 1000

const settings = {
  bind: text({ doc: 'Address to listen on; 127.0.0.1 when it is missing.' }),
  port: port({ doc: 'Port to listen on; 0 lets the system choose.', required: true }),
  'max-line-length': integer({
    doc: 'Longest line in characters, its newline included; at a longer one the connection is closed.',
    default: 512,
    min: 1,
    max: 536_870_912,
  }),
  'ack-every-event': flag({ doc: 'Answer each event with OK.', default: true }),
  encoding: row<Charset, { doc: string; default: Charset; defaultText: string }>('character set', parseCharset, {
    doc: 'Character set of the input and of the answers; bodies are UTF-8. Under utf-8 bytes pass unchanged.',
    default: parseCharset('utf-8'),
    defaultText: 'utf-8',
  }),
  'batch-size': integer({
    doc: 'The most events delivered at once.',
    min: 1,
    max: 100_000,
    defaultText: `${batchWithAcks}, or ${batchWithoutAcks} when ack-every-event is false`,
    ours: true,
  }),
  'max-connections': integer({
    doc: 'Connections open at once; more are turned away.',
    default: 1000,
    min: 1,
    ours: true,
  }),
}

const check = ({ bind }: Values<typeof settings>): Finding[] =>
  bind === undefined
    ? [
        {
          level: 'warning',
          setting: 'bind',
          says: 'bind is missing: the source listens on 127.0.0.1',
          hint: 'Set bind.',
        },
      ]
    : []

const address = ({ bind, port: at }: Values<typeof settings>) => ({ host: bind ?? '127.0.0.1', port: at })

export const netcat = defineSource({
  type: 'netcat',
  aliases: ['org.apache.flume.source.NetcatSource'],
  summary: 'Takes lines over TCP, one event each.',
  settings,
  check,
  listensOn: (values) => ({ setting: 'port', ...address(values) }),
  headersSet: () => [],
  create: async (values, context) => {
    const { NetcatSource } = await import('./netcat-source.ts')
    return new NetcatSource(
      {
        ...address(values),
        acks: values['ack-every-event'],
        charset: values.encoding,
        maxLineLength: values['max-line-length'],
        batchEvents: values['batch-size'] ?? (values['ack-every-event'] ? batchWithAcks : batchWithoutAcks),
        maxConnections: values['max-connections'],
      },
      context,
    )
  },
})
