/**
 * The patterns by which members subscribe to topics, in the syntax of RE2, over whole names. Tried by walking all ways through the pattern at once, so
 * that the time is bounded by length of pattern times length of name, whatever somebody sends; a backtracking engine could be held up for hours.
 */
import { BadPattern, parsePattern, type Step } from './pattern-parser.ts'

export { BadPattern } from './pattern-parser.ts'

export class TopicPattern {
  readonly #steps: readonly Step[]
  /** Steps taken by all tests so far. */
  taken = 0

  /** Throws BadPattern. */
  constructor(pattern: string) {
    this.#steps = parsePattern(pattern)
  }

  /** Whether the whole of `text` matches. */
  test(text: string): boolean {
    let current = new Set<number>()
    this.#follow(0, text, 0, current)
    for (let at = 0; at < text.length; at++) {
      const next = new Set<number>()
      const code = text.charCodeAt(at)
      for (const index of current) {
        const step = this.#steps[index]
        if (step?.kind === 'char' && step.accepts(code)) this.#follow(index + 1, text, at + 1, next)
      }
      if (next.size === 0) return false
      current = next
    }
    for (const index of current) if (this.#steps[index]?.kind === 'match') return true
    return false
  }

  /** Adds every step that can be reached from `from` without reading on. */
  #follow(from: number, text: string, at: number, into: Set<number>): void {
    const open = [from]
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (into.has(index)) continue
      into.add(index)
      this.taken++
      const step = this.#steps[index]
      if (step?.kind === 'jump') open.push(step.to)
      else if (step?.kind === 'split') open.push(step.to, step.or)
      else if (step?.kind === 'assert' && step.holds(text, at)) open.push(index + 1)
    }
  }
}

/** Undefined when the pattern is good, else what is wrong with it. */
export const patternProblem = (pattern: string): string | undefined => {
  try {
    return void new TopicPattern(pattern)
  } catch (thrown) {
    if (thrown instanceof BadPattern) return thrown.message
    throw thrown
  }
}
