/** The lines of Kafka's verification tools: one JSON object each, with its time and its name first. */
import type { Clock } from '../../io/clock.ts'

export type JsonFields = Readonly<Record<string, unknown>>

/** Writes events to standard output. */
export class JsonEvents {
  readonly #clock: Clock
  readonly #write: (line: string) => void

  constructor(clock: Clock, write: (line: string) => void = (line) => void process.stdout.write(line)) {
    this.#clock = clock
    this.#write = write
  }

  say(name: string, fields: JsonFields = {}): void {
    this.#write(`${JSON.stringify({ timestamp: this.#clock.now(), name, ...fields })}\n`)
  }
}
