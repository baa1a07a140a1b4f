/** Opens a connection and settles, before anything else is sent, what both sides speak. */
import { Fault } from '../base/faults.ts'
import { errorCodes } from '../protocol/error-codes.ts'
import { apiVersions } from '../protocol/messages/api-versions.ts'
import type { ResponseOf } from '../protocol/table.ts'
import { addressText } from './address.ts'
import type { Address } from './address.ts'
import { Connection } from './connection.ts'
import type { ConnectionOptions } from './connection.ts'
import { refuseError } from './errors.ts'
import type { VersionRanges } from './versions.ts'

/** How this client names itself to brokers; its form is checked by them. */
const software = { clientSoftwareName: 'millrace', clientSoftwareVersion: '0.1.0' }

/** The newest ApiVersions that is tried first: newer ones only tell about features that are not used here. */
const firstVersion = 3

const ask = async (connection: Connection): Promise<ResponseOf<typeof apiVersions>> => {
  const first = await connection.request(apiVersions, software, { versionMax: firstVersion })
  if (first.errorCode !== errorCodes.UNSUPPORTED_VERSION) return first
  return connection.request(apiVersions, {}, { versionMax: 0 })
}

/** A broker older than 0.10 closes the connection when it is asked what it speaks. */
const tooOld = (address: Address, cause: unknown): unknown =>
  cause instanceof Fault && cause.code === 'CONNECTION_LOST'
    ? new Fault(
        'CONNECTION_LOST',
        {
          address: addressText(address),
          problem: 'it was closed at the first request (it may be no Kafka broker, expect TLS, or be older than 0.10)',
        },
        cause,
      )
    : cause

const rangesOf = (answer: ResponseOf<typeof apiVersions>): VersionRanges =>
  new Map(answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion] as const]))

/** A connection that is ready for requests. Rejects with CONNECTION_LOST, REQUEST_TIMED_OUT or NOT_A_BROKER. */
export const openConnection = async (address: Address, options: ConnectionOptions): Promise<Connection> => {
  const connection = new Connection(address, options)
  try {
    await connection.connected()
    const answer = await ask(connection).catch((error: unknown) => Promise.reject(tooOld(address, error)))
    refuseError(`Broker ${addressText(address)}`, answer.errorCode)
    connection.speaks(rangesOf(answer))
    return connection
  } catch (error) {
    connection[Symbol.dispose]()
    throw error
  }
}
