/** Sends the batches of all partitions that one broker leads: gathers what may go into a request, writes it, and passes the answers to the queues. */
import type { ProducerOptions } from './producer-options.ts'
import { produce } from '../protocol/messages/produce.ts'
import type { Cluster } from './cluster.ts'
import type { Connection } from './connection.ts'
import type { Entry, EntryQueue } from './delivery.ts'
import { isNetworkTrouble } from './errors.ts'
import type { Verdict } from './partition-queue.ts'
import { answerOf, produceRequest, replyFor } from './produce-request.ts'
import type { Answer } from './produce-request.ts'

/** What a sender asks of the producer. */
export interface SenderHost {
  readonly cluster: Cluster
  readonly options: ProducerOptions
  /** Batches of one partition that may be in flight. */
  readonly perPartitionMax: number
  /** A queue cannot go on without another leader, a pause or a producer id. */
  stuck(queue: EntryQueue, problem: Error | undefined): void
  /** A batch was stored. */
  stored(): void
}

const storedUnheard: Answer = { verdict: 'stored', outcome: { baseOffset: -1 } }

export class LeaderSender {
  readonly nodeId: number
  readonly #host: SenderHost
  readonly #queues = new Set<EntryQueue>()
  #connection: Connection | undefined
  #inFlight = 0

  constructor(nodeId: number, host: SenderHost) {
    this.nodeId = nodeId
    this.#host = host
  }

  /** Whether something can be sent at once. */
  get ready(): boolean {
    if (this.#connection?.open !== true) this.#connection = this.#host.cluster.ready(this.nodeId)
    return this.#connection !== undefined
  }

  /** The queue has something to send here. */
  add(queue: EntryQueue): void {
    this.#queues.add(queue)
  }

  /** Sends as much as may be in flight. */
  drain(): void {
    while (this.ready && this.#inFlight < this.#host.options.inFlightMax) {
      const entries = this.#gather()
      if (entries.length === 0) return
      void this.#dispatch(entries)
    }
    if (!this.ready) this.#abandon()
  }

  /** At most one batch per partition, as the protocol has it. */
  #gather(): Entry[] {
    const { options, perPartitionMax } = this.#host
    const entries: Entry[] = []
    let bytes = 0
    for (const queue of this.#queues) {
      const entry = queue.next(perPartitionMax)
      if (queue.waiting === 0) this.#queues.delete(queue)
      if (entry === undefined) continue
      if (entries.length > 0 && bytes + entry.records.sizeInBytes > options.requestBytesMax) break
      bytes += entry.records.sizeInBytes
      entries.push(queue.take())
      if (queue.waiting === 0) this.#queues.delete(queue)
    }
    return entries
  }

  async #dispatch(entries: readonly Entry[]): Promise<void> {
    this.#inFlight++
    const answers = await this.#exchange(entries)
    this.#inFlight--
    for (let i = 0; i < entries.length; i++) this.#answer(entries[i] as Entry, answers[i] as Answer)
    this.drain()
  }

  /** Never rejects: what went wrong is the answer for each batch. */
  async #exchange(entries: readonly Entry[]): Promise<readonly Answer[]> {
    const { options } = this.#host
    try {
      const connection = this.#connection as Connection
      const request = produceRequest(entries, options)
      if (options.acks === 0) {
        await connection.send(produce, request)
        return entries.map(() => storedUnheard)
      }
      const reply = await connection.request(produce, request, { extraMs: options.ackTimeoutMs })
      const isTransactional = options.transactionalId !== undefined
      return entries.map((entry) => answerOf(entry, replyFor(entry, reply), isTransactional))
    } catch (error) {
      const verdict: Verdict = isNetworkTrouble(error) ? 'again' : 'failed'
      return entries.map(() => ({ verdict, outcome: { baseOffset: -1, error: error as Error } }))
    }
  }

  #answer(entry: Entry, { verdict, outcome }: Answer): void {
    if (verdict === 'stored') this.#host.stored()
    if (!entry.queue.answered(entry, verdict, outcome)) return
    this.#queues.delete(entry.queue)
    this.#host.stuck(entry.queue, entry.queue.problem)
  }

  /** The connection is gone: every queue needs another one. */
  #abandon(): void {
    for (const queue of this.#queues) {
      if (queue.inFlight > 0) continue
      this.#queues.delete(queue)
      this.#host.stuck(queue, undefined)
    }
  }
}
