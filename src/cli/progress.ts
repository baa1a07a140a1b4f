/** What a tool says on standard error while its work lasts: a line every few seconds, so that short work stays silent. */
import type { Clock } from '../io/clock.ts'

const everyMs = 3000

export class Progress {
  readonly #clock: Clock
  readonly #say: (line: string) => void
  #saidMs: number

  /** The work begins now. */
  constructor(clock: Clock, say = (line: string): void => void process.stderr.write(`${line}\n`)) {
    this.#clock = clock
    this.#say = say
    this.#saidMs = clock.monotonic()
  }

  /** `done` of `total`, in whatever unit, of what is called `what`. */
  at(what: string, done: number, total: number): void {
    if (this.#isDue()) this.#say(`${what}: ${percent(done, total)}`)
  }

  /** So many lines of the input, which are `done` of `total` bytes where it is known how many there are. */
  lines(count: number, done: number, total: number | undefined): void {
    if (!this.#isDue()) return
    const share = total === undefined ? '' : `, ${percent(done, total)} of the input`
    this.#say(`${count} lines sent${share}`)
  }

  #isDue(): boolean {
    const nowMs = this.#clock.monotonic()
    if (nowMs - this.#saidMs < everyMs) return false
    this.#saidMs = nowMs
    return true
  }
}

/** A file may grow while it is read. */
const percent = (done: number, total: number): string =>
  `${total <= 0 ? 100 : Math.min(100, Math.floor((done / total) * 100))} %`
