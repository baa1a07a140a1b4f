/** Lets one loop wait for another to change something. A ring that nobody waits for is lost, so look before you wait. */
export class Bell {
  #waiting: PromiseWithResolvers<void> | undefined

  /** Resolves at the next ring. */
  get rung(): Promise<void> {
    return (this.#waiting ??= Promise.withResolvers<void>()).promise
  }

  /** Wakes all who wait. */
  ring(): void {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }
}
