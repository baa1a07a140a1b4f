/**
 * A growing first-in-first-out queue. A taken slot is cleared at once, so that nothing keeps a batch alive after it left:
 * young objects then die in the cheap generation of the garbage collector.
 */
export class Ring<T> {
  #slots: (T | undefined)[]
  #head = 0
  #length = 0

  /** `slots` is the room at first, a power of two. */
  constructor(slots = 16) {
    this.#slots = Array.from<T | undefined>({ length: slots })
  }

  get length(): number {
    return this.#length
  }

  /** Adds at the tail. */
  push(item: T): void {
    if (this.#length === this.#slots.length) this.#grow()
    this.#slots[(this.#head + this.#length) & (this.#slots.length - 1)] = item
    this.#length++
  }

  /** Puts back at the head. */
  unshift(item: T): void {
    if (this.#length === this.#slots.length) this.#grow()
    this.#head = (this.#head - 1) & (this.#slots.length - 1)
    this.#slots[this.#head] = item
    this.#length++
  }

  /** Takes the oldest, or undefined when empty. */
  shift(): T | undefined {
    if (this.#length === 0) return undefined
    const item = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#slots.length - 1)
    this.#length--
    return item
  }

  /** The oldest without taking it, or undefined when empty. */
  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#slots[this.#head]
  }

  #grow(): void {
    const wider = Array.from<T | undefined>({ length: this.#slots.length * 2 })
    for (let i = 0; i < this.#length; i++) wider[i] = this.#slots[(this.#head + i) & (this.#slots.length - 1)]
    this.#slots = wider
    this.#head = 0
  }
}
