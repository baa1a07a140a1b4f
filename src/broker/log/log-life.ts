/** Whether a log can be used: not before what a crash left is put right, not where the disk refuses, and not after its end. */
import { reasonOf } from '../../base/faults.ts'
import { KafkaFault } from '../../protocol/error-codes.ts'
import { rethrowUnlessDisk } from './disk-errors.ts'
import type { LogState } from './log-state.ts'

export class LogLife {
  readonly #state: LogState
  /** What every call throws from now on. */
  #ended: KafkaFault | undefined
  #isOffline = false

  constructor(state: LogState) {
    this.#state = state
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined
  }

  get isOffline(): boolean {
    return this.#isOffline
  }

  /** Only `ready` can tell where the log ends, or nobody. */
  get isEndUnknown(): boolean {
    return this.#isOffline || this.#state.isEndUnknown
  }

  /** To be called before anything else is. Throws what has become of the log, or KAFKA_STORAGE_ERROR where its files cannot be read. */
  enter(): void {
    if (this.#ended !== undefined) throw this.#ended
    this.ready()
  }

  /** Does what is left to do before the files are used. Throws KAFKA_STORAGE_ERROR. */
  ready(): void {
    if (this.#isOffline && this.#ended !== undefined) throw this.#ended
    this.guarded(() => this.#state.ready())
  }

  /** Runs what reads files; errors of the disk become KAFKA_STORAGE_ERROR. */
  guarded<T>(read: () => T): T {
    try {
      return read()
    } catch (thrown) {
      rethrowUnlessDisk(thrown)
      const { name, suspected } = this.#state.home
      suspected?.(thrown)
      throw new KafkaFault('KAFKA_STORAGE_ERROR', `${name} cannot be read: ${reasonOf(thrown)}`)
    }
  }

  /** It was closed, or its topic deleted. */
  end(): void {
    this.#ended = new KafkaFault('UNKNOWN_TOPIC_OR_PARTITION', `${this.#state.home.name} is not served any more`)
  }

  /** Its folder has failed. */
  goOffline(): void {
    this.#isOffline = true
    this.#ended = new KafkaFault(
      'KAFKA_STORAGE_ERROR',
      `${this.#state.home.name} is offline: its log folder has failed`,
    )
  }
}
