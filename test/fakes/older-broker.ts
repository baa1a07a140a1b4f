/**
 * A relay before a broker that makes it look like one of an older Kafka: it lowers the versions in the answer to ApiVersions, so that clients speak what
 * they would have spoken to that Kafka. Everything else passes.
 */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { decodeResponse, encodeResponse } from '../../src/protocol/codec.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'

/** The newest version of each API, by its key; APIs without one are not there. */
export type NewestVersions = Readonly<Record<number, number>>

/** What three Kafka releases speak, of the APIs that the client uses. */
export const kafkaVersions: Readonly<Record<string, NewestVersions>> = {
  '0.11': { 0: 3, 1: 5, 2: 2, 3: 4, 8: 3, 9: 3, 10: 1, 11: 2, 12: 1, 13: 1, 14: 1, 18: 3, 19: 2, 20: 1, 22: 0 },
  '2.1': { 0: 7, 1: 10, 2: 4, 3: 7, 8: 6, 9: 5, 10: 2, 11: 3, 12: 2, 13: 2, 14: 2, 18: 3, 19: 3, 20: 3, 22: 1 },
  '2.8': { 0: 9, 1: 12, 2: 6, 3: 11, 8: 8, 9: 7, 10: 3, 11: 7, 12: 4, 13: 4, 14: 5, 18: 3, 19: 7, 20: 6, 22: 4 },
}

const requestVersion = 3

const lowered = (frame: Buffer, newest: NewestVersions): readonly Buffer[] => {
  const { apiKeys } = decodeResponse(apiVersions, requestVersion, frame)
  return encodeResponse(apiVersions, requestVersion, frame.readInt32BE(0), {
    errorCode: 0,
    apiKeys: apiKeys.flatMap((api) => {
      const maxVersion = newest[api.apiKey]
      return maxVersion === undefined ? [] : [{ ...api, maxVersion }]
    }),
  })
}

/** Passes on what `from` sends, its first frame changed. */
const relay = (from: Socket, to: Socket, change: (frame: Buffer) => readonly Buffer[]): void => {
  let begun = Buffer.alloc(0)
  let isChanged = false
  const begin = (): void => {
    if (begun.length < 4 || begun.length < 4 + begun.readInt32BE(0)) return
    const end = 4 + begun.readInt32BE(0)
    isChanged = true
    for (const piece of change(begun.subarray(4, end))) to.write(piece)
    if (begun.length > end) to.write(begun.subarray(end))
  }
  from.on('data', (chunk) => {
    if (isChanged) to.write(chunk)
    else {
      begun = Buffer.concat([begun, chunk])
      begin()
    }
  })
}

export interface OlderBroker extends AsyncDisposable {
  readonly port: number
}

/** Listens on a port of its own, which the broker behind it must advertise; `target` is asked for each connection. */
export const olderBroker = async (newest: NewestVersions, target: () => number): Promise<OlderBroker> => {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target(), '127.0.0.1')
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
    near.pipe(far)
    relay(far, near, (frame) => lowered(frame, newest))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
