/** Which topics a pattern stands for, remembered, so that a look at all topics once a second costs no more than asking for their names. */
import { BadPattern, TopicPattern } from './topic-pattern.ts'

export interface TopicNames {
  /** Names of topics that clients may read. */
  names(): readonly string[]
}

/** Steps that one look at all topics may take: a fraction of a second. */
const STEPS_MAX = 5_000_000

/** A pattern and the topics that it stands for. Each name is tried once. */
export class TopicMatcher {
  readonly #pattern: TopicPattern
  #verdicts: ReadonlyMap<string, boolean> = new Map()
  #topics: ReadonlySet<string> = new Set()

  /** Throws BadPattern. */
  constructor(pattern: string) {
    this.#pattern = new TopicPattern(pattern)
  }

  get topics(): ReadonlySet<string> {
    return this.#topics
  }

  /** Looks at the topics that there are now. Throws BadPattern where that takes too much. */
  look(topics: TopicNames): void {
    const verdicts = new Map<string, boolean>()
    const limit = this.#pattern.taken + STEPS_MAX
    for (const name of topics.names()) {
      verdicts.set(name, this.#verdicts.get(name) ?? this.#pattern.test(name))
      if (this.#pattern.taken > limit) throw new BadPattern('pattern too costly for so many topics')
    }
    this.#verdicts = verdicts
    this.#topics = new Set(Array.from(verdicts.keys()).filter((name) => verdicts.get(name)))
  }
}

/** A pattern, looked up for the first time. Throws BadPattern. */
export const matcherOf = (pattern: string, topics: TopicNames): TopicMatcher => {
  const matcher = new TopicMatcher(pattern)
  matcher.look(topics)
  return matcher
}
