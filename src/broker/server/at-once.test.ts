import { once } from 'node:events'
import { connect, Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { RecordingLog } from '../../../test/fakes/context.ts'
import { until } from '../../../test/fakes/until.ts'
import { realClock } from '../../io/clock.ts'
import { listen } from '../../io/listen.ts'
import { BufferPool } from './buffer-pool.ts'
import { Connection, type Outcome } from './connection.ts'
import { PeerWarnings } from './peer-warnings.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const frameOf = (bytes: number): Buffer => {
  const frame = Buffer.alloc(4 + bytes)
  frame.writeInt32BE(bytes)
  return frame
}

test.each([
  ['at once', (outcome: Outcome) => outcome],
  ['later, after a sync', (outcome: Outcome) => Promise.resolve(outcome)],
])('the answer to a large request has left before the next is served, where it is answered %s', async (_, answered) => {
  const [log, clock] = [new RecordingLog(), realClock]
  const written = vi.spyOn(Socket.prototype, 'write')
  const seen: number[] = []
  const serve = (frame: Buffer): Outcome | Promise<Outcome> => {
    seen.push(written.mock.calls.length)
    const outcome = { pieces: [Buffer.alloc(8)] }
    return frame.length > 1000 ? answered(outcome) : outcome
  }
  const pool = new BufferPool()
  const warnings = new PeerWarnings(log, clock)
  const world = { serve, shared: Buffer.alloc(1 << 19), pool, frameBytesMax: 1 << 20, clock, log, warnings }
  let received = 0
  const accept = (socket: Socket): void => {
    const connection = new Connection(socket, 'here', world, () => undefined)
    const take = connection.received.bind(connection)
    vi.spyOn(connection, 'received').mockImplementation((length) => {
      received += length
      return take(length)
    })
  }
  await using listener = await listen({ host: '127.0.0.1', port: 0, accept })
  const peer = connect(listener.port, '127.0.0.1')
  await once(peer, 'connect')
  const requests = Buffer.concat([frameOf(100_000), frameOf(10), frameOf(10)])
  // The end of the large one comes in one read with those behind it.
  const most = 100_000
  peer.write(requests.subarray(0, most))
  await until(() => received === most, 'most of the large request to be read')
  written.mockClear()
  peer.end(requests.subarray(most))
  await once(peer.resume(), 'close')
  expect(seen.map((count) => count - (seen[0] ?? 0))).toEqual([0, 1, 1])
})
