/**
 * The account of an agent that is killed again and again: what was sent to it in each life, what each life wrote to files of its own, and which of it
 * may come again: only what the agent had not counted as committed when it was killed.
 */
import { bytesOf, type LifeFile, LifeFiles, readable } from './life-files.ts'

/** A line that no other life sends: of several lengths, and not of ASCII alone. */
export const lineOfLife = (life: number, n: number): string =>
  `life ${life} line ${n} ${'é'.repeat(n % 70)} of a log that must arrive whole`

export interface Sent {
  readonly sent: number
  /** Answered with OK, from the first on without a gap. */
  readonly acknowledged: number
}

export class Lives {
  /** Lines that were answered, or were not. */
  acknowledged = 0
  unanswered = 0
  /** Lines in the files, those that came again among them. */
  taken = 0
  repeated = 0
  /** Lines in the files whose commit was not counted in their life. */
  uncounted = 0
  /** What must not be: lines, or ends of files, that nobody sent; behind one that was sent later; once more after their commit was counted. */
  readonly invented: string[] = []
  readonly disordered: string[] = []
  readonly repeatedAfterCommit: string[] = []
  readonly #files: LifeFiles
  /** In the order of the puts. */
  readonly #lines: { readonly text: string; readonly acknowledged: boolean }[] = []
  readonly #indexes = new Map<string, number>()
  readonly #arrived = new Set<number>()
  readonly #mayRepeat = new Set<number>()
  #life = 0

  /** `folder` is where each life writes a file, and nothing else is. */
  constructor(folder: string) {
    this.#files = new LifeFiles(folder)
  }

  /** The lines that were answered and have not come. */
  get lost(): string[] {
    return this.#lines
      .filter((line, index) => line.acknowledged && !this.#arrived.has(index))
      .map(({ text }) => readable(text))
  }

  /** A life is over: this was sent to it, and of what it wrote so many lines were counted as committed, or more. */
  ended({ sent, acknowledged }: Sent, counted: number): void {
    for (let n = 0; n < sent; n++) {
      const text = bytesOf(lineOfLife(this.#life, n))
      this.#indexes.set(text, this.#lines.length)
      this.#lines.push({ text, acknowledged: n < acknowledged })
    }
    this.#life++
    this.acknowledged += acknowledged
    this.unanswered += sent - acknowledged
    for (const file of this.#files.next()) this.#came(file, counted)
  }

  #came({ lines, torn }: LifeFile, counted: number): void {
    if (!this.#lines.some(({ text }) => text.startsWith(torn))) this.invented.push(readable(torn))
    const indexes = lines.map((line) => this.#indexOf(line))
    for (const [at, index] of indexes.entries())
      if (index <= (indexes[at - 1] ?? -1)) this.disordered.push(readable(lines[at] ?? ''))
    for (const index of indexes) if (!Number.isNaN(index)) this.#arrive(index)
    for (const [at, index] of indexes.entries()) {
      if (at < counted) this.#mayRepeat.delete(index)
      else this.#mayRepeat.add(index)
    }
    this.taken += lines.length
    this.uncounted += Math.max(0, lines.length - counted)
  }

  #indexOf(line: string): number {
    const index = this.#indexes.get(line)
    if (index === undefined) this.invented.push(readable(line))
    return index ?? Number.NaN
  }

  #arrive(index: number): void {
    if (this.#arrived.has(index)) {
      this.repeated++
      if (!this.#mayRepeat.has(index)) this.repeatedAfterCommit.push(readable(this.#lines[index]?.text ?? ''))
    }
    this.#arrived.add(index)
  }
}
