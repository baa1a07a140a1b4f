/**
 * Java's regular expressions, as agent files hold them, turned into JavaScript ones that match the same. What differs is spelt out (`$` before a
 * last line end, `.` and line ends, `\s` and friends in ASCII, `\Q…\E`, `\h`, `\R`, `\A \z \Z`, POSIX classes, inline flags, possessive
 * quantifiers and atomic groups); what has no form here is refused by name. Two differences stay: case-insensitive matching is Unicode's and not
 * only ASCII's, and a reference to a group that took no part matches the empty text.
 */
import { classText, predefined } from './java-regex-class.ts'
import { type Flags, flagsFrom, noFlags } from './java-regex-flags.ts'
import { literal, RegexReader } from './java-regex-reader.ts'

interface Term {
  readonly text: string
  /** Whether it is to be matched in any case; undefined when it has seen to that itself. */
  readonly anyCase: boolean | undefined
}

const lineEnds = '\\n\\r\\u0085\\u2028\\u2029'

const dot = (flags: Flags): string => {
  if (flags.dotAll) return '[\\s\\S]'
  return flags.unixLines ? '[^\\n]' : `[^${lineEnds}]`
}

const lineStart = (flags: Flags): string => {
  if (!flags.multiline) return '^'
  const after = flags.unixLines ? '(?<=\\n)' : '(?:(?<=[\\n\\u0085\\u2028\\u2029])|(?<=\\r)(?!\\n))'
  return `(?:(?<![\\s\\S])|${after}(?=[\\s\\S]))`
}

const lineEnd = (flags: Flags): string => {
  const last = flags.unixLines ? '(?=\\n?(?![\\s\\S]))' : `(?=(?:\\r\\n|[${lineEnds}])?(?![\\s\\S]))`
  if (!flags.multiline) return last
  return flags.unixLines ? '(?=\\n|(?![\\s\\S]))' : '(?:(?<!\\r)(?=\\n)|(?=[\\r\\u0085\\u2028\\u2029])|(?![\\s\\S]))'
}

const anchors: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
  b: '\\b',
  B: '\\B',
  R: `(?:\\r\\n|[\\n\\v\\f\\r\\u0085\\u2028\\u2029])`,
}

/** Runs of terms of one case under one `(?i:…)`. */
const joined = (terms: readonly Term[]): string => {
  let text = ''
  for (let i = 0; i < terms.length;) {
    const { anyCase } = terms[i] as Term
    let run = ''
    for (; i < terms.length && (terms[i] as Term).anyCase === anyCase; i++) run += (terms[i] as Term).text
    text += anyCase === true ? `(?i:${run})` : run
  }
  return text
}

class Translation {
  readonly #in: RegexReader
  /** Groups of the helper kind, which stand in for possessive quantifiers and atomic groups. */
  #helpers = 0

  constructor(source: string) {
    this.#in = new RegexReader(source)
  }

  whole(): string {
    const text = this.#alternatives(noFlags)
    if (!this.#in.ended) this.#in.fail('a ) has no group to close')
    return text
  }

  /** Up to the end or the `)` that closes the group. Flags set inside hold until there. */
  #alternatives(outer: Flags): string {
    let flags = outer
    const done: string[] = []
    let terms: Term[] = []
    while (!this.#in.ended && this.#in.next !== ')') {
      this.#in.skipComments(flags)
      if (this.#in.ended || this.#in.next === ')') break
      if (this.#in.take('|')) {
        done.push(joined(terms))
        terms = []
        continue
      }
      const set = this.#in.flagGroup(flags)
      if (set === undefined) terms.push(this.#quantified(flags))
      else flags = set
    }
    return [...done, joined(terms)].join('|')
  }

  #quantified(flags: Flags): Term {
    const from = this.#in.position
    const term = this.#atom(flags)
    this.#in.skipComments(flags)
    const count = this.#in.quantifier()
    if (count === undefined) return term
    if (this.#in.take('?')) return { ...term, text: `${term.text}${count}?` }
    if (!this.#in.take('+')) return { ...term, text: term.text + count }
    return this.#atomic({ ...term, text: term.text + count }, 'a possessive quantifier', from)
  }

  /** Matched as far as it goes and never given back: a lookahead that captures, and a reference to what it captured. */
  #atomic(term: Term, what: string, from: number): Term {
    if (this.#in.capturesSince(from)) this.#in.fail(`${what} around a capturing group has no form here`)
    this.#helpers++
    return { text: `(?=(?<helper${this.#helpers}>${joined([term])}))\\k<helper${this.#helpers}>`, anyCase: undefined }
  }

  #atom(flags: Flags): Term {
    const anyCase = flags.anyCase
    const char = this.#in.any()
    switch (char) {
      case '.':
        return { text: dot(flags), anyCase }
      case '^':
        return { text: lineStart(flags), anyCase: undefined }
      case '$':
        return { text: lineEnd(flags), anyCase: undefined }
      case '[':
        return { text: classText(this.#in), anyCase }
      case '(':
        return this.#group(flags)
      case '\\':
        return { text: this.#escape(flags), anyCase }
      case '*':
      case '+':
      case '?':
      case '{':
        return this.#in.fail(`${char} has nothing before it to repeat`)
      default:
        return { text: literal(char), anyCase }
    }
  }

  #group(outer: Flags): Term {
    const from = this.#in.position
    const open = this.#in.groupOpening()
    if (open.captures && this.#helpers > 0)
      this.#in.fail('a capturing group after a possessive quantifier or an atomic group has no form here')
    const flags = open.flags === undefined ? outer : flagsFrom(outer, open.flags, (why) => this.#in.fail(why))
    const inner = this.#alternatives(flags)
    if (!this.#in.take(')')) this.#in.fail('a group is not closed')
    if (open.atomic) return this.#atomic({ text: `(?:${inner})`, anyCase: undefined }, 'an atomic group', from)
    return { text: `${open.text}${inner})`, anyCase: undefined }
  }

  #escape(flags: Flags): string {
    const char = this.#in.next
    if (char === 'Z') return this.#in.skipped(lineEnd({ ...flags, multiline: false }))
    const anchor = anchors[char]
    if (anchor !== undefined && this.#in.after !== '{') return this.#in.skipped(anchor)
    return this.#in.reference() ?? predefined(this.#in) ?? literal(this.#in.escapedChar())
  }
}

export interface RegexOptions {
  /** The whole text must match, as by Java's `matches`; without it a part of it is enough, as by `find`. */
  readonly whole?: boolean
}

/** The JavaScript expression for a Java one. Throws an Error that names what is wrong, and where in the expression. */
export const javaRegex = (source: string, options: RegexOptions = {}): RegExp => {
  const text = new Translation(source).whole()
  try {
    return new RegExp(options.whole === true ? `^(?:${text})$` : text, 'v')
  } catch (thrown) {
    throw new Error(`'${source}' is no regular expression that can be used here`, { cause: thrown })
  }
}
