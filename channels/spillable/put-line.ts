/**
 * Puts that wait, in the order they came: first for room in memory, for the overflow timeout, and then for room anywhere, for the keep-alive. None is
 * served before one that waits longer.
 */
import type { Receipt } from '../../src/flow/receipt.ts'
import { type Putter, Waiters } from '../../src/flow/waiters.ts'
import type { Clock } from '../../src/io/clock.ts'
import type { Charged } from './memory-part.ts'

export interface Put extends Charged {
  readonly admitted: (() => void) | undefined
}

interface WaitingPut extends Put, Putter {
  readonly admitted: (() => void) | undefined
}

export interface PutLineOptions {
  readonly clock: Clock
  readonly overflowTimeoutMs: number
  readonly keepAliveMs: number
  /** Brings a put to its place, or gives undefined where it has none now. One that `isOverdue` has waited for memory. */
  readonly place: (put: Put, isOverdue: boolean) => Promise<Receipt> | undefined
  /** Whether a put is to wait for memory. */
  readonly waitsForMemory: (put: Put) => boolean
  /** Why a put that waited in vain is refused. */
  readonly refusal: (put: Put) => Error
}

export class PutLine {
  readonly #options: PutLineOptions
  readonly #forMemory: Waiters<WaitingPut>
  readonly #forAny: Waiters<WaitingPut>

  constructor(options: PutLineOptions) {
    this.#options = options
    this.#forMemory = new Waiters(options.clock, options.overflowTimeoutMs)
    this.#forAny = new Waiters(options.clock, options.keepAliveMs)
  }

  put(put: Put): Promise<Receipt> {
    const waitsForMemory = this.#options.waitsForMemory(put)
    if (this.#forMemory.length === 0 && this.#forAny.length === 0) {
      const placed = this.#options.place(put, !waitsForMemory)
      if (placed !== undefined) return placed
    }
    const isBehindAny = this.#forMemory.length === 0 && (this.#forAny.length > 0 || !waitsForMemory)
    return this.#wait(put, isBehindAny ? this.#forAny : this.#forMemory)
  }

  /** Room may have come up: waiting puts go in, in order, as far as they fit. */
  letIn(): void {
    if (this.#serve(this.#forAny, true)) this.#serve(this.#forMemory, false)
  }

  /** All are refused. */
  close(): void {
    this.#forMemory.close()
    this.#forAny.close()
  }

  /** True when nobody waits there any more. */
  #serve(line: Waiters<WaitingPut>, isOverdue: boolean): boolean {
    for (let next = line.first(); next !== undefined; next = line.first()) {
      const placed = this.#options.place(next, isOverdue)
      if (placed === undefined) return false
      line.shift()
      next.resolve(placed)
    }
    return true
  }

  #wait(put: Put, line: Waiters<WaitingPut>): Promise<Receipt> {
    const { promise, resolve, reject } = Promise.withResolvers<Receipt>()
    const refuse = (): void => {
      reject(this.#options.refusal(put))
      queueMicrotask(() => this.letIn())
    }
    const late: WaitingPut = { ...put, resolve, giveUp: refuse, deadlineMs: 0 }
    const goOn = (): void => {
      this.#forAny.add(late)
      queueMicrotask(() => this.letIn())
    }
    line.add(line === this.#forAny ? late : { ...late, giveUp: goOn })
    return promise
  }
}
