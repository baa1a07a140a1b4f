/**
 * The account of an agent that is killed again and again behind a source that reads its log again from the position that it has stored: a line is
 * committed as often as the source may have put it, once and after every kill at which it lay behind the position, and never more often.
 */
import type { GrowingLog } from './growing-log.ts'
import { bytesOf, type LifeFile, LifeFiles, readable } from './life-files.ts'
import { numberedLine } from './lines.ts'

interface Line {
  arrived: number
  committed: number
  /** How often it may have been put. */
  put: number
}

export class RereadLives {
  taken = 0
  /** What must not be: lines, or ends of files, that nobody wrote; what was committed more often than it can have been put. */
  readonly invented: string[] = []
  readonly committedTooOften: string[] = []
  /** Lives whose lines step back more often than lives were before them: each puts its lines in order. */
  readonly disordered: number[] = []
  readonly #files: LifeFiles
  readonly #log: GrowingLog
  readonly #lines: Line[] = []
  readonly #numbers = new Map<string, number>()
  #life = 0

  /** `folder` is where each life writes a file, and nothing else is. */
  constructor(folder: string, log: GrowingLog) {
    this.#files = new LifeFiles(folder)
    this.#log = log
  }

  /** The lines that have not come. */
  get lost(): string[] {
    return this.#lines.flatMap(({ arrived }, n) => (arrived === 0 ? [numberedLine(n)] : []))
  }

  get repeated(): number {
    return this.#lines.reduce((sum, { arrived }) => sum + Math.max(0, arrived - 1), 0)
  }

  /** A life is over: so many lines of what it wrote were counted as committed, or more, and `position` was stored. */
  ended(counted: number, position: number): void {
    for (let n = this.#lines.length; n < this.#log.count; n++) {
      this.#lines.push({ arrived: 0, committed: 0, put: 1 })
      this.#numbers.set(bytesOf(numberedLine(n)), n)
    }
    for (const file of this.#files.next()) this.#came(file, counted)
    for (const line of this.#lines.slice(this.#log.count - this.#log.linesBehind(position))) line.put++
    this.#life++
  }

  #came({ lines, torn }: LifeFile, counted: number): void {
    if (!this.#lines.some((_, n) => numberedLine(n).startsWith(torn))) this.invented.push(readable(torn))
    let stepsBack = 0
    let before = -1
    for (const [at, text] of lines.entries()) {
      const n = this.#numbers.get(text) ?? -1
      const line = this.#lines[n]
      if (line === undefined) {
        this.invented.push(readable(text))
        continue
      }
      if (n <= before) stepsBack++
      before = n
      line.arrived++
      if (at < counted && ++line.committed > line.put) this.committedTooOften.push(text)
    }
    if (stepsBack > this.#life) this.disordered.push(this.#life)
    this.taken += lines.length
  }
}
