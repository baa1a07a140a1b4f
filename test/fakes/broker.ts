/** A whole broker on the fake disk with a real listener, and peers that speak to it in frames: well-behaved ones, and others. */
import { connect, type Socket } from 'node:net'
import { type BrokerPorts, type RunningBroker, startBroker } from '../../src/broker/broker.ts'
import { brokerConfig } from '../../src/broker/config.ts'
import { decodeResponse, encodeRequest } from '../../src/protocol/codec.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { createTopics } from '../../src/protocol/messages/create-topics.ts'
import type { AnyApi, RequestInput, ResponseOf } from '../../src/protocol/table.ts'
import { RecordingLog } from './context.ts'
import { FakeDisk } from './disk.ts'
import { fakeProcess } from './topic-store.ts'

export class BrokerPeer implements Disposable {
  readonly socket: Socket
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>
  #received = Buffer.alloc(0)
  #frames: Buffer[] = []
  #wanted: ((frame: Buffer | undefined) => void)[] = []
  #correlationId = 0
  isClosed = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('error', () => socket.destroy())
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.isClosed = true
        for (const wanted of this.#wanted.splice(0)) wanted(undefined)
        resolve()
      })
    })
  }

  /** Sends a request and gives what it is answered with. */
  async call<A extends AnyApi>(api: A, version: number, body: RequestInput<A>): Promise<ResponseOf<A>> {
    this.send(api, version, body)
    const frame = await this.frame()
    if (frame === undefined)
      throw new Error(`The broker closed the connection instead of answering ${api.name} ${version}`)
    return decodeResponse(api, version, frame)
  }

  /** Sends a request without waiting; gives its correlation id. */
  send<A extends AnyApi>(api: A, version: number, body: RequestInput<A>): number {
    const id = ++this.#correlationId
    for (const piece of encodeRequest(api, version, id, 'tester', body)) this.socket.write(piece)
    return id
  }

  /** The next answer, size field left out; undefined when the connection ended first. */
  frame(): Promise<Buffer | undefined> {
    const first = this.#frames.shift()
    if (first !== undefined || this.isClosed) return Promise.resolve(first)
    return new Promise((resolve) => void this.#wanted.push(resolve))
  }

  /** Appends records to partition 0; gives the answer about it. */
  async produce(topic: string, records: Buffer, { version = 9, acks = 1, partition = 0 } = {}) {
    const body = { acks, timeoutMs: 1000, topics: [{ topic, partitions: [{ partition, records }] }] }
    const { topics } = await this.call(produce, version, body)
    const answer = topics[0]?.partitions[0]
    if (answer === undefined) throw new Error('An answer to Produce without the partition')
    return answer
  }

  async createTopic(topic: string, numPartitions = 1): Promise<void> {
    const body = {
      topics: [{ topic, numPartitions, replicationFactor: 1, replicaAssignment: [], configs: [] }],
      timeoutMs: 1000,
    }
    const { topics } = await this.call(createTopics, 4, body)
    if (topics[0]?.errorCode !== 0) throw new Error(`${topic} was not created: error ${topics[0]?.errorCode}`)
  }

  [Symbol.dispose](): void {
    this.socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received, chunk])
    while (this.#received.length >= 4) {
      const size = this.#received.readInt32BE(0)
      if (this.#received.length < 4 + size) return
      const frame = this.#received.subarray(4, 4 + size)
      this.#received = this.#received.subarray(4 + size)
      const wanted = this.#wanted.shift()
      if (wanted === undefined) this.#frames.push(frame)
      else wanted(frame)
    }
  }
}

export interface BrokerBench extends AsyncDisposable {
  readonly broker: RunningBroker
  readonly port: number
  readonly said: RecordingLog
  readonly disk: FakeDisk
  /** A connection; closed when the bench is disposed. */
  readonly peer: (port?: number) => Promise<BrokerPeer>
  /** Stops this broker and starts another one on the same disk. */
  readonly again: (overrides?: Readonly<Record<string, string>>) => Promise<BrokerBench>
}

const settings = { listeners: 'PLAINTEXT://127.0.0.1:0', 'log.dirs': '/logs', 'group.initial.rebalance.delay.ms': '0' }
let pid = 0

/** A broker with these settings over those of tests; ports given replace the fake ones. */
export const brokerBench = async (
  overrides: Readonly<Record<string, string>> = {},
  ports: BrokerPorts & { readonly disk?: FakeDisk } = {},
): Promise<BrokerBench> => {
  const said = new RecordingLog()
  const disk = ports.disk ?? new FakeDisk()
  const broker = await startBroker(brokerConfig({ ...settings, ...overrides }), {
    log: said,
    processes: fakeProcess(++pid),
    ...ports,
    disk,
  })
  const port = broker.addresses[0]?.port ?? 0
  const peers: BrokerPeer[] = []
  const dispose = async (): Promise<void> => {
    for (const peer of peers) peer[Symbol.dispose]()
    await broker.stop()
  }
  return {
    broker,
    port,
    said,
    disk,
    peer: async (to = port) => {
      const peer = await connectedTo(to)
      peers.push(peer)
      return peer
    },
    again: async (changed = {}) => {
      await dispose()
      return brokerBench({ ...overrides, ...changed }, { ...ports, disk })
    },
    [Symbol.asyncDispose]: dispose,
  }
}

const connectedTo = (port: number): Promise<BrokerPeer> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(new BrokerPeer(socket)))
    socket.once('error', reject)
  })
