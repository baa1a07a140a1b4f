/** How an agent ends: upstream first, within the grace period, and never hanging on one stuck component. */
import { aborted } from '../base/abort.ts'
import { InvariantBroken } from '../base/assert.ts'
import { reasonOf } from '../base/faults.ts'
import type { Parts } from './assemble.ts'
import type { ChannelPort } from './channel-port.ts'
import type { RunningEnvironment } from './environment.ts'

/** How long a component that was asked to give up may still take, before it is left behind. */
const leaveBehindMs = 2000

/** Stops reading, drains, closes. Resolves in any case; what did not end in time is named in a WARN. */
export const stopInOrder = async (
  { ports, sinkRunners, sourceRunners }: Parts,
  environment: RunningEnvironment,
  graceOver: AbortController,
): Promise<void> => {
  const ended = new AbortController()
  const ending = new Ending(environment, ended.signal)
  void environment.clock.sleep(environment.graceMs, ended.signal).then(() => graceOver.abort())
  await Promise.all([
    ...sourceRunners.map((runner) => ending.wait(`Source ${runner.name}`, runner.stop())),
    ...ports.filter(isPartlyDurable).map((port) => ending.wait(`Channel ${port.name}`, port.writeDown())),
  ])
  const drained = new Set(sinkRunners.flatMap((runner) => runner.lanes.map((lane) => lane.port)))
  await Promise.all([...drained].filter(isToDrain).map((port) => port.empty(environment.graceOver)))
  await Promise.all(sinkRunners.map((runner) => ending.wait(`Sink ${runner.name}`, runner.stop())))
  graceOver.abort()
  await Promise.all(sinkRunners.map((runner) => ending.dispose(`Sink ${runner.name}`, runner)))
  await Promise.all(ports.map((port) => ending.dispose(`Channel ${port.name}`, port)))
  ended.abort()
}

const isPartlyDurable = ({ channel }: ChannelPort): boolean => channel.writeDown !== undefined

/** What a durable channel holds waits for the next start; what a memory channel holds would be gone. */
const isToDrain = ({ channel }: ChannelPort): boolean => !channel.durable

class Ending {
  readonly #environment: RunningEnvironment
  /** Everything has ended, so nobody is left to wait for. */
  readonly #over: AbortSignal

  constructor(environment: RunningEnvironment, over: AbortSignal) {
    this.#environment = environment
    this.#over = over
  }

  /** Resolves when `ended` does, or some time after the grace period. */
  async wait(what: string, ended: Promise<void>): Promise<void> {
    const { log } = this.#environment
    const inTime = await Promise.race([ended.then(() => true), this.#tooLate()])
    if (!inTime) log.warn(`${what} did not end within the grace period and is left behind.`)
  }

  async dispose(what: string, part: AsyncDisposable): Promise<void> {
    await this.wait(what, this.#disposed(what, part))
  }

  async #disposed(what: string, part: AsyncDisposable): Promise<void> {
    const { log, broken } = this.#environment
    try {
      await part[Symbol.asyncDispose]()
    } catch (error) {
      if (error instanceof InvariantBroken) broken(error)
      log.warn(`${what} did not close in order: ${reasonOf(error)}.`, { error })
    }
  }

  async #tooLate(): Promise<false> {
    const { clock, graceOver } = this.#environment
    await aborted(graceOver)
    await clock.sleep(leaveBehindMs, this.#over)
    return false
  }
}
