/**
 * Keeps one source running: starts it, starts it again when it fails, and ends it at the stop. A source stops reading at once and resolves when
 * its receipts have settled, so the runner only waits.
 */
import { InvariantBroken } from '../base/assert.ts'
import { Fault, reasonOf } from '../base/faults.ts'
import type { Log } from '../base/log.ts'
import { isTold } from '../base/told.ts'
import type { Source } from '../flow/source.ts'
import type { ComponentAccount } from '../monitor/accounts.ts'
import type { CounterGroup } from '../monitor/counters.ts'
import type { ChannelPort } from './channel-port.ts'
import type { Delivery } from './deliver.ts'
import type { RunningEnvironment } from './environment.ts'
import { Outage } from './outage.ts'

/** Flume's pace for starting a component again. A source that has run this long after a failure works again. */
const restartMs = 3000

export interface SourceRunnerOptions {
  readonly name: string
  readonly source: Source
  readonly delivery: Delivery
  readonly ports: readonly ChannelPort[]
  readonly counters: CounterGroup
  readonly log: Log
  readonly environment: RunningEnvironment
}

export class SourceRunner {
  readonly #options: SourceRunnerOptions
  readonly #stop = new AbortController()
  readonly #outage: Outage
  #ended: Promise<void> | undefined

  constructor(options: SourceRunnerOptions) {
    this.#options = options
    this.#outage = new Outage(options.log, options.environment.clock, 'error')
  }

  get name(): string {
    return this.#options.name
  }

  /** Safe twice. */
  start(): void {
    this.#ended ??= this.#run()
  }

  /** Ends the reading, and resolves when the source has ended. Safe twice and before `start`. */
  stop(): Promise<void> {
    this.#stop.abort()
    return (this.#ended ??= Promise.resolve())
  }

  hold(): void {
    this.#options.delivery.hold()
  }

  release(): void {
    this.#options.delivery.release()
  }

  get copied(): number {
    return this.#options.delivery.account.copied
  }

  account(): ComponentAccount {
    return { kind: 'source', name: this.#options.name, ...this.#options.delivery.account.account() }
  }

  async #run(): Promise<void> {
    const { ports, counters, environment } = this.#options
    const opened = await Promise.all(ports.map((port) => port.opened))
    if (!opened.every(Boolean)) return
    counters.started(environment.clock.now())
    while (!this.#stop.signal.aborted && !(await this.#runOnce())) {
      await environment.clock.sleep(restartMs, this.#stop.signal)
    }
    counters.stopped(environment.clock.now())
  }

  /** True when the source is through, false when it is to be started again. */
  async #runOnce(): Promise<boolean> {
    const { name, source, delivery, log, environment } = this.#options
    using _works = environment.clock.after(restartMs, () => this.#outage.worked(`Source ${name} runs again.`))
    try {
      await source.run(delivery.deliver, this.#stop.signal)
      if (!this.#stop.signal.aborted) log.info(`Source ${name} has come to its end.`)
      return true
    } catch (error) {
      return this.#failed(error)
    }
  }

  #failed(error: unknown): boolean {
    const { name, log, environment } = this.#options
    if (error instanceof InvariantBroken) environment.broken(error)
    if (this.#stop.signal.aborted) {
      const isExpected = error instanceof Fault && error.code === 'STOPPED_BEFORE_HELD'
      log[isExpected ? 'debug' : 'warn'](`Source ${name} ended with: ${reasonOf(error)}.`, { error })
      return true
    }
    if (isTold(error)) return false
    const hint = error instanceof Fault ? ` ${error.hint}` : ''
    const again = `It is started again every ${restartMs / 1000} s.`
    this.#outage.failed(`Source ${name} cannot run: ${reasonOf(error)}.${hint} ${again}`, { error })
    return false
  }
}
