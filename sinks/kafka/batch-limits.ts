/** How large a batch each topic takes, learned when the broker refuses one: the next are made of half as many bytes. */
export class BatchLimits {
  readonly #bytesMax = new Map<string, number>()

  /** Most bytes of a batch for the topic; Infinity while nothing was refused. */
  of(topic: string): number {
    return this.#bytesMax.get(topic) ?? Infinity
  }

  /** A batch of so many bytes was refused. Returns the limit from now on, or undefined if it was that low before. */
  refused(topic: string, bytes: number): number | undefined {
    const limit = Math.max(1, Math.floor(bytes / 2))
    if (limit >= this.of(topic)) return undefined
    this.#bytesMax.set(topic, limit)
    return limit
  }
}
