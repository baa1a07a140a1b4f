/** A log that goes on being written while something is killed: numbered lines, appended a few at a time. */
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { numberedLines } from './lines.ts'

const linesAtOnce = 20
const turnsBetween = 100

export class GrowingLog {
  readonly path: string
  /** How many lines there are. */
  count = 0

  constructor(path: string) {
    this.path = path
    writeFileSync(path, '')
  }

  get size(): number {
    return statSync(this.path).size
  }

  append(lines: number): void {
    appendFileSync(this.path, numberedLines(this.count, this.count + lines))
    this.count += lines
  }

  /** Appends at least `lines`, and more until `isEnough`. Rejects after `limitMs`. */
  async grow(lines: number, isEnough: () => boolean = () => true, limitMs = 30_000): Promise<void> {
    const startMs = performance.now()
    for (const from = this.count; this.count - from < lines || !isEnough();) {
      if (performance.now() - startMs > limitMs) throw new Error(`${this.count} lines were not enough`)
      this.append(linesAtOnce)
      for (let turns = 0; turns < turnsBetween; turns++) await turn()
    }
  }

  /** Lines that lie, in whole or in part, behind a byte offset. */
  linesBehind(offset: number): number {
    const rest = readFileSync(this.path).subarray(offset)
    let lines = 0
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10, at + 1)) lines++
    return lines
  }
}
