/**
 * Keeps one sink, or the sinks of one group, running: its processor picks, the lanes take and write. At the stop it drains first; then it stops
 * taking, and when the grace period is over open writes are asked to give up.
 */
import { InvariantBroken } from '../base/assert.ts'
import { reasonOf } from '../base/faults.ts'
import type { CounterGroup } from '../monitor/counters.ts'
import type { RunningEnvironment } from './environment.ts'
import type { Processor } from './sink-groups/definition.ts'
import type { SinkLane } from './sink-lane.ts'

export interface SinkRunnerOptions {
  /** Of the sink, or of the group. */
  readonly name: string
  readonly lanes: readonly SinkLane[]
  readonly counters: readonly CounterGroup[]
  readonly processor: Processor
  readonly environment: RunningEnvironment
}

export class SinkRunner {
  readonly name: string
  readonly lanes: readonly SinkLane[]
  readonly #options: SinkRunnerOptions
  readonly #takes = new AbortController()
  #ended: Promise<void> | undefined

  constructor(options: SinkRunnerOptions) {
    this.name = options.name
    this.lanes = options.lanes
    this.#options = options
  }

  /** Safe twice. */
  start(): void {
    this.#ended ??= this.#run()
  }

  /** Takes nothing more, and resolves when open writes have ended. Safe twice and before `start`. */
  stop(): Promise<void> {
    this.#takes.abort()
    return (this.#ended ??= Promise.resolve())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { counters, environment } = this.#options
    for (const lane of this.lanes) {
      try {
        await lane.sink[Symbol.asyncDispose]()
      } catch (error) {
        if (error instanceof InvariantBroken) environment.broken(error)
        environment.log.warn(`Sink ${lane.name} did not close in order: ${reasonOf(error)}.`, { error })
      }
    }
    for (const group of counters) group.stopped(environment.clock.now())
  }

  async #run(): Promise<void> {
    const { lanes, processor, counters, environment } = this.#options
    const opened = await Promise.all(lanes.map((lane) => lane.port.opened))
    if (!opened.every(Boolean)) return
    for (const group of counters) group.started(environment.clock.now())
    try {
      await processor.run({ takes: this.#takes.signal, writes: environment.graceOver })
    } catch (error) {
      environment.broken(error)
    }
  }
}
