/**
 * The running agent. It opens downstream first (channels, sinks, sources) and stops upstream first: sources stop reading, sinks drain until
 * every receipt has settled or the grace period is over, then sinks and channels close.
 */
import { InvariantBroken } from '../base/assert.ts'
import { reasonOf } from '../base/faults.ts'
import { type Accounts, totalled } from '../monitor/accounts.ts'
import { assemble, type Parts } from './assemble.ts'
import type { AgentEnvironment, RunningEnvironment } from './environment.ts'
import type { AgentPlan } from './registry.ts'
import { stopInOrder } from './stop.ts'

export interface RunningAgent extends AsyncDisposable {
  /** Resolves when a sink has stored its first events. */
  readonly firstStored: Promise<void>
  /** Resolves, with what is wrong, when an invariant broke: the process must end then. */
  readonly failed: Promise<InvariantBroken>
  /** Resolves once events have come in, all of them are stored, nothing moved for `quietMs`, and `isThrough` agrees; with false when the agent stops. */
  caughtUp(quietMs: number, isThrough?: (accounts: Accounts) => boolean): Promise<boolean>
  /** Lets no source put anything into a channel until `release`. Sources go on listening and reading as far as they can wait. */
  hold(): void
  release(): void
  accounts(): Accounts
  /** Drains and ends. The first call decides; later ones get the same accounts. */
  stop(): Promise<Accounts>
}

/** Creates and opens everything, and resolves when each channel was tried once. Rejects when a component cannot be created. */
export const startAgent = async (plan: AgentPlan, outer: AgentEnvironment): Promise<RunningAgent> => {
  const graceOver = new AbortController()
  const failed = Promise.withResolvers<InvariantBroken>()
  const broken = (error: unknown): void => {
    failed.resolve(error instanceof InvariantBroken ? error : new InvariantBroken(reasonOf(error), { cause: error }))
  }
  const environment: RunningEnvironment = { ...outer, agent: plan.agent, graceOver: graceOver.signal, broken }
  const firstStored = Promise.withResolvers<void>()
  const parts = await assemble(plan, environment, firstStored.resolve)
  const agent = new Agent(parts, environment, graceOver, firstStored.promise, failed.promise)
  await agent.start()
  return agent
}

class Agent implements RunningAgent {
  readonly firstStored: Promise<void>
  readonly failed: Promise<InvariantBroken>
  readonly #parts: Parts
  readonly #environment: RunningEnvironment
  readonly #graceOver: AbortController
  readonly #stopping = new AbortController()
  #stopped: Promise<Accounts> | undefined

  constructor(
    parts: Parts,
    environment: RunningEnvironment,
    graceOver: AbortController,
    firstStored: Promise<void>,
    failed: Promise<InvariantBroken>,
  ) {
    this.#parts = parts
    this.#environment = environment
    this.#graceOver = graceOver
    this.firstStored = firstStored
    this.failed = failed
  }

  async start(): Promise<void> {
    const { ports, sinkRunners, sourceRunners } = this.#parts
    await Promise.all(ports.map((port) => port.open(this.#stopping.signal)))
    for (const runner of sinkRunners) runner.start()
    for (const runner of sourceRunners) runner.start()
  }

  async caughtUp(quietMs: number, isThrough: (accounts: Accounts) => boolean = () => true): Promise<boolean> {
    let before = -1
    while (!this.#stopping.signal.aborted) {
      const accounts = this.accounts()
      const { total } = accounts
      if (total.in > 0 && total.held === 0 && total.in === before && isThrough(accounts)) return true
      before = total.in
      await this.#environment.clock.sleep(quietMs, this.#stopping.signal)
    }
    return false
  }

  hold(): void {
    for (const runner of this.#parts.sourceRunners) runner.hold()
  }

  release(): void {
    for (const runner of this.#parts.sourceRunners) runner.release()
  }

  accounts(): Accounts {
    const { ports, sinkRunners, sourceRunners } = this.#parts
    const components = [
      ...sourceRunners.map((runner) => runner.account()),
      ...ports.map((port) => port.account()),
      ...sinkRunners.flatMap((runner) => runner.lanes.map((lane) => lane.account())),
    ]
    const copied = sourceRunners.reduce((sum, runner) => sum + runner.copied, 0)
    const found = ports.reduce((sum, port) => sum + port.found, 0)
    return totalled(components, copied, found)
  }

  stop(): Promise<Accounts> {
    return (this.#stopped ??= this.#stop())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #stop(): Promise<Accounts> {
    this.#stopping.abort()
    await stopInOrder(this.#parts, this.#environment, this.#graceOver)
    return this.accounts()
  }
}
