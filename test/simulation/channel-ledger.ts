/**
 * What a simulated channel was given and what came out of it, event by event: each is a number. Whatever breaks a promise throws, and the accounts
 * of all lives together can be read at the end.
 */
import { expect } from 'vitest'

/** How far the put of one event came, and its take. */
interface Fate {
  put: 'tried' | 'refused' | 'held' | 'acknowledged'
  /** The life in which the put was refused. */
  refusedIn: number
  take: 'none' | 'tried' | 'acknowledged'
  deliveries: number
  isOpen: boolean
}

/** Events of all lives. */
export interface Accounts {
  /** Puts that were acknowledged. */
  put: number
  /** Takes whose commit was acknowledged. */
  taken: number
  /** Acknowledged puts that never came out. */
  lost: number
  /** Deliveries of what had been delivered before. */
  repeated: number
}

export class Ledger {
  readonly #fates: Fate[] = []
  #life = 0
  #lastTaken = -1
  /** Events that come again in this life, because they were rolled back. */
  #backTo = Infinity

  /** A process begins: what was open in the last one is open no more. */
  begin(): void {
    this.#life++
    this.#lastTaken = -1
    this.#backTo = Infinity
    for (const fate of this.#fates) {
      fate.isOpen = false
      if (fate.put === 'held') fate.put = 'tried'
    }
  }

  /** Numbers for so many new events. */
  next(count: number): number[] {
    const first = this.#fates.length
    for (let i = 0; i < count; i++)
      this.#fates.push({ put: 'tried', refusedIn: 0, take: 'none', deliveries: 0, isOpen: false })
    return Array.from({ length: count }, (_, i) => first + i)
  }

  /** The put has resolved: the channel holds them. */
  held(numbers: readonly number[]): void {
    for (const number of numbers) this.#fate(number).put = 'held'
  }

  /** The receipt has settled: a channel gives them out, whatever happens, until they are committed. */
  acknowledged(numbers: readonly number[]): void {
    for (const number of numbers) this.#fate(number).put = 'acknowledged'
  }

  /** The process has ended in order, on a disk that worked: nothing was only held. */
  stopped(): void {
    const unsettled = this.#fates.flatMap(({ put }, number) => (put === 'held' ? [number] : []))
    expect(unsettled, 'held and not made to last at the stop').toEqual([])
  }

  /** The put has ended. */
  refusedUnlessHeld(numbers: readonly number[]): void {
    for (const number of numbers) {
      const fate = this.#fate(number)
      if (fate.put !== 'tried') continue
      fate.put = 'refused'
      fate.refusedIn = this.#life
    }
  }

  /** A take was given these. They are in order, each is in no other open take, none was refused by this process, none was committed before. */
  taken(numbers: readonly number[]): void {
    const [first] = numbers
    if (first === undefined) return
    if (first <= this.#lastTaken) expect(first, 'out of order').toBeGreaterThanOrEqual(this.#backTo)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    this.#lastTaken = Math.max(this.#lastTaken, numbers.at(-1) ?? 0)
    for (const number of numbers) {
      const fate = this.#fate(number)
      expect([number, fate.isOpen], 'given to two takes').toEqual([number, false])
      expect([number, fate.take], 'given again').not.toEqual([number, 'acknowledged'])
      const isRefused = fate.put === 'refused' && fate.refusedIn === this.#life
      expect([number, isRefused], 'given though it was refused').toEqual([number, false])
      fate.isOpen = true
      fate.deliveries++
    }
  }

  committing(numbers: readonly number[]): void {
    for (const number of numbers) this.#fate(number).take = 'tried'
  }

  committed(numbers: readonly number[]): void {
    for (const number of numbers) {
      const fate = this.#fate(number)
      fate.isOpen = false
      fate.take = 'acknowledged'
    }
  }

  rolledBack(numbers: readonly number[]): void {
    for (const number of numbers) this.#fate(number).isOpen = false
    this.#backTo = Math.min(this.#backTo, ...numbers)
  }

  /** Everything has been taken: what must have come out has. */
  end(): void {
    const lost = this.#fates.flatMap((fate, number) => (isLost(fate) ? [number] : []))
    expect(lost, 'lost').toEqual([])
  }

  addTo(accounts: Accounts): void {
    for (const fate of this.#fates) {
      accounts.put += Number(fate.put === 'acknowledged')
      accounts.taken += Number(fate.take === 'acknowledged')
      accounts.lost += Number(isLost(fate))
      accounts.repeated += Math.max(0, fate.deliveries - 1)
    }
  }

  #fate(number: number): Fate {
    const fate = this.#fates[number]
    if (fate === undefined) throw new Error(`Event ${number} was invented`)
    return fate
  }
}

const isLost = ({ put, take }: Fate): boolean => put === 'acknowledged' && take === 'none'
