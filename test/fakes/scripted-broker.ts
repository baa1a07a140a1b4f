/**
 * A broker of one topic with one partition whose answers to Produce come from the test, one by one: for what a real broker says only when
 * something has gone wrong. It keeps nothing.
 */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { decodeRequest, encodeResponse } from '../../src/protocol/codec.ts'
import { apiVersions } from '../../src/protocol/messages/api-versions.ts'
import { initProducerId } from '../../src/protocol/messages/init-producer-id.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { readBatchHeader } from '../../src/protocol/record-batch.ts'
import { decodeRequestHeader, type RequestHeader } from '../../src/protocol/request-header.ts'
import type { AnyApi, ResponseInput } from '../../src/protocol/table.ts'
import { valuesOf } from './batches.ts'

const served = [apiVersions, metadata, initProducerId, produce]

/** A batch that came, and how to answer it. */
export interface ProducedBatch {
  readonly values: readonly string[]
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly answer: (errorCode: number) => void
}

export interface ScriptedBroker extends AsyncDisposable {
  readonly port: number
  /** In the order in which they came. */
  readonly produced: readonly ProducedBatch[]
}

/** Listens on a port of its own. */
export const scriptedBroker = async (topic: string): Promise<ScriptedBroker> => {
  const produced: ProducedBatch[] = []
  const sockets = new Set<Socket>()
  let producerIds = 0
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket)))
    framesOf(socket, (frame) => answer(socket, frame, decodeRequestHeader(frame)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const reply = <A extends AnyApi>(socket: Socket, header: RequestHeader, api: A, body: ResponseInput<A>): void => {
    for (const piece of encodeResponse(api, header.apiVersion, header.correlationId, body)) socket.write(piece)
  }
  const answer = (socket: Socket, frame: Buffer, header: RequestHeader): void => {
    if (header.api === apiVersions)
      reply(socket, header, apiVersions, {
        errorCode: 0,
        apiKeys: served.map(({ key, versions }) => ({
          apiKey: key,
          minVersion: versions[0],
          maxVersion: Math.min(9, versions[1]),
        })),
      })
    else if (header.api === metadata) reply(socket, header, metadata, metadataOf(topic, port))
    else if (header.api === initProducerId)
      reply(socket, header, initProducerId, {
        throttleTimeMs: 0,
        errorCode: 0,
        producerId: ++producerIds,
        producerEpoch: 0,
      })
    else take(socket, header, decodeRequest(produce, header.apiVersion, frame, header.bodyOffset))
  }
  const take = (
    socket: Socket,
    header: RequestHeader,
    { topics }: ReturnType<typeof decodeRequest<typeof produce>>,
  ) => {
    const records = topics[0]?.partitions[0]?.records ?? Buffer.alloc(0)
    const { producerId, producerEpoch, baseSequence } = readBatchHeader(records, 0)
    const tell = (errorCode: number): void => {
      const partitions = [{ partition: 0, errorCode, baseOffset: errorCode === 0 ? 0 : -1 }]
      reply(socket, header, produce, { topics: [{ topic, partitions }] })
    }
    produced.push({ values: valuesOf(records), producerId, producerEpoch, baseSequence, answer: tell })
  }
  return {
    port,
    produced,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

const metadataOf = (topic: string, port: number): ResponseInput<typeof metadata> => ({
  brokers: [{ nodeId: 1, host: '127.0.0.1', port, rack: null }],
  clusterId: 'scripted',
  controllerId: 1,
  topics: [
    {
      errorCode: 0,
      topic,
      partitions: [{ errorCode: 0, partition: 0, leader: 1, replicas: [1], isr: [1] }],
    },
  ],
})

/** Calls `onFrame` with each frame, its size field left out. */
const framesOf = (socket: Socket, onFrame: (frame: Buffer) => void): void => {
  let received = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    received = Buffer.concat([received, chunk])
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
      const end = 4 + received.readInt32BE(0)
      const frame = received.subarray(4, end)
      received = received.subarray(end)
      onFrame(frame)
    }
  })
}
