/** What listens on a port that we wanted: a Kafka broker answers ApiVersions; anything else does not. */
import { connect } from 'node:net'
import { apiVersions } from '../protocol/messages/api-versions.ts'
import { correlationIdOf, encodeRequest } from '../protocol/codec.ts'
import { Malformed } from '../protocol/malformed.ts'

export type Answering = 'a Kafka broker' | 'something that is no Kafka broker'

const PATIENCE_MS = 1000
const CORRELATION_ID = 0x6d696c6c
const ANSWER_BYTES_MAX = 1024 * 1024

/** Whether these are the beginning of the answer to our question. */
const isKafka = (bytes: Buffer): boolean => {
  const size = bytes.readInt32BE(0)
  try {
    return size >= 10 && size <= ANSWER_BYTES_MAX && correlationIdOf(bytes.subarray(4)) === CORRELATION_ID
  } catch (thrown) {
    if (thrown instanceof Malformed) return false
    throw thrown
  }
}

/** Asks whoever listens there; takes a second at most, and never rejects. */
export const whoAnswers = (host: string, port: number): Promise<Answering> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS })
    let got = Buffer.alloc(0)
    const done = (answering: Answering): void => {
      socket.destroy()
      resolve(answering)
    }
    const nothing = (): void => done('something that is no Kafka broker')
    socket.on('connect', () => {
      for (const piece of encodeRequest(apiVersions, 0, CORRELATION_ID, 'millrace', {})) socket.write(piece)
    })
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk])
      if (got.length >= 8) done(isKafka(got) ? 'a Kafka broker' : 'something that is no Kafka broker')
    })
    socket.on('timeout', nothing)
    socket.on('error', nothing)
    socket.on('close', nothing)
  })
