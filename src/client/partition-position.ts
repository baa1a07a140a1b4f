/** Where a consumer stands in one partition that it has. */
export class PartitionPosition {
  readonly topic: string
  readonly partition: number
  /** Told about, but nothing is fetched from it. */
  paused = false
  /** Of the last fetch; -1 before. */
  highWatermark = -1
  #fetchOffset: number | undefined
  #era = 0
  #dropped = false

  /** `offset` is where to begin; undefined while that is not known. */
  constructor(topic: string, partition: number, offset?: number) {
    this.topic = topic
    this.partition = partition
    this.#fetchOffset = offset
  }

  /** The next offset to fetch, or undefined while it is not known. */
  get fetchOffset(): number | undefined {
    return this.#fetchOffset
  }

  /** Changes when the position jumps: what was fetched in another era is not wanted any more. */
  get era(): number {
    return this.#era
  }

  /** The partition belongs to this consumer no more. */
  get dropped(): boolean {
    return this.#dropped
  }

  /** Everything before `offset` was fetched. */
  fetched(offset: number): void {
    this.#fetchOffset = offset
  }

  /** Go on at another place; undefined for one that is yet to be found. */
  seek(offset: number | undefined): void {
    this.#fetchOffset = offset
    this.#era++
  }

  drop(): void {
    this.#dropped = true
    this.#era++
  }
}
