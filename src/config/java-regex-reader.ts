/** Reads a Java regular expression code point by code point: the small pieces that terms and classes are made of. */
import { type Flags, flagsFrom } from './java-regex-flags.ts'

/** A character as itself, outside and inside of a class. */
export const literal = (char: string): string =>
  /^[\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E]$/.test(char)
    ? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
    : char

export interface GroupOpening {
  readonly text: string
  readonly captures: boolean
  readonly atomic: boolean
  readonly flags?: string
}

const simpleEscapes: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  a: '\u0007',
  e: '\u001B',
}

/** `\\Q…\\E` as single escaped characters, which is how Java takes it: a quantifier behind it counts for the last one. */
const unquoted = (source: string): string =>
  source.replaceAll(/\\Q([\s\S]*?)(?:\\E|$)|\\[\s\S]/g, (whole, text: string | undefined) =>
    text === undefined ? whole : text.replaceAll(/[^a-zA-Z0-9\u0080-\uFFFF]/g, '\\$&'),
  )

export class RegexReader {
  readonly #source: string
  readonly #chars: readonly string[]
  #at = 0
  #names = new Set<string>()
  #groups = 0
  /** Where capturing groups were opened. */
  #capturesAt: number[] = []

  constructor(source: string) {
    this.#source = source
    this.#chars = Array.from(unquoted(source))
  }

  get position(): number {
    return this.#at
  }
  get ended(): boolean {
    return this.#at >= this.#chars.length
  }
  /** The character that comes, or the empty text at the end. */
  get next(): string {
    return this.#chars[this.#at] ?? ''
  }
  get after(): string {
    return this.#chars[this.#at + 1] ?? ''
  }

  /** Throws with what is wrong, the expression and the place. */
  fail(why: string): never {
    throw new Error(
      `'${this.#source}' is no regular expression that can be used here: ${why}, at character ${this.#at}`,
    )
  }

  any(): string {
    if (this.ended) this.fail('it ends too early')
    return this.#chars[this.#at++] ?? ''
  }

  take(text: string): boolean {
    if (this.#chars.slice(this.#at, this.#at + text.length).join('') !== text) return false
    this.#at += text.length
    return true
  }

  /** Passes over one character and gives `text`. */
  skipped(text: string): string {
    this.#at++
    return text
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    const found = pattern.exec(this.#chars.slice(this.#at).join(''))
    if (found === null) return undefined
    this.#at += Array.from(found[0]).length
    return found
  }

  skipComments(flags: Flags): void {
    if (flags.comments) this.#match(/^(?:[ \t\n\v\f\r]|#[^\n\r]*)+/)
  }

  /** `(?i)` and its like, which hold until the end of the group: the flags from here on. */
  flagGroup(flags: Flags): Flags | undefined {
    const found = this.#match(/^\(\?([a-zA-Z]*(?:-[a-zA-Z]*)?)\)/)
    return found === undefined ? undefined : flagsFrom(flags, found[1] ?? '', (why) => this.fail(why))
  }

  /** `*`, `+`, `?` or `{n,m}`, without what follows. */
  quantifier(): string | undefined {
    const found = this.#match(/^(?:[*+?]|\{\d+(?:,\d*)?\})/)
    if (found === undefined && this.next === '{') this.fail('{ begins no repetition')
    return found?.[0]
  }

  /** What follows a `(`. */
  groupOpening(): GroupOpening {
    const plain = (text: string): GroupOpening => ({ text, captures: false, atomic: false })
    if (this.next !== '?') return this.#capture('(')
    const name = this.#match(/^\?<([a-zA-Z][a-zA-Z0-9]*)>/)?.[1]
    if (name !== undefined) {
      this.#names.add(name)
      return this.#capture(`(?<${name}>`)
    }
    if (this.take('?>')) return { ...plain('(?:'), atomic: true }
    const look = this.#match(/^\?(?:<?[=!]|:)/)
    if (look !== undefined) return plain(`(${look[0]}`)
    const flags = this.#match(/^\?([a-zA-Z]*(?:-[a-zA-Z]*)?):/)
    if (flags !== undefined) return { ...plain('(?:'), flags: flags[1] ?? '' }
    return this.fail(`(?${this.after} begins no kind of group`)
  }

  capturesSince(position: number): boolean {
    return this.#capturesAt.some((at) => at >= position)
  }

  /** `\1` or `\k<name>`, after the backslash. As in Java a number takes further digits only while there is such a group. */
  reference(): string | undefined {
    const name = this.#match(/^k<([a-zA-Z][a-zA-Z0-9]*)>/)?.[1]
    if (name !== undefined) return this.#names.has(name) ? `\\k<${name}>` : this.fail(`there is no group <${name}>`)
    if (!/[1-9]/.test(this.next)) return undefined
    let number = Number(this.any())
    while (/\d/.test(this.next) && number * 10 + Number(this.next) <= this.#groups)
      number = number * 10 + Number(this.any())
    if (number > this.#groups) this.fail(`there is no group ${number}`)
    return `(?:\\${number})`
  }

  /** The one character that an escape stands for, after the backslash. */
  escapedChar(): string {
    const char = this.any()
    const simple = simpleEscapes[char]
    if (simple !== undefined) return simple
    if (char === '0') return this.#coded(/^(?:[0-3][0-7]{2}|[0-7]{1,2})/, 8)
    if (char === 'x')
      return this.next === '{' ? this.#coded(/^\{([0-9a-fA-F]{1,6})\}/, 16) : this.#coded(/^[0-9a-fA-F]{2}/, 16)
    if (char === 'u') return this.#coded(/^[0-9a-fA-F]{4}/, 16)
    if (char === 'c') return String.fromCharCode(this.any().charCodeAt(0) ^ 64)
    return /[a-zA-Z1-9]/.test(char) ? this.fail(`\\${char} has no form here`) : char
  }

  #capture(text: string): GroupOpening {
    this.#groups++
    this.#capturesAt.push(this.#at)
    return { text, captures: true, atomic: false }
  }

  #coded(pattern: RegExp, base: number): string {
    const found = this.#match(pattern)
    const code = Number.parseInt(found?.[1] ?? found?.[0] ?? '', base)
    return code <= 0x10_ffff ? String.fromCodePoint(code) : this.fail('an escape lacks its digits')
  }
}
