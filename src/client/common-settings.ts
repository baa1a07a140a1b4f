/** The settings that producers, consumers and admin clients have in common. */
import { parseAddresses } from './address.ts'
import type { ClientOptions } from './options.ts'
import { refused, used, wholeNumber, without } from './setting-rows.ts'
import type { SettingRows } from './setting-rows.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Where the settings of any client end up. */
export interface ClientPart {
  readonly client: Mutable<Partial<ClientOptions>>
}

const kernel = 'the system chooses the size of socket buffers'
const noReporters = 'Java classes cannot be loaded; counters are on the metrics page'

export const commonRows: SettingRows<ClientPart> = {
  'bootstrap.servers': used((text, { client }) => void (client.bootstrap = parseAddresses(text))),
  'client.id': used((text, { client }) => void (client.clientId = text)),
  'request.timeout.ms': used((text, { client }) => void (client.requestTimeoutMs = wholeNumber(text, 1))),
  'socket.connection.setup.timeout.ms': used(
    (text, { client }) => void (client.connectTimeoutMs = wholeNumber(text, 1)),
  ),
  'socket.connection.setup.timeout.max.ms': without('the connection time-out is always the same'),
  'retry.backoff.ms': used((text, { client }) => void (client.retryBackoffMs = wholeNumber(text, 0))),
  'retry.backoff.max.ms': used((text, { client }) => void (client.retryBackoffMaxMs = wholeNumber(text, 0))),
  'reconnect.backoff.ms': without('retry.backoff.ms is the pace of connections too'),
  'reconnect.backoff.max.ms': without('retry.backoff.max.ms is the pace of connections too'),
  'metadata.max.age.ms': used((text, { client }) => void (client.metadataMaxAgeMs = wholeNumber(text, 1))),
  'metadata.recovery.strategy': without('the bootstrap servers are always asked again'),
  'metadata.recovery.rebootstrap.trigger.ms': without('the bootstrap servers are always asked again'),
  'connections.max.idle.ms': without('idle connections are kept until the broker closes them'),
  'receive.buffer.bytes': without(kernel),
  'send.buffer.bytes': without(kernel),
  'client.dns.lookup': without('the system resolves host names'),
  'auto.include.jmx.reporter': without(noReporters),
  'metric.reporters': without(noReporters),
  'metrics.num.samples': without(noReporters),
  'metrics.recording.level': without(noReporters),
  'metrics.sample.window.ms': without(noReporters),
  'enable.metrics.push': without('metrics are not sent to the broker'),
  'security.providers': refused('TLS and SASL are not there yet; only PLAINTEXT is'),
  'security.protocol': used((text) => {
    if (text.toUpperCase() !== 'PLAINTEXT') throw new Error(`${text} is not there yet; only PLAINTEXT is`)
  }),
}
