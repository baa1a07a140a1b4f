/** A source that runs into a fake target, and is ended after the test whatever happened. */
import type { SourceContext } from '../../src/flow/context.ts'
import { FakeTarget } from '../fakes/channel.ts'
import { fakeContext } from '../fakes/context.ts'
import { until } from '../fakes/until.ts'
import { defer } from './scope.ts'
import type { SourceUnderTest } from './source.ts'

export class SourceRun {
  readonly target: FakeTarget
  readonly #stop = new AbortController()
  readonly #grace = new AbortController()
  #ended: Promise<void> = Promise.resolve()

  constructor(target = new FakeTarget()) {
    this.target = target
  }

  /** Starts a source of the input. */
  async start(input: SourceUnderTest, given: Partial<Pick<SourceContext, 'aheadMax'>> = {}): Promise<this> {
    const source = await input.create(fakeContext({ ...given, grace: this.#grace.signal }))
    this.#ended = source.run(this.target.deliver, this.#stop.signal)
    this.#ended.catch(() => undefined)
    defer(async () => {
      this.stop()
      this.endGrace()
      this.target.release()
      await this.#ended.catch(() => undefined)
    })
    await Promise.race([input.ready?.(), this.#ended.then(() => undefined)])
    return this
  }

  /** Resolves when the source's `run` does. */
  get ended(): Promise<void> {
    return this.#ended
  }

  stop(): void {
    this.#stop.abort()
  }

  endGrace(): void {
    this.#grace.abort()
  }

  /** Resolves when at least `count` events were delivered. */
  delivered(count: number): Promise<void> {
    const { target } = this
    return until(() => target.events.length >= count, `${count} events delivered`)
  }
}

/** Texts `a0`, `a1`, … */
export const texts = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`)
