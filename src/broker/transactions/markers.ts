/**
 * The last step of a transaction: a marker in each of its partitions says how it ended, and readers of committed data get past it. A marker that cannot
 * be written now, because the disk is full say, is tried again until it can; the transaction stays decided meanwhile.
 */
import { assert, rethrowBroken } from '../../base/assert.ts'
import { reasonOf } from '../../base/faults.ts'
import type { Log } from '../../base/log.ts'
import type { Clock } from '../../io/clock.ts'
import { encodeMarker, type Marker } from '../../protocol/control-batch.ts'
import { errorCodes, KafkaFault } from '../../protocol/error-codes.ts'
import type { TopicStore } from '../topics/topic-store.ts'
import { decisionOf, type Outcome, type Partitions, type TransactionFacts } from './transaction.ts'

/** Whoever keeps something back until a transaction's marker stands in a partition. */
export interface MarkerListener {
  marked(topic: string, partition: number, producerId: number, outcome: Outcome): void
}

export interface MarkersOptions {
  readonly topics: TopicStore
  readonly clock: Clock
  readonly log: Log
  readonly listener: MarkerListener
}

/** Markers written without a pause for others. */
const AT_ONCE = 500
const RETRY_MS_MIN = 100
const RETRY_MS_MAX = 10_000

const breath = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** One partition that a marker is for. */
interface Place {
  readonly topic: string
  readonly partition: number
}

const NAMED_MAX = 5

/** Some of them by name. */
const namesOf = (places: readonly Place[]): string => {
  const names = places.slice(0, NAMED_MAX).map(({ topic, partition }) => `${topic}-${partition}`)
  return places.length > NAMED_MAX ? `${names.join(', ')} and ${places.length - NAMED_MAX} more` : names.join(', ')
}

const placesOf = (partitions: Partitions): Place[] =>
  [...partitions].flatMap(([topic, numbers]) => Array.from(numbers, (partition) => ({ topic, partition })))

export class Markers {
  readonly #options: MarkersOptions

  constructor(options: MarkersOptions) {
    this.#options = options
  }

  /** Appends one marker. The promise, if there is one, resolves when it is on disk as the flush policy promises. Throws KafkaFault. */
  append(topic: string, partition: number, marker: Marker): Promise<void> | undefined {
    const { topics, listener } = this.#options
    const log = topics.partition(topic, partition)
    const { flushed } = log.append(encodeMarker(marker), { origin: 'coordinator' })
    const told = (): void => listener.marked(topic, partition, marker.producerId, marker.outcome)
    if (flushed !== undefined) return flushed.then(told)
    told()
    return undefined
  }

  /** Resolves once every partition of a decided transaction has its marker; with false when `signal` aborts before. */
  async writeAll(facts: TransactionFacts, coordinatorEpoch: number, signal: AbortSignal): Promise<boolean> {
    const { clock, log } = this.#options
    const { producerId, producerEpoch } = facts
    const outcome = decisionOf(facts)
    assert(outcome !== undefined, 'markers of a transaction that nothing was decided about')
    let left = placesOf(facts.partitions)
    for (let pauseMs = RETRY_MS_MIN; ; pauseMs = Math.min(RETRY_MS_MAX, 2 * pauseMs)) {
      const timestampMs = clock.now()
      left = await this.#write(left, { outcome, producerId, producerEpoch, coordinatorEpoch, timestampMs })
      // logs that were closed meanwhile look like topics that were deleted
      if (signal.aborted) return false
      if (left.length === 0) return true
      if (pauseMs === RETRY_MS_MIN)
        log.warn(`The ${outcome} of a transaction of producer ${producerId} waits for partitions that cannot be written: ${namesOf(left)}.`) // prettier-ignore
      await clock.sleep(pauseMs, signal)
    }
  }

  /** Gives the partitions that have to be tried again. */
  async #write(places: readonly Place[], marker: Marker): Promise<Place[]> {
    const failed: Place[] = []
    const flushes: Promise<void>[] = []
    for (const [index, place] of places.entries()) {
      if (index > 0 && index % AT_ONCE === 0) await breath()
      const flushed = this.#tryOne(place, marker, failed)
      if (flushed !== undefined) flushes.push(flushed)
    }
    if (flushes.length > 0) await Promise.all(flushes)
    return failed
  }

  #tryOne(place: Place, marker: Marker, failed: Place[]): Promise<void> | undefined {
    const again = (thrown: unknown): void => {
      if (this.#isWorthRetrying(place, thrown)) failed.push(place)
    }
    try {
      return this.append(place.topic, place.partition, marker)?.catch(again)
    } catch (thrown) {
      again(thrown)
      return undefined
    }
  }

  /** A topic that was deleted needs no marker, and a producer that went on with another epoch has had its marker. */
  #isWorthRetrying({ topic, partition }: Place, thrown: unknown): boolean {
    rethrowBroken(thrown)
    if (!(thrown instanceof KafkaFault)) throw thrown
    if (thrown.code === errorCodes.UNKNOWN_TOPIC_OR_PARTITION) return false
    const isFenced = [errorCodes.INVALID_PRODUCER_EPOCH, errorCodes.TRANSACTION_COORDINATOR_FENCED].includes(
      thrown.code,
    )
    if (!isFenced) return true
    this.#options.log.error(`${topic}-${partition} refused the marker of a transaction: ${reasonOf(thrown)}.`)
    return false
  }
}
